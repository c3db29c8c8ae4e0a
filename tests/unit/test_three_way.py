"""Merging what two people typed into one record."""

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.domain.three_way import Side, merged, same, three_way, undecided

BASE: dict[str, Value] = {"name": "Suzuki", "phone": "03", "title": None, "fax": "06"}


def test_each_field_goes_to_whoever_changed_it() -> None:
    merges = three_way(BASE, {"phone": "04"}, {**BASE, "title": "Head"})

    assert {merge.name: merge.default for merge in merges} == {"phone": Side.MINE, "title": Side.THEIRS}
    assert merged(merges, {}) == {"phone": "04"}


def test_a_field_that_both_changed_needs_a_choice_and_comes_first() -> None:
    merges = three_way(BASE, {"name": "Sato", "phone": "04"}, {**BASE, "phone": "05"})

    assert [(merge.name, merge.needs_choice) for merge in merges] == [("phone", True), ("name", False)]
    assert undecided(merges, {}) == ("phone",)
    assert merged(merges, {}) == {"name": "Sato"}
    assert merged(merges, {"phone": Side.MINE}) == {"name": "Sato", "phone": "04"}
    assert undecided(merges, {"phone": Side.THEIRS}) == ()


def test_both_typing_the_same_is_no_conflict() -> None:
    merges = three_way(BASE, {"phone": "04"}, {**BASE, "phone": "04"})

    assert undecided(merges, {}) == ()
    assert merged(merges, {"phone": Side.MINE}) == {}


def test_what_was_emptied_is_a_change_and_an_old_name_of_a_reference_is_none() -> None:
    old, renamed = Ref(Module.ACCOUNT, "1", "Acme"), Ref(Module.ACCOUNT, "1", "Acme Ltd")
    merges = three_way({"fax": "06", "account": old}, {"fax": None}, {"fax": "06", "account": renamed})

    assert merged(merges, {}) == {"fax": None}
    assert [merge.name for merge in merges] == ["fax"]


_values = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([None, "", "x", "y", False, 1]))


@given(_values, _values, _values, st.dictionaries(st.sampled_from("abcd"), st.sampled_from(list(Side))))
def test_nothing_that_somebody_changed_is_lost_without_a_choice(
    base: dict[str, Value], typed: dict[str, Value], now: dict[str, Value], choices: dict[str, Side]
) -> None:
    merges = three_way(base, typed, now)
    after = {**now, **merged(merges, choices)}

    for name in {*base, *typed, *now}:
        mine, theirs = typed.get(name, base.get(name)), now.get(name)
        if name in choices:
            continue
        if same(mine, base.get(name)):
            assert same(after.get(name), theirs), "nobody asked for another value"
        elif same(theirs, base.get(name)):
            assert same(after.get(name), mine)
        else:
            assert same(mine, theirs) or name in undecided(merges, choices)
