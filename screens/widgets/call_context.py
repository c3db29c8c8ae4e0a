"""Who is on the line: the right-hand side of the call form."""

from collections.abc import Iterator

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.i18n import _
from crm_tui.text import fit, safe
from screens.caller_facts import CallerFacts
from screens.widgets.text_wrap import wrap


class CallContext(Widget, can_focus=False):
    """Company, numbers, open cases and deals, last calls, notes, others on the number."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    CallContext { height: 1fr; }
    """

    facts: reactive[CallerFacts | None] = reactive(None)
    number: reactive[str] = reactive("")
    """The number of the call, shown while nobody is chosen; then the numbers of who is."""

    def render(self) -> Content:
        """Return what fits; a later section gives way to an earlier one."""
        width, height = self.size
        facts = self.facts
        if facts is None:
            lines = Content("\n".join(wrap(_("No contact or lead chosen yet."), width))).stylize(
                "$text-muted"
            )
            number = Content(fit(safe(self.number), width)).stylize("bold")
            return Content("\n").join([number, lines]) if self.number else lines
        return Content("\n").join(list(self._lines(facts, width))[:height])

    def _lines(self, facts: CallerFacts, width: int) -> Iterator[Content]:
        yield Content(fit(safe(facts.who.name), width)).stylize("bold")
        if facts.warning:
            yield Content(fit(f"! {safe(facts.warning)}", width)).stylize("bold $text-error")
        for line in facts.lines:
            yield Content(fit(safe(line), width))
        for section in facts.sections:
            more = "+" if section.more else ""
            yield Content(fit(f"{section.title} ({len(section.lines)}{more})", width)).stylize(
                "bold $text-accent"
            )
            for line in section.lines:
                yield Content(fit(f"  {safe(line)}", width))
