"""What is still missing of a scheduled call that was made."""

from collections.abc import Sequence

from crm_tui.domain.call import Call
from crm_tui.domain.fields import Field
from crm_tui.domain.layout import CallLayout
from crm_tui.domain.modules import Module
from crm_tui.i18n import _
from screens.fields_modal import FieldsModal, Save

_ASKED = ("duration_seconds", "result", "purpose")


class CompleteCallModal(FieldsModal):
    """Asks for duration, result, purpose and what else is required, as far as the call hasn't got it.

    Args:
        call: The scheduled call.
        layout: The administrator's layout of the call form.
        save: Called with what was typed.
    """

    def __init__(self, call: Call, layout: CallLayout, save: Save) -> None:
        super().__init__(_("Complete the call"), call.subject, missing(call, layout), save)


def missing(call: Call, layout: CallLayout) -> Sequence[Field]:
    """Return the fields that completing ``call`` asks for."""
    empty = {field.name: field for field in layout.fields() if getattr(call, field.name, None) in (None, "")}
    if call.who is None or call.who.module is not Module.CONTACT:
        empty.pop("related_to", None)
    others = [field for name, field in empty.items() if field.required and name not in _ASKED]
    return [*(empty[name] for name in _ASKED if name in empty), *others]
