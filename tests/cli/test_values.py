"""Values typed on the command line: conditions, fields, cursors, durations."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.commands import values
from crm_tui.commands.values import Condition
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import Criterion, Op, Sort
from crm_tui.domain.schema import FIELDS
from crm_tui.errors import Invalid

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = Acme", Condition("name", Op.EQ, "Acme")),
        ("amount>=5000", Condition("amount", Op.GE, "5000")),
        ("amount != 5", Condition("amount", Op.NE, "5")),
        ("email contains @acme", Condition("email", Op.CONTAINS, "@acme")),
        ("last_name starts 田", Condition("last_name", Op.STARTS, "田")),
        ("email empty", Condition("email", Op.EMPTY, "")),
        ("email not-empty", Condition("email", Op.NOT_EMPTY, "")),
        ("email =", Condition("email", Op.EMPTY, "")),
        ("status in open, on_hold", Condition("status", Op.IN, "open, on_hold")),
        ("name = 'Acme & Co'", Condition("name", Op.EQ, "Acme & Co")),
        ("name = a = b", Condition("name", Op.EQ, "a = b")),
        ("status not-in open, on_hold", Condition("status", Op.NOT_IN, "open, on_hold")),
        ("email not-contains @acme", Condition("email", Op.NOT_CONTAINS, "@acme")),
        ("subject = in the end", Condition("subject", Op.EQ, "in the end")),
    ],
)
def test_a_condition_is_taken_apart(text: str, expected: Condition) -> None:
    assert values.parse_where(text) == expected


@pytest.mark.parametrize("text", ["", "name", "name ~ x", "= x", "email empty x", "name >", "statusin a"])
def test_a_condition_of_another_form_is_a_usage_error(text: str) -> None:
    with pytest.raises(click.UsageError):
        values.parse_where(text)


def test_set_splits_at_the_first_equals_sign_and_keeps_the_value_as_typed() -> None:
    assert values.parse_sets(["description=a=b\nc", "email="]) == {"description": "a=b\nc", "email": ""}


@pytest.mark.parametrize("pairs", [["email"], ["=x"], ["email=a", "email=b"]])
def test_a_set_without_a_field_or_twice_is_a_usage_error(pairs: list[str]) -> None:
    with pytest.raises(click.UsageError):
        values.parse_sets(pairs)


def test_a_bare_number_for_a_duration_field_is_in_seconds_as_in_json() -> None:
    assert values.field_values(Module.CALL, ["duration_seconds=200"]) == {"duration_seconds": 200}
    assert values.field_values(Module.CALL, ["duration_seconds=3:20"]) == {"duration_seconds": "3:20"}


@pytest.mark.parametrize(("text", "seconds"), [("3:20", 200), ("200s", 200), ("1:02:03", 3723)])
def test_durations_of_the_contract(text: str, seconds: int) -> None:
    assert values.duration_seconds(text) == seconds


def test_a_time_that_is_none_names_its_field() -> None:
    with pytest.raises(Invalid) as caught:
        values.moment("starts_at", "when it suits", NOW)
    assert set(caught.value.fields) == {"starts_at"}


def test_an_unknown_field_in_a_condition_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        values.known_field(FIELDS[Module.LEAD], "password")
    assert set(caught.value.fields) == {"password"}


def test_values_stay_as_typed_until_the_service_knows_whose_clock_counts() -> None:
    field = Field("created_at", "Created", FieldType.DATETIME)
    found = values.criterion(field, Condition("created_at", Op.IN, 'today, "last 7 days"'))
    assert found == Criterion("created_at", Op.IN, ("today", "last 7 days"))


def test_a_list_of_values_may_hold_commas_in_quotes() -> None:
    assert values.split_list('open, on_hold,"a, b",') == ["open", "on_hold", "a, b"]


@given(
    st.lists(st.none() | st.text() | st.integers() | st.floats(allow_nan=False), max_size=4), st.booleans()
)
def test_a_cursor_gives_its_position_back(position: list[str | int | float | None], descending: bool) -> None:
    sort = Sort("due_at", descending)
    assert values.position_of(sort, values.cursor_of(sort, tuple(position))) == tuple(position)


@given(st.text(max_size=40))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(click.UsageError):
        values.position_of(Sort("name"), text)


def test_a_cursor_of_another_order_is_refused() -> None:
    cursor = values.cursor_of(Sort("name"), ("a", "b"))
    with pytest.raises(click.UsageError):
        values.position_of(Sort("name", descending=True), cursor)
