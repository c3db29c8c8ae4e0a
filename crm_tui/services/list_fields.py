"""By which fields records can be listed: filtered, sorted, shown as columns."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.picklists import ACTIVITY_KIND, ACTIVITY_STATUS
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.views import modules_of
from crm_tui.i18n import N_
from crm_tui.services.core import Core
from crm_tui.store.repositories.fieldmap import META, known_fields

OTHER_KINDS: Mapping[str, Field] = {
    field.name: field for kind in (Module.TASK, Module.EVENT) for field in FIELDS[kind]
}
"""Fields that tasks and events have and calls may not."""

_ANY_STATUS = Field("status", N_("Status"), FieldType.PICKLIST, picklist=ACTIVITY_STATUS, read_only=True)
_KIND = replace(META["kind"], type=FieldType.PICKLIST, picklist=ACTIVITY_KIND)

_COMMON = ("owner", "created_at", "created_by", "modified_at", "modified_by")
_OF_ACTIVITIES = ("kind", "is_closed")


def list_fields(core: Core, module: Module) -> dict[str, Field]:
    """Return every field by which records of one module can be listed, by name."""
    return known_fields(module, core.custom_fields.by_name(module))


def activity_fields(core: Core) -> dict[str, Field]:
    """Return the same for the list of all activities; its statuses are those of all kinds."""
    extra = {**OTHER_KINDS, **core.custom_fields.of_activities()}
    return {**known_fields(Module.CALL, extra), "status": _ANY_STATUS, "kind": _KIND}


def area_fields(core: Core, area: Area) -> dict[str, Field]:
    """Return the fields of the list that the views of ``area`` are for."""
    return activity_fields(core) if area is Area.ACTIVITY else list_fields(core, modules_of(area)[0])


def offered(core: Core, area: Area) -> tuple[Field, ...]:
    """Return the fields that a view may name, in the order in which they are offered.

    The name stands first where it is made of several fields, and last what agents hardly need, like the
    id and the version.
    """
    known = area_fields(core, area)
    own: Iterable[str] = (field.name for field in FIELDS[modules_of(area)[0]])
    custom = (field.name for field in known.values() if field.custom)
    names: Iterable[str] = (*own, *custom, *_COMMON)
    if area is Area.ACTIVITY:
        names = (*_OF_ACTIVITIES, *own, *OTHER_KINDS, *custom, *_COMMON)
    elif "name" not in {field.name for field in FIELDS[modules_of(area)[0]]}:
        names = ("name", *names)
    return tuple(known[name] for name in dict.fromkeys((*names, *known)))
