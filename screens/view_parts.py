"""The parts of a view beside its conditions, as the fields of an editor."""

from collections.abc import Mapping, Sequence

from crm_tui.domain.fields import Field, FieldType, is_sortable
from crm_tui.domain.picklists import Choice
from crm_tui.domain.queries import Criterion, Sort, operators_of
from crm_tui.domain.views import LONGEST_NAME, View, ViewDraft
from crm_tui.i18n import N_, _
from screens.widgets.criterion_row import FIELDS_LIST, fields_list
from screens.widgets.criterion_value import SeveralField
from screens.widgets.field_bool import BoolField
from screens.widgets.field_choice import ChoiceField
from screens.widgets.field_text import TextField
from screens.widgets.form_field import FormContext, FormField

_MATCH, _DIRECTION, _SORTABLE = "view.match", "view.direction", "view.sortable"
_COLUMNS = "view.columns"

Parts = Mapping[str, FormField]
"""The fields of the editor by name, in their order."""


def lists_of(fields: Mapping[str, Field]) -> dict[str, tuple[Choice, ...]]:
    """Return what the parts choose from, by the name of the list.

    Args:
        fields: What a view may name.
    """
    sortable = {name: field for name, field in fields.items() if is_sortable(field)}
    return {
        FIELDS_LIST: fields_list({name: field for name, field in fields.items() if operators_of(field)}),
        _COLUMNS: fields_list(fields),
        _SORTABLE: fields_list(sortable),
        _MATCH: (_choice("all", _("all must hold")), _choice("any", _("one is enough"))),
        _DIRECTION: (_choice("up", _("ascending")), _choice("down", _("descending"))),
    }


def make_parts(context: FormContext, usual: Sequence[str]) -> dict[str, FormField]:
    """Return the fields of the editor.

    Args:
        context: Knows the lists of `lists_of`.
        usual: Fields that are shown unless the view names others.
    """
    name = Field("name", N_("Name"), max_length=LONGEST_NAME, required=True)
    match = Field("match", N_("Of these"), FieldType.PICKLIST, picklist=_MATCH, required=True)
    columns = Field("columns", N_("Columns"), FieldType.PICKLIST, picklist=_COLUMNS)
    sort = Field("sort", N_("Sorted by"), FieldType.PICKLIST, picklist=_SORTABLE)
    direction = Field("direction", N_("Direction"), FieldType.PICKLIST, picklist=_DIRECTION, required=True)
    shared = Field("shared", N_("For everybody"), FieldType.BOOL)
    return {
        "name": TextField(name, context),
        "match": ChoiceField(match, context),
        "columns": SeveralField(columns, context, _("the usual ones"), usual, ordered=True),
        "sort": ChoiceField(sort, context),
        "direction": ChoiceField(direction, context),
        "shared": BoolField(shared, context),
    }


def load_parts(parts: Parts, view: View | None) -> None:
    """Show a view, or what a new one starts with."""
    parts["name"].load(view.name if view else "")
    parts["match"].load("any" if view and view.match_any else "all")
    parts["columns"].load(view.columns if view else ())
    parts["sort"].load(view.sort.field if view and view.sort else "")
    parts["direction"].load("down" if view and view.sort and view.sort.descending else "up")
    parts["shared"].load(bool(view and view.shared))


def draft_of(parts: Parts, criteria: Sequence[Criterion]) -> ViewDraft:
    """Return what stands in the editor, for the service to judge."""
    sort = parts["sort"].raw
    return ViewDraft(
        parts["name"].raw,
        criteria,
        parts["match"].raw == "any",
        tuple(code for code in parts["columns"].raw.split(",") if code),
        Sort(sort, descending=parts["direction"].raw == "down") if sort else None,
        bool(parts["shared"].raw),
    )


def _choice(code: str, label: str) -> Choice:
    return Choice(code, label, label)
