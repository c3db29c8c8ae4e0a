"""The right-hand side of a call queue: numbers, what happened in this round, who comes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.domain.queue import REASONS, Offer, QueueNumber
from crm_tui.formats import format_time
from crm_tui.i18n import _
from crm_tui.queue_formats import opening_text
from crm_tui.text import fit, safe
from screens.widgets.text_wrap import wrap


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """What the panel shows.

    Attributes:
        chosen: Index of the number that F2 calls, negative for none.
        result: Label of the last result in this round, "" for none.
        coming: Who comes next, or that nobody does; cleaned.
        zone: Of the agent.
    """

    offer: Offer
    chosen: int
    result: str
    coming: str
    zone: tzinfo


class QueuePanel(Widget, can_focus=False):
    """Numbers with the time at their place, attempts, the last result, who comes next."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    QueuePanel { height: 1fr; }
    """

    facts: reactive[QueueFacts | None] = reactive(None)

    def render(self) -> Content:
        """Return what fits."""
        facts = self.facts
        if facts is None:
            return Content("")
        width, height = self.size
        return Content("\n").join(list(self._lines(facts, width))[:height])

    def _lines(self, facts: QueueFacts, width: int) -> Iterator[Content]:
        numbers = facts.offer.numbers
        yield _heading(_("Numbers"), width)
        for place, number in enumerate(numbers):
            yield from _number(facts, number, place, len(numbers) > 1, width)
        yield _heading(_("This round"), width)
        for line in wrap(_round_text(facts), width - 2):
            yield Content(f"  {line}")
        yield _heading(_("Comes next"), width)
        yield Content(fit(f"  {facts.coming}", width))


def _heading(text: str, width: int) -> Content:
    return Content(fit(text, width)).stylize("bold $text-accent")


def _number(
    facts: QueueFacts, number: QueueNumber, place: int, several: bool, width: int
) -> Iterator[Content]:
    sign = "▸" if place == facts.chosen else " "
    digit = f"{place + 1} " if several else ""
    line = Content(fit(f"{sign} {digit}{_(number.label)}  {safe(number.text)}", width))
    yield line.stylize("bold") if place == facts.chosen else line
    detail, style = _detail(facts, number)
    for text in wrap(detail, width - 4):
        yield Content(fit(f"    {text}", width)).stylize(style)


def _detail(facts: QueueFacts, number: QueueNumber) -> tuple[str, str]:
    """Return what to know of a number before it is called, and its style."""
    if number.blocked is not None:
        return f"! {_(REASONS[number.blocked])}", "$text-error"
    there = " – ".join(f"{local:%H:%M}" for local in number.local[:2])
    time = _("%(time)s there") % {"time": there} if there else _("their time isn't known")
    if number.opens_at is None:
        return time, "$text-muted"
    opens = _("not before %(time)s") % {"time": opening_text(number, facts.zone)}
    return f"! {_(', ').join((time, opens))}", "$text-warning"


def _round_text(facts: QueueFacts) -> str:
    offer = facts.offer
    if not offer.attempts:
        return _("not called yet")
    attempts = _("attempts: %(number)d") % {"number": offer.attempts}
    if offer.result_at is None:
        return attempts
    when = format_time(offer.result_at, facts.zone)
    last = _("last: %(result)s, %(time)s") % {"result": safe(facts.result) or "–", "time": when}
    return _(", ").join((attempts, last))
