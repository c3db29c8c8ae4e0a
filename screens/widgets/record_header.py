"""The top of a record: what it is called, how to reach it, what to beware of."""

from collections.abc import Mapping
from typing import Final

from textual import events
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.records import Record
from crm_tui.domain.schema import field_of
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.value_text import ValueText

FACTS: Final[Mapping[Module, tuple[str, ...]]] = {
    Module.LEAD: ("company", "phone", "mobile", "email", "status"),
    Module.CONTACT: ("account", "title", "phone", "mobile", "email"),
    Module.ACCOUNT: ("phone", "website", "industry"),
    Module.DEAL: ("stage", "amount", "closing_date", "account", "contact"),
    Module.CASE: ("number", "status", "priority", "contact", "account", "phone"),
    Module.CAMPAIGN: ("status", "type", "start_date", "end_date"),
    Module.TASK: ("status", "due_date", "priority", "who", "related_to"),
    Module.EVENT: ("status", "starts_at", "ends_at", "who", "related_to"),
}
"""Fields that stand in the header, and so not again below it."""

NAME_FIELDS = frozenset(
    {"last_name", "first_name", "last_name_kana", "first_name_kana", "name", "name_kana", "subject"}
)
"""Fields that the record's name is made of."""


_SAID = frozenset({"do_not_call", "converted_at", "stage_kind", "due_at"})
"""What the header says otherwise: when a task or an event is says when it is due."""

MOST = 250
"""Characters of one fact at most; that is the longest field of one line."""


class RecordHeader(Static):
    """Name and badges; below them phone numbers, addresses and the owner, on as many lines as they need."""

    DEFAULT_CSS = """
    RecordHeader { height: auto; padding: 0 1; background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._heading = Content("")
        self._facts: list[Content] = []

    def show(self, record: Record, texts: ValueText) -> None:
        """Show another record."""
        self._heading, self._facts = _title(record), _facts(record, texts)
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines anew."""
        del event
        self._lay_out()

    def _lay_out(self) -> None:
        width = (self.size.width or self.app.size.width) - 2
        lines, rest = [self._heading], Content("")
        for fact in self._facts:
            if rest.cell_length and rest.cell_length + 2 + fact.cell_length > width:
                lines.append(rest)
                rest = fact
            else:
                rest = Content("  ").join([rest, fact]) if rest.cell_length else fact
        self.update(Content("\n").join([*lines, rest]))


def header_fields(module: Module) -> frozenset[str]:
    """Return the fields that the header shows."""
    return frozenset(FACTS.get(module, ())) | NAME_FIELDS | _SAID


def _title(record: Record) -> Content:
    parts: list[str | Content | tuple[str, str]] = [
        (_(SINGULAR[record.module]), "$text-muted"),
        "  ",
        (safe(record.name, limit=MOST), "bold"),
    ]
    if reading := _reading(record):
        parts.append(f"  {safe(reading, limit=MOST)}")
    if record.get("do_not_call"):
        parts += ["  ", (f"! {_('Do not call')}", "bold $text-error")]
    if record.get("converted_at"):
        parts += ["  ", (f"=> {_('Converted')}", "bold $text-warning")]
    return Content.assemble(*parts)


def _reading(record: Record) -> str:
    parts = (record.text(name) for name in ("last_name_kana", "first_name_kana", "name_kana"))
    return " ".join(part for part in parts if part)


def _facts(record: Record, texts: ValueText) -> list[Content]:
    parts: list[Content] = []
    for name in FACTS.get(record.module, ()):
        field = field_of(record.module, name) or Field(name, "")
        if text := texts.full(field, record.get(name)):
            parts.append(Content.assemble((f"{_(field.label)} ", "$text-muted"), safe(text, limit=MOST)))
    if record.owner is not None:
        parts.append(Content.assemble((_("Owner") + " ", "$text-muted"), safe(record.owner.name)))
    return parts
