"""Which deal a mail goes to: every combination of deals, time and direction, and ties."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from crm_tui.domain.mail_prediction import (
    ArrivedMail,
    ContactDeals,
    DealThen,
    Direction,
    Outcome,
    Prediction,
    StageKind,
    contacts_in_order,
    predict,
)

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
_DAY = timedelta(days=1)


def _deal(name: str, kind: str, *, created: int = 10, changed: int = 1) -> DealThen:
    """A deal made and changed so many days before the mail."""
    return DealThen(name, StageKind(kind), AT - created * _DAY, AT - changed * _DAY)


def _deals(open_: int, won: int, lost: int) -> tuple[DealThen, ...]:
    """Deals of which the one numbered last of its kind was changed last."""
    counts = {"open": open_, "won": won, "lost": lost}
    return tuple(
        _deal(f"{kind}{number}", kind, changed=9 - number)
        for kind, count in counts.items()
        for number in range(1, count + 1)
    )


def _mail(*contacts: ContactDeals, before: bool = False, thread: tuple[str, ...] = ()) -> ArrivedMail:
    return ArrivedMail(AT, before, contacts, thread)


LIVE = {
    # open, won: deal, outcome, whatever is lost beside them
    (0, 1): ("won1", Outcome.ONLY_WON_DEAL),
    (0, 2): ("won2", Outcome.LATEST_WON_DEAL),
    (1, 0): ("open1", Outcome.ONLY_OPEN_DEAL),
    (1, 1): ("open1", Outcome.ONLY_OPEN_DEAL),
    (1, 2): ("open1", Outcome.ONLY_OPEN_DEAL),
    (2, 0): ("open2", Outcome.LATEST_OPEN_DEAL),
    (2, 1): ("open2", Outcome.LATEST_OPEN_DEAL),
    (2, 2): ("open2", Outcome.LATEST_OPEN_DEAL),
}

ONE_THEN = {
    (1, 0, 0): ("open1", Outcome.ONE_DEAL_THEN),
    (0, 1, 0): ("won1", Outcome.ONE_DEAL_THEN),
    (0, 0, 1): (None, Outcome.LOST_DEAL_THEN),
    (0, 0, 0): (None, Outcome.NO_DEAL_THEN),
}


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize(("open_", "won", "lost"), list(product((0, 1, 2), repeat=3)))
def test_every_combination_after_the_connection(
    open_: int, won: int, lost: int, direction: Direction
) -> None:
    contact = ContactDeals("c", _deals(open_, won, lost))
    found = predict(_mail(*contacts_in_order(direction, {"to": [contact]})))
    nothing = (None, Outcome.ONLY_LOST_DEALS if lost else Outcome.NO_DEALS)
    assert (found.deal_id, found.outcome) == LIVE.get((open_, won), nothing)


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize(("open_", "won", "lost"), list(product((0, 1, 2), repeat=3)))
def test_every_combination_before_the_connection(
    open_: int, won: int, lost: int, direction: Direction
) -> None:
    contact = ContactDeals("c", _deals(open_, won, lost))
    found = predict(_mail(*contacts_in_order(direction, {"to": [contact]}), before=True))
    assert (found.deal_id, found.outcome) == ONE_THEN.get(
        (open_, won, lost), (None, Outcome.SEVERAL_DEALS_THEN)
    )


def test_before_the_connection_only_deals_of_that_time_count() -> None:
    later = _deal("later", "open", created=-1)
    contact = ContactDeals("c", (_deal("then", "won"), later))
    assert predict(_mail(contact, before=True)).deal_id == "then"
    assert predict(_mail(ContactDeals("c", (later,)), before=True)).outcome is Outcome.NO_DEAL_THEN


def test_among_equals_the_later_created_then_the_greater_id_is_the_latest() -> None:
    old, new = _deal("z", "open", created=9), _deal("a", "open", created=8)
    assert predict(_mail(ContactDeals("c", (old, new)))).deal_id == "a"
    twins = (_deal("a", "open"), _deal("b", "open"))
    assert predict(_mail(ContactDeals("c", twins))).deal_id == "b"


@pytest.mark.parametrize("before", [False, True])
def test_a_reply_goes_where_its_thread_was_put_by_hand(before: bool) -> None:
    contact = ContactDeals("c", _deals(2, 1, 1))
    for chosen in ("open1", "won1"):
        assert predict(_mail(contact, before=before, thread=(chosen,))) == Prediction(
            chosen, Outcome.SAME_THREAD
        )


def test_a_thread_of_a_lost_or_a_strangers_deal_decides_nothing() -> None:
    contact = ContactDeals("c", _deals(1, 0, 1))
    assert predict(_mail(contact, thread=("lost1", "foreign"))).outcome is Outcome.ONLY_OPEN_DEAL


def test_the_first_contact_that_yields_a_deal_decides() -> None:
    lost, won = ContactDeals("lost", _deals(0, 0, 1)), ContactDeals("won", _deals(0, 1, 0))
    open_ = ContactDeals("open", _deals(1, 0, 0))
    assert predict(_mail(lost, won, open_)).deal_id == "won1"
    assert predict(_mail(lost)).outcome is Outcome.ONLY_LOST_DEALS
    assert predict(_mail()).outcome is Outcome.NO_CONTACT


def test_contacts_count_by_the_line_of_their_address() -> None:
    sender, addressee, copied = (ContactDeals(name, ()) for name in ("from", "to", "cc"))
    lines = {"cc": [copied, sender], "to": [addressee], "from": [sender]}
    assert contacts_in_order(Direction.RECEIVED, lines) == (sender, addressee, copied)
    assert contacts_in_order(Direction.SENT, lines) == (addressee, copied, sender)


def test_the_reason_says_of_how_many() -> None:
    assert predict(_mail(ContactDeals("c", _deals(2, 0, 0)))).reason == "latest of 2 open deals"
