"""Which value each field gets when records are merged."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.merging import merged_values, rows_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Value

FIELDS = (
    Field("title", "Title"),
    Field("do_not_call", "Do not call", FieldType.BOOL),
    Field("size", "Size", FieldType.NUMBER, custom=True),
    Field("converted_at", "Converted", FieldType.DATETIME, read_only=True),
)


def _is_there(value: Value) -> bool:
    return value is not None and value is not False


def _record(title: str | None, do_not_call: bool, size: int | None) -> Record:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    values: dict[str, Value] = {"title": title, "do_not_call": do_not_call, "converted_at": at}
    return Record(Module.LEAD, "1", 1, "x", None, at, None, at, None, values, {"size": size})


records = st.lists(
    st.builds(
        _record,
        st.one_of(st.none(), st.sampled_from(["部長", "課長"])),
        st.booleans(),
        st.one_of(st.none(), st.integers(0, 3)),
    ),
    min_size=2,
    max_size=5,
)


@given(records, st.data())
def test_a_field_gets_the_chosen_value_or_the_first_that_is_there(
    found: list[Record], data: st.DataObject
) -> None:
    rows = rows_of(found, FIELDS)
    chosen = data.draw(
        st.dictionaries(st.sampled_from(["title", "size"]), st.integers(0, len(found) - 1), max_size=2)
    )

    merged = merged_values(rows, chosen)

    assert merged.keys() == {"title", "do_not_call", "size"}, "what only the program sets isn't merged"
    for name, value in merged.items():
        values = [record.get(name) for record in found]
        if name in chosen:
            assert value == values[chosen[name]]
        else:
            assert value == next((one for one in values if _is_there(one)), values[0])
    assert merged["do_not_call"] is any(record.get("do_not_call") for record in found)
