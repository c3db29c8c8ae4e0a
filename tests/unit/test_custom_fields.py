"""Rules of custom fields that need no store: names, labels, values, places."""

from datetime import date
from decimal import Decimal

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.custom_fields import CustomField, CustomFields
from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.records import Value
from crm_tui.domain.validation import Context, Refused, check_value
from crm_tui.i18n import set_language

VALUES = (Choice("hot", "Hot", "高温"), Choice("gone", "Gone", "なし", active=False))


def definition(name: str, kind: FieldType = FieldType.TEXT, module: Module = Module.LEAD) -> CustomField:
    return CustomField(f"id-{name}", module, name, kind, name.capitalize(), values=VALUES)


def checked(kind: FieldType, typed: object) -> Value:
    one = definition("mark", kind)
    picklists = Picklists({}, CustomFields.of(1, [one]).picklists())
    return check_value(one.field(), typed, Context(FrozenClock().now(), picklists))


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (FieldType.TEXT, " two\n words ", "two words"),
        (FieldType.NUMBER, "1,234", 1234),
        (FieldType.NUMBER, "１２．５", Decimal("12.5")),
        (FieldType.NUMBER, "-0.000", 0),
        (FieldType.NUMBER, "3.0", 3),
        (FieldType.NUMBER, "123456789.012345", Decimal("123456789.012345")),
        (FieldType.NUMBER, Decimal("2.50"), Decimal("2.5")),
        (FieldType.DATE, "2026-12-01", date(2026, 12, 1)),
        (FieldType.BOOL, "はい", True),
        (FieldType.PICKLIST, "高温", "hot"),
        (FieldType.PICKLIST, "", None),
    ],
)
def test_what_is_typed_becomes_a_value(kind: FieldType, typed: object, kept: Value) -> None:
    found = checked(kind, typed)
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (FieldType.TEXT, "x" * 2001),
        (FieldType.TEXT, 5),
        (FieldType.NUMBER, "twelve"),
        (FieldType.NUMBER, "NaN"),
        (FieldType.NUMBER, "Infinity"),
        (FieldType.NUMBER, "1e400000000"),
        (FieldType.NUMBER, "1e-400000000"),
        (FieldType.NUMBER, "1000000000000000"),
        (FieldType.NUMBER, "1.2345678901234567"),
        (FieldType.NUMBER, True),
        (FieldType.DATE, "30 Feb"),
        (FieldType.BOOL, "perhaps"),
        (FieldType.PICKLIST, "gone"),
    ],
)
def test_what_does_not_fit_is_refused(kind: FieldType, typed: object) -> None:
    with pytest.raises(Refused):
        checked(kind, typed)


@pytest.mark.parametrize("name", ["mark", "m", "company_group_2", "x" * 40])
def test_a_name_is_a_code(name: str) -> None:
    assert CustomFields().name_problem(Module.LEAD, name, FieldType.TEXT) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("", "Mark", "9mark", "ma-rk", "mark\n", "ｍark", "名前", "x" * 41),
        *("company", "owner", "owner_id", "version", "name", "id", "custom", "module", "lead"),
    ],
)
def test_a_name_that_is_no_code_or_means_something_else_is_refused(name: str) -> None:
    assert CustomFields().name_problem(Module.LEAD, name, FieldType.TEXT)


def test_a_name_has_one_type_among_the_kinds_of_activity() -> None:
    known = CustomFields.of(1, [definition("mark", FieldType.DATE, Module.TASK)])
    assert known.name_problem(Module.EVENT, "mark", FieldType.TEXT)
    assert not known.name_problem(Module.EVENT, "mark", FieldType.DATE)
    assert not known.name_problem(Module.DEAL, "mark", FieldType.TEXT)
    # The field of another kind of activity stands in the same list.
    assert known.name_problem(Module.TASK, "location", FieldType.TEXT)


def test_a_custom_label_is_shown_as_it_was_typed_and_cleaned() -> None:
    field = Field("mark", "Name", custom=True)
    assert label_of(Field("name", "Name")) == "Name"
    set_language("ja")
    assert label_of(Field("name", "Name")) == "名前"
    assert label_of(field) == "Name"
    assert label_of(Field("mark", "", custom=True)) == ""
    assert label_of(Field("mark", "Group", custom=True, label_ja="企業\x1b[2J群")) == "企業[2J群"
    set_language("en")
    assert label_of(Field("mark", "Group", custom=True, label_ja="企業群")) == "Group"


def test_standard_fields_come_first_and_calls_have_no_others() -> None:
    known = CustomFields.of(
        1,
        [
            definition("two"),
            definition("one"),
            CustomField("x", Module.LEAD, "off", FieldType.TEXT, "Off", active=False),
        ],
    )
    assert [field.name for field in known.fields(Module.LEAD)][-2:] == ["one", "two"]
    assert "off" not in known.by_name(Module.LEAD)
    assert not any(field.custom for field in known.fields(Module.CALL))
