"""A record of Zoho CRM becomes what the import takes in."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from crm_tui.domain.fields import Field, label_of
from crm_tui.domain.imports.batches import CellValue, Incoming, RemoteRef
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.participants import is_address
from crm_tui.domain.phone import FEWEST_DIGITS
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.validation import Context, Refused, check_value
from crm_tui.i18n import _
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.zoho.fields import Kind, ZohoField, ZohoModule
from crm_tui.sync.zoho.folding import folded
from crm_tui.sync.zoho.tables import BY_NAME, IDS
from crm_tui.sync.zoho.values import (
    addresses_of,
    amount_of,
    day_of,
    looks_like_id,
    moment_of,
    remote_id,
    text_of,
    whole_of,
)

NEEDED: Final = frozenset({(Module.DEAL, "stage"), (Module.CALL, "type")})
"""Pick-lists without which a record means nothing: a word that isn't in one rejects the record."""

_TOLD = 60
"""Characters of a value that is left out."""

_DONE = frozenset(map(folded, ("Completed", "Missed", "Attended Dialled", "完了", "不在着信", "終了")))
_AHEAD = frozenset(map(folded, ("Scheduled", "Overdue", "予定", "期限超過", "未完了")))
_CANCELLED = frozenset(map(folded, ("Cancelled", "Canceled", "キャンセル", "取消")))
_YES = frozenset({"true", "1", "yes", "はい"})

ModuleOf = Callable[[str], Module | None]
"""Says which module the record of an id there belongs to."""


@dataclass(slots=True)
class Raw:
    """A value as it came. ``remote`` and ``module`` are of a reference."""

    value: object = None
    remote: str = ""
    module: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not self.remote and not text_of(self.value)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What reading records needs beside them.

    Attributes:
        fields: Of each module, standard and custom.
        zone: In which moments without a zone are meant.
        now: The present moment.
        module_of: Asked for references that don't say their module.
        order: Of day, month and year in dates.
    """

    fields: Mapping[Module, Sequence[Field]]
    picklists: Picklists
    zone: tzinfo
    now: datetime
    module_of: ModuleOf
    order: DayOrder = DayOrder.MONTH_FIRST


@dataclass(slots=True)
class RecordReader:
    """Reads the records of one module.

    Attributes:
        parents: What the records of a file belong to, where its name says it.
        labels: What the API's names are called there, where that tells more than the name.
        left_out: Values that couldn't be kept, by field and text; the record comes without them.
    """

    module: ZohoModule
    around: Surroundings
    parents: Module | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    _left_out_now: dict[str, str] = field(init=False, default_factory=dict)
    _keys: dict[str, ZohoField] = field(init=False)
    _names: dict[str, ZohoField] = field(init=False)
    _fields: dict[str, Field] = field(init=False)
    _custom: dict[str, Field] = field(init=False)
    _known: dict[str, tuple[str, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = self.around.fields[self.module.module]
        self._keys = self.module.by_key()
        self._names = {one.name: one for one in self.module.fields}
        self._fields = {one.name: one for one in known}
        custom = [one for one in known if one.custom]
        self._custom = {
            folded(name): one for one in custom for name in (one.label, one.label_ja, one.name) if name
        }

    def read(
        self,
        number: int,
        record: Mapping[str, object],
        cells: tuple[CellValue, ...] = (),
        problem: str = "",
    ) -> Incoming | None:
        """Return what a record becomes, None for one that is left out: a lead that was converted there.

        Args:
            record: Values by what Zoho CRM calls them: a name of the API, or a heading.
        """
        found, own_id = self._gathered(record)
        if problem:
            return Incoming(number, self.module.module, {}, remote_id=own_id, cells=cells, problem=problem)
        if text_of(_of(found, "_converted")).casefold() in _YES:
            return None
        self._left_out_now = {}
        values = self._values(found)
        left_out = self._left_out_now
        return Incoming(number, self.module.module, values, remote_id=own_id, cells=cells, left_out=left_out)

    def id_of(self, record: Mapping[str, object]) -> str:
        """Return the id of a record there, "" if it has none."""
        ids = (remote_id(value) for heading, value in record.items() if self.place(heading)[0] == "_id")
        return next(filter(None, ids), "")

    def ids_in(self, record: Mapping[str, object]) -> frozenset[str]:
        """Return the ids in references of a record that may point to several modules."""
        several = [one.name for one in self.module.fields if len(one.targets) > 1]
        if not several:
            return frozenset()
        found, _own = self._gathered(record)
        raws = [found[name] for name in several if name in found and not found[name].module]
        named = (raw.remote or text_of(raw.value) for raw in raws)
        return frozenset(remote_id(one) for one in named if looks_like_id(one) or one.isdecimal())

    # Headings

    def place(self, heading: str) -> tuple[str, str]:
        """Return the field a heading stands for and which part of it: ``id`` or ``value``; "" for neither."""
        if heading not in self._known:
            found = self._placed(heading)
            if not found[0] and heading in self.labels:
                found = self._placed(self.labels[heading])
            self._known[heading] = found
        return self._known[heading]

    def _placed(self, heading: str) -> tuple[str, str]:
        base, is_id = heading, False
        if heading.casefold().rstrip().endswith(".id"):
            base, is_id = heading.rstrip()[:-3], True
        key = folded(base)
        own = IDS | self.module.ids
        if key in own or folded(heading) in own:
            return "_id", "value"
        if (known := self._keys.get(key)) is not None:
            if is_id and known.kind is not Kind.REFERENCE:
                return "", ""
            return known.name, "id" if is_id else "value"
        custom = self._custom.get(key)
        return (custom.name, "value") if custom is not None and not is_id else ("", "")

    def _gathered(self, record: Mapping[str, object]) -> tuple[dict[str, Raw], str]:
        found: dict[str, Raw] = {}
        own_id = ""
        for heading, value in record.items():
            name, part = self.place(heading)
            if not name or value is None or value == "":
                continue
            if name == "_id":
                own_id = own_id or remote_id(value)
                continue
            raw = found.setdefault(name, Raw())
            if part == "id":
                raw.remote = remote_id(value)
            elif isinstance(value, dict):
                raw.value, raw.remote = value.get("name"), raw.remote or remote_id(value.get("id"))
                raw.module = _module_name(value.get("module"))
            elif raw.value is None:
                raw.value = value
        return found, own_id

    # Values

    def _values(self, found: dict[str, Raw]) -> dict[str, object]:
        values: dict[str, object] = {}
        for name, raw in found.items():
            if name.startswith("_") or raw.is_empty:
                continue
            known = self._names.get(name)
            if known is None:
                if (kept := self._kept(name, text_of(raw.value))) is not None:
                    values[name] = kept
            elif known.kind is Kind.REFERENCE:
                self._refer(known, raw, found, values)
            elif (value := self._value(known, raw)) not in (None, "", ()):
                values[name] = value
        self._follow(found, values)
        return values

    def _value(self, known: ZohoField, raw: Raw) -> object:
        match known.kind:
            case Kind.DATE:
                return day_of(raw.value, self.around.order)
            case Kind.MOMENT:
                return moment_of(raw.value, self.around.zone, self.around.order)
            case Kind.MONEY:
                return amount_of(raw.value)
            case Kind.NUMBER:
                return whole_of(raw.value)
            case Kind.PARTICIPANTS:
                return (*_invited(raw.value), *addresses_of(raw.value))
            case Kind.CHOICE:
                return self._choice(known, text_of(raw.value))
            case Kind.NAME:
                text = text_of(raw.value)
                return "" if looks_like_id(text) else text
            case _:
                return self._text(known, text_of(raw.value))

    def _text(self, known: ZohoField, text: str) -> str:
        """Return a text, "" for one that isn't what its field is for: it mustn't cost the whole record."""
        is_bad = (known.kind is Kind.EMAIL and not is_address(text)) or (
            known.kind is Kind.PHONE and sum(map(str.isdecimal, text)) < FEWEST_DIGITS
        )
        return self._leave_out(known.name, text) if is_bad else text

    def _kept(self, name: str, text: str) -> object:
        """Return the value of a custom field, None for one that it can't take."""
        try:
            return check_value(self._fields[name], text, Context(self.around.now, self.around.picklists))
        except Refused:
            self._leave_out(name, text)
            return None

    def _choice(self, known: ZohoField, text: str) -> str:
        word = folded(text)
        picklist = self._fields[known.name].picklist
        choices = self.around.picklists.active(picklist)
        code = known.words.get(word, word)
        for choice in choices:
            if code in (choice.code, *map(folded, (choice.code, choice.label_en, choice.label_ja))):
                return choice.code
        if not code:
            return ""
        return text if (self.module.module, known.name) in NEEDED else self._leave_out(known.name, text)

    def _leave_out(self, name: str, text: str) -> str:
        text = text[:_TOLD]
        self.left_out[name, text] += 1
        self._left_out_now[name] = _("“%(text)s” can't be kept and is left out.") % {"text": text}
        return ""

    def _refer(self, known: ZohoField, raw: Raw, found: Mapping[str, Raw], values: dict[str, object]) -> None:
        name = text_of(raw.value)
        remote = raw.remote
        if not remote and looks_like_id(name):
            remote, name = remote_id(name), ""
        module = self._module(known, raw, remote, found)
        if module is None:
            self._leave_out(known.name, name or remote)
            return
        target = known.name
        if target == "related_to" and module in PEOPLE:
            target = "who"
        if target not in self._fields or module not in self._fields[target].targets:
            return
        if target != known.name and target in values:
            return
        values[target] = RemoteRef(module, remote, name) if remote else name

    def _module(self, known: ZohoField, raw: Raw, remote: str, found: Mapping[str, Raw]) -> Module | None:
        if len(known.targets) == 1:
            return known.targets[0]
        said = raw.module or (text_of(_of(found, "_module")) if known.name != "who" else "")
        if said:
            return BY_NAME.get(folded(said))
        if remote and (module := self.around.module_of(remote)) is not None:
            return module
        return Module.CONTACT if known.name == "who" else self.parents

    # What follows from several values

    def _follow(self, found: Mapping[str, Raw], values: dict[str, object]) -> None:
        module = self.module.module
        if module in PEOPLE and "last_name" not in values:
            if whole := text_of(_of(found, "_full")) or text_of(values.pop("first_name", "")):
                values["last_name"] = whole
        elif module is Module.EVENT:
            self._follow_event(values)
        elif module is Module.CALL:
            self._follow_call(found, values)

    def _follow_event(self, values: dict[str, object]) -> None:
        """Give an event that takes whole days its days; one that ends at midnight ends the day before."""
        if text_of(values.get("all_day")).casefold() not in _YES:
            values.pop("all_day", None)
            return
        start, end = values.get("starts_at"), values.get("ends_at")
        values["all_day"] = True
        if isinstance(start, datetime):
            values["starts_at"] = start.date()
        if isinstance(end, datetime):
            is_midnight = end.time() == time(0) and isinstance(start, datetime) and end > start
            values["ends_at"] = (end - timedelta(seconds=1) if is_midnight else end).date()

    def _follow_call(self, found: Mapping[str, Raw], values: dict[str, object]) -> None:
        seconds = whole_of(_of(found, "_seconds"))
        if isinstance(seconds, int):
            values["duration_seconds"] = seconds
        if "description" not in values and (agenda := text_of(_of(found, "_agenda"))):
            values["description"] = agenda
        values["status"] = self._call_status(text_of(_of(found, "_status")), values)

    def _call_status(self, said: str, values: Mapping[str, object]) -> str:
        word = folded(said)
        if word in _CANCELLED:
            return "cancelled"
        if word in _DONE or word in _AHEAD:
            return "completed" if word in _DONE else "scheduled"
        start = values.get("starts_at")
        lies_ahead = isinstance(start, datetime) and start > self.around.now
        return "scheduled" if lies_ahead and not values.get("duration_seconds") else "completed"

    def label(self, name: str) -> str:
        """Return what a field is called in the agent's language."""
        return label_of(self._fields[name]) if name in self._fields else name


def _of(found: Mapping[str, Raw], name: str) -> object:
    raw = found.get(name)
    return raw.value if raw is not None else None


def _invited(raw: object) -> tuple[RemoteRef, ...]:
    """Return the contacts and leads who take part, as the API lists them."""
    found = []
    for one in raw if isinstance(raw, list) else ():
        if isinstance(one, dict):
            module = BY_NAME.get(folded(f"{one.get('type') or ''}s"))
            if module in PEOPLE and (remote := remote_id(one.get("participant"))):
                found.append(RemoteRef(module, remote, text_of(one.get("Email") or one.get("name"))))
    return tuple(found)


def _module_name(given: object) -> str:
    if isinstance(given, dict):
        given = given.get("api_name")
    return given if isinstance(given, str) else ""
