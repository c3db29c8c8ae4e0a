"""What makes two records look the same, in any notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.duplicates import (
    LIKELY,
    Keys,
    Pair,
    Reason,
    company_key,
    groups_of,
    is_same_company,
    keys_of,
    reasons_between,
    score_of,
)
from crm_tui.domain.modules import Module


def _keys(module: Module, **values: str) -> Keys:
    return keys_of(module, values, "JP")


@pytest.mark.parametrize(
    "name",
    ["株式会社田中商事", "㈱田中商事", "(株)田中商事", "田中商事　株式会社", "（株）　田中商事"],
)
def test_legal_forms_and_notation_make_no_other_company(name: str) -> None:
    assert company_key(name) == company_key("田中商事")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("㈱サトウ", "株式会社サトウ", True),
        ("ｻﾄｳ(株)", "株式会社サトウ", True),
        ("サトウ", "㈱サトウ", True),
        ("ABC Inc.", "ａｂｃ incorporated", True),
        ("㈱サトウ", "有限会社サトウ", False),
        ("ABC Inc.", "ABC Ltd.", False),
        ("サトウ", "佐藤", False),
    ],
)
def test_a_legal_form_may_be_left_out_but_is_no_other_one(one: str, other: str, same: bool) -> None:
    assert is_same_company(one, other) is same


def test_western_legal_forms_make_no_other_company() -> None:
    assert company_key("ACME, Inc.") == company_key("Acme Co., Ltd.") == company_key("Ａｃｍｅ")
    assert company_key("Cola") != company_key("la"), "letters inside a word are no legal form"
    assert company_key("Inc.") == "inc", "a name that is nothing but a legal form stays"


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"email": "Taro@Tanaka.example"}, {"email": "taro@tanaka.EXAMPLE"}, (Reason.MAIL,)),
        ({"mobile": "090-1111-2222"}, {"phone": "+81 90 1111 2222"}, (Reason.NUMBER,)),
        (
            {"last_name": "田中", "phone": "03-1234-5678"},
            {"last_name": "佐藤", "phone": "０３（１２３４）５６７８"},
            (Reason.SHARED_NUMBER,),
        ),
        (
            {"last_name": "髙橋", "first_name": "学", "company": "㈱一"},
            {"last_name": "高橋", "first_name": "學", "company": "一"},
            (Reason.NAME,),
        ),
        (
            {"last_name": "田中", "last_name_kana": "たなか", "company": "一"},
            {"last_name": "Tanaka", "last_name_kana": "タナカ", "company": "一"},
            (Reason.NAME,),
        ),
        ({"last_name": "田中", "company": "一"}, {"last_name": "田中", "company": "二"}, ()),
        ({"last_name": "田中", "company": "一"}, {"last_name": "田中"}, (Reason.NAMESAKE,)),
        ({"company": "一"}, {"company": "一"}, ()),
    ],
)
def test_people_are_compared_by_address_number_and_name(
    one: dict[str, str], other: dict[str, str], reasons: tuple[Reason, ...]
) -> None:
    first, second = _keys(Module.LEAD, **one), _keys(Module.LEAD, **other)
    assert reasons_between(Module.LEAD, first, second) == reasons
    assert reasons_between(Module.LEAD, second, first) == reasons


def test_a_shared_number_is_a_reason_for_companies_but_not_for_colleagues() -> None:
    line = {"phone": "03-1234-5678"}
    accounts = _keys(Module.ACCOUNT, name="一", **line), _keys(Module.ACCOUNT, name="二", **line)
    assert score_of(reasons_between(Module.ACCOUNT, *accounts)) >= LIKELY
    people = _keys(Module.CONTACT, last_name="一", **line), _keys(Module.CONTACT, last_name="二", **line)
    assert 0 < score_of(reasons_between(Module.CONTACT, *people)) < LIKELY
    assistant = _keys(Module.CONTACT, last_name="三", assistant_phone="03-1234-5678")
    assert reasons_between(Module.CONTACT, people[0], assistant) == ()


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))))
def test_groups_share_nobody_and_leave_nobody_out(likes: list[tuple[str, str]]) -> None:
    groups = groups_of(Pair(one, other, Reason.MAIL) for one, other in likes)

    members = [one for group in groups for one in group.ids]
    assert sorted(members) == sorted({one for pair in likes for one in pair})
    together = {one: number for number, group in enumerate(groups) for one in group.ids}
    assert all(together[one] == together[other] for one, other in likes)
