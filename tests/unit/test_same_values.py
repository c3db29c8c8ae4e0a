"""What comes in written otherwise is no change, and what says something else is one."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Participant, Ref, Value
from crm_tui.domain.same_values import is_same_value
from crm_tui.services.columns import differences

TEN = datetime(2026, 11, 22, 1, tzinfo=UTC)
ANN, BOB = (Participant(Ref(Module.CONTACT, name, name)) for name in ("ann", "bob"))
NUMBER = "03-1234-5678"


def _is_change(kind: FieldType, before: Value, given: Value) -> bool:
    """Decide as an import does: by what the store tells apart, then by what a form means."""
    field = Field("field", "Field", kind)
    return bool(differences({"field": before}, {"field": given})) and not is_same_value(
        field, before, given, "JP"
    )


@pytest.mark.parametrize(
    ("kind", "before", "given"),
    [
        (FieldType.PHONE, NUMBER, "0312345678"),
        (FieldType.PHONE, NUMBER, "０３ー１２３４ー５６７８"),
        (FieldType.PHONE, NUMBER, "+81 3 1234 5678"),
        (FieldType.PHONE, NUMBER, "+81 (0)3-1234-5678"),
        (FieldType.PHONE, NUMBER, "03(1234)5678"),
        (FieldType.PHONE, "03-1234-5678 内線12", "0312345678 ext. 12"),
        (FieldType.PHONE, "090-1234-5678", "０９０ー１２３４ー５６７８"),
        (FieldType.EMAIL, "taro@yamada.example", "Taro@Yamada.Example"),
        (FieldType.URL, "https://yamada.example", "https://Yamada.Example/"),
        (FieldType.TEXT, "山田 商事", "山田　商事 "),
        (FieldType.LONG_TEXT, "one\ntwo", "one  \ntwo \n\n"),
        (FieldType.DATE, date(2026, 11, 22), date(2026, 11, 22)),
        (FieldType.DATETIME, TEN, TEN.replace(microsecond=5)),
        (FieldType.DATETIME, TEN, datetime.fromisoformat("2026-11-22T10:00+09:00")),
        (FieldType.MONEY, Decimal("1000.00"), Decimal("1000")),
        (FieldType.BOOL, None, False),
        (FieldType.TAGS, ("vip", "Tokyo"), ("tokyo", "vip")),
        (FieldType.PARTICIPANTS, (ANN, BOB), (BOB, ANN)),
        (FieldType.REFERENCE, Ref(Module.ACCOUNT, "a", "Old"), Ref(Module.ACCOUNT, "a", "New")),
    ],
)
def test_another_form_is_no_change(kind: FieldType, before: Value, given: Value) -> None:
    assert not _is_change(kind, before, given)
    assert not _is_change(kind, given, before)


@pytest.mark.parametrize(
    ("kind", "before", "given"),
    [
        (FieldType.PHONE, NUMBER, "03-1234-5679"),
        (FieldType.PHONE, NUMBER, "03-1234-5678 内線 12"),
        (FieldType.PHONE, NUMBER, "03-1234-5678 受付"),
        (FieldType.PHONE, None, NUMBER),
        (FieldType.EMAIL, "taro@yamada.example", "jiro@yamada.example"),
        (FieldType.URL, "https://yamada.example/A", "https://yamada.example/a"),
        (FieldType.TEXT, "高橋", "髙橋"),
        (FieldType.LONG_TEXT, "one\ntwo", "one two"),
        (FieldType.DATETIME, TEN, TEN.replace(minute=1)),
        (FieldType.TAGS, ("vip",), ("vip", "Tokyo")),
    ],
)
def test_another_value_is_one(kind: FieldType, before: Value, given: Value) -> None:
    assert _is_change(kind, before, given)
