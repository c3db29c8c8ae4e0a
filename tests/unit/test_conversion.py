"""Where the fields of a lead go."""

from datetime import UTC, datetime

from crm_tui.domain.conversion import STANDARD, mapped
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.records import Record, Value
from crm_tui.domain.schema import FIELDS, field_of

NO_LISTS = Picklists({})


def _lead(custom: dict[str, Value] | None = None, **values: Value) -> Record:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return Record(Module.LEAD, "1", 1, "x", None, at, None, at, None, values, custom or {})


def test_every_field_of_a_lead_fits_the_fields_it_goes_to() -> None:
    for name, targets in STANDARD.items():
        field = field_of(Module.LEAD, name)
        assert field is not None, name
        for module, other in targets:
            target = field_of(module, other)
            assert target is not None, (module, other)
            assert (target.type, target.picklist) == (field.type, field.picklist)
            assert field.max_length <= target.max_length or not target.max_length, "nothing would be cut"


def test_only_what_belongs_to_the_lead_alone_stays_behind() -> None:
    own = {field.name for field in FIELDS[Module.LEAD] if not field.read_only}
    assert own - STANDARD.keys() == {"status"}


def _custom(name: str, kind: FieldType = FieldType.TEXT, **more: str) -> Field:
    return Field(name, name, kind, custom=True, **more)  # type: ignore[arg-type]


def test_custom_fields_go_where_name_and_type_agree() -> None:
    fields = {
        Module.LEAD: (
            _custom("region"),
            _custom("size", FieldType.NUMBER),
            _custom("hobby"),
            _custom("empty"),
        ),
        Module.CONTACT: (_custom("region"), _custom("empty")),
        Module.ACCOUNT: (_custom("region"), _custom("size"), _custom("hobby", FieldType.BOOL)),
        Module.DEAL: (),
    }

    parts = mapped(_lead({"region": "関西", "size": 0, "hobby": "釣り", "empty": None}), fields, {}, NO_LISTS)

    assert parts.values[Module.CONTACT] == {"region": "関西"}
    assert parts.values[Module.ACCOUNT] == {"region": "関西"}
    assert [field.name for field in parts.unmapped] == ["size", "hobby"], "a zero is missed too"


def test_custom_fields_go_where_an_administrator_sends_them_if_they_fit() -> None:
    title = field_of(Module.CONTACT, "title")
    assert title is not None
    lists = Picklists({}, {"rank": (Choice("gold", "Gold", "金"),)})
    fields = {
        Module.LEAD: (
            _custom("post"),
            _custom("motto"),
            _custom("rank", FieldType.PICKLIST),
            _custom("grade", FieldType.PICKLIST),
            _custom("secret"),
        ),
        Module.CONTACT: (
            title,
            _custom("class", FieldType.PICKLIST, picklist="rank"),
            _custom("secret"),
        ),
        Module.ACCOUNT: (),
        Module.DEAL: (),
    }
    chosen = {
        "post": ((Module.CONTACT, "title"),),
        "motto": ((Module.CONTACT, "title"),),
        "rank": ((Module.CONTACT, "class"),),
        "grade": ((Module.CONTACT, "class"),),
        "secret": (),
    }
    values: dict[str, Value] = {
        "post": "部長",
        "motto": "x" * 101,
        "rank": "gold",
        "grade": "tin",
        "secret": "x",
    }

    parts = mapped(_lead(values), fields, chosen, lists)

    assert parts.values[Module.CONTACT] == {"title": "部長", "class": "gold"}
    assert [field.name for field in parts.unmapped] == ["motto", "grade", "secret"]
