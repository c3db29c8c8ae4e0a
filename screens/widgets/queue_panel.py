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
from crm_tui.text import fit, safe
from screens.queue_texts import moment_text
from screens.widgets.text_wrap import wrap


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """What the panel shows.

    Attributes:
        chosen: Index of the number that F2 calls.
        result: Label of the last result in this round, "" for none.
        next_name: Who comes next, "" for nobody.
        zone: Of the agent.
    """

    offer: Offer
    chosen: int
    result: str
    next_name: str
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
        yield Content(fit(f"  {safe(facts.next_name)}" if facts.next_name else f"  {_('nobody')}", width))


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
    yield Content(fit(f"    {detail}", width)).stylize(style)


def _detail(facts: QueueFacts, number: QueueNumber) -> tuple[str, str]:
    """Return what to know of a number before it is called, and its style."""
    if number.blocked is not None:
        return f"! {_(REASONS[number.blocked])}", "$text-error"
    there = " – ".join(f"{local:%H:%M}" for local in number.local[:2])
    time = _("%(time)s there") % {"time": there} if there else _("their time isn't known")
    if number.opens_at is None:
        return time, "$text-muted"
    opens = moment_text(number.opens_at, facts.zone)
    return f"! {time}, {_('not before %(time)s') % {'time': opens}}", "$text-warning"


def _round_text(facts: QueueFacts) -> str:
    offer = facts.offer
    if not offer.attempts:
        return _("not called yet")
    attempts = _("attempts: %(number)d") % {"number": offer.attempts}
    if offer.result_at is None:
        return attempts
    when = format_time(offer.result_at, facts.zone)
    last = _("last: %(result)s, %(time)s") % {"result": safe(facts.result) or "–", "time": when}
    return f"{attempts}, {last}"
