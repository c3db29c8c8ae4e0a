"""What happened to a record, as people read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import N_, _

ACTIONS: Mapping[str, str] = {
    "create": N_("added"),
    "edit": N_("changed"),
    "delete": N_("deleted"),
    "restore": N_("restored from the bin"),
    "purge": N_("deleted for good"),
    "undo": N_("undone"),
    "merge": N_("merged"),
    "convert": N_("converted"),
    "associate": N_("associated"),
    "dissociate": N_("association removed"),
    "change role": N_("role changed"),
    "primary": N_("primary account changed"),
    "renew key": N_("key of mail passwords changed"),
    "add member": N_("added to a campaign"),
    "change member": N_("response status changed"),
    "remove member": N_("removed from a campaign"),
    "add mail": N_("mail added to a record"),
    "remove mail": N_("mail removed from a record"),
    "send": N_("mail sent"),
    "queue outgoing": N_("mail put into the outbox"),
    "cancel outgoing": N_("mail taken out of the outbox"),
    "retry outgoing": N_("mail sent once more"),
    "resolve outgoing": N_("told whether a mail was sent"),
    "assign": N_("owner changed"),
    "schedule": N_("scheduled"),
    "reschedule": N_("rescheduled"),
    "start": N_("call started"),
    "stop": N_("call stopped"),
    "complete": N_("completed"),
    "completed": N_("completed"),
    "cancel": N_("cancelled"),
    "cancelled": N_("cancelled"),
    "skip in queue": N_("skipped in a call queue"),
    "done in queue": N_("dealt with in a call queue"),
    "denied": N_("refused"),
    "export": N_("exported"),
    "import": N_("imported"),
    "flag number": N_("number flagged"),
    "clear number": N_("flag of a number removed"),
    "override": N_("called in spite of a block"),
    "announce caller": N_("caller announced"),
    "take caller": N_("caller taken"),
    "dismiss caller": N_("caller dismissed"),
    "connect": N_("account connected"),
    "disconnect": N_("account disconnected"),
    "snooze": N_("reminder put off"),
    "dismiss": N_("reminder dismissed"),
}
"""What is done, by the code in the audit trail; a code that isn't here is shown as it is."""

LABELS: Mapping[str, str] = {
    "account": N_("Account"),
    "action": N_("Action"),
    "agent": N_("Agent"),
    "campaign": N_("Campaign"),
    "cases": N_("Cases"),
    "contact": N_("Contact"),
    "blocked": N_("Blocked"),
    "cc": N_("Cc"),
    "converted_to": N_("Converted to"),
    "do_not_call": N_("Do not call"),
    "duration_seconds": N_("Duration"),
    "invalid": N_("Invalid number"),
    "merged": N_("Merged with it"),
    "merged_into": N_("Merged into"),
    "missed": N_("Missed"),
    "moved": N_("Moved along"),
    "number": N_("Number"),
    "owner": N_("Owner"),
    "queue": N_("Call queue"),
    "reminder_at": N_("Reminder"),
    "response_status": N_("Response status"),
    "role": N_("Role"),
    "to": N_("To"),
    "wrap_up_seconds": N_("Wrap-up time"),
}
"""What is changed besides the fields of a record."""

_KINDS = {
    "reminder_at": FieldType.DATETIME,
    "duration_seconds": FieldType.DURATION,
    "wrap_up_seconds": FieldType.DURATION,
    "do_not_call": FieldType.BOOL,
    "invalid": FieldType.BOOL,
    "missed": FieldType.BOOL,
}
_DAY = len("2026-11-25")
_PICKLISTS = {"response_status": "campaign_response_status"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What happened to one field.

    Attributes:
        field: Which one, with its label and type.
        old: What it held; None for nothing.
        new: What it holds since; None for nothing.
    """

    field: Field
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the history of a record.

    Attributes:
        at: When; UTC.
        who: The user's name.
        action: What was done, in the current language.
        changes: Field by field.
        reason: Why; "" for no reason.
    """

    at: datetime
    who: str
    action: str
    changes: tuple[FieldChange, ...]
    reason: str


def action_label(code: str) -> str:
    """Return what was done in the current language."""
    return _(ACTIONS[code]) if code in ACTIONS else code


def changes_of(changes: Mapping[str, Any], fields: Mapping[str, Field]) -> tuple[FieldChange, ...]:
    """Return the changes of a line of the audit trail.

    Args:
        changes: Old and new value, as JSON, by name; a single value counts as the new one.
        fields: The fields of the module by name.
    """
    found = []
    for name, change in changes.items():
        field = fields.get(name) or _other_field(name)
        old, new = change if isinstance(change, list) and len(change) == 2 else (None, change)
        found.append(FieldChange(field, from_json(field, old), from_json(field, new)))
    return tuple(found)


def from_json(field: Field, value: Any) -> Value:
    """Return a value of the audit trail as the record held it; what doesn't fit the field as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return _reference(value)
    if isinstance(value, list):
        return tuple(_text(one) for one in value)
    try:
        match field.type:
            case FieldType.DATE:
                return date.fromisoformat(value)
            case FieldType.DATETIME:
                whole_day = len(value) == _DAY
                return date.fromisoformat(value) if whole_day else datetime.fromisoformat(value)
            case FieldType.MONEY | FieldType.NUMBER:
                return Decimal(str(value))
    except (ValueError, TypeError, InvalidOperation):
        return str(value)
    return str(value)


def _other_field(name: str) -> Field:
    kind = FieldType.PICKLIST if name in _PICKLISTS else _KINDS.get(name, FieldType.TEXT)
    return Field(name, LABELS.get(name, name), kind, picklist=_PICKLISTS.get(name, ""))


def _reference(value: Mapping[str, Any]) -> Value:
    if {"module", "id", "name"} <= value.keys():
        return Ref(Module(value["module"]), str(value["id"]), str(value["name"]))
    return ", ".join(f"{key}: {_text(one)}" for key, one in value.items())


def _text(value: Any) -> str:
    return str(value.get("name", value)) if isinstance(value, Mapping) else str(value)
