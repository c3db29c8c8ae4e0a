"""Copying a phone number, an address or the name of a record."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.records import Record
from crm_tui.i18n import _
from screens.choice_modal import ChoiceModal

if TYPE_CHECKING:
    from screens.base import CrmScreen

_WANTED = (FieldType.PHONE, FieldType.EMAIL, FieldType.URL)


async def copy_value(screen: "CrmScreen[Any]", record: Record, fields: Sequence[Field]) -> None:
    """Copy one of the values that are used elsewhere; asks which when there are several."""
    values = [record.text(field.name) for field in fields if field.type in _WANTED]
    values = [*dict.fromkeys(value for value in values if value), record.name]
    chosen: str | None = values[0]
    if len(values) > 2:
        options = [(value, value) for value in values]
        chosen = await screen.app.push_screen_wait(ChoiceModal(_("Copy what?"), options))
    if chosen:
        screen.app.copy(chosen)
