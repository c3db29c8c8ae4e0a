"""Forms: what an agent types, what the form understands, what it hands on and what it complains about."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from crm_tui.clock import FrozenClock, use_clock
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.picklists import DEFAULTS, Picklists
from crm_tui.domain.records import Ref
from crm_tui.errors import Invalid
from screens.widgets.field_choice import ChoiceField
from screens.widgets.form import Form
from screens.widgets.form_field import FormContext, FormField, Suggestion
from screens.widgets.lookup import ReferenceField

TARO = Ref(Module.CONTACT, "c1", "田中 太郎")
HANAKO = Ref(Module.LEAD, "l1", "田中 花子")
SMITH = Ref(Module.CONTACT, "c2", "John Smith")

FIELDS = (
    Field("subject", "Subject", max_length=10, required=True, section="Main"),
    Field("type", "Call type", FieldType.PICKLIST, picklist="call_type", required=True, section="Main"),
    Field("purpose", "Call purpose", FieldType.PICKLIST, picklist="call_purpose", section="Main"),
    Field("who", "Contact or lead", FieldType.REFERENCE, targets=PEOPLE, section="Main"),
    Field("due", "Due date", FieldType.DATE, section="Main"),
    Field("starts_at", "Start time", FieldType.DATETIME, section="More"),
    Field("seconds", "Duration", FieldType.DURATION, section="More"),
    Field("quiet", "Do not call", FieldType.BOOL, section="More"),
    Field("text", "Description", FieldType.LONG_TEXT, 40, section="More"),
)


async def find(text: str, modules: Sequence[Module]) -> tuple[Suggestion, ...]:
    """Return whom the text fits, like the lookup of the store."""
    people = (TARO, HANAKO, SMITH)
    return tuple(Suggestion(p) for p in people if text in p.name and p.module in modules)


class FormApp(App[None]):
    """A form and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.picked_with: str | None = None
        context = FormContext(Picklists(DEFAULTS), ZoneInfo("Asia/Tokyo"), find, self.pick)
        self.form = Form(FIELDS, context)
        self.changes: list[str] = []

    async def pick(self, modules: Sequence[Module], text: str) -> Ref | None:
        """Choose always the same person."""
        self.picked_with = text
        return SMITH

    def compose(self) -> ComposeResult:
        yield self.form

    def on_form_changed(self, event: Form.Changed) -> None:
        self.changes.append(event.field.name)


@pytest.fixture(autouse=True)
def saturday() -> Iterator[None]:
    """It is Saturday 2026-11-21, 14:00 in Tokyo."""
    old = use_clock(FrozenClock(datetime(2026, 11, 21, 5, 0, tzinfo=UTC)))
    yield
    use_clock(old)


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Type ``text`` key by key."""
    for character in text:
        await pilot.press("space" if character == " " else character)


def message(field: FormField) -> str:
    """Return what stands under a field, "" if nothing does."""
    return field.message


async def test_loaded_values_come_back_typed_and_count_as_unchanged() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.load(
            {
                "subject": "Ask",
                "type": "inbound",
                "who": TARO,
                "due": date(2026, 11, 27),
                "starts_at": datetime(2026, 11, 27, 5, 30, tzinfo=UTC),
                "seconds": 200,
                "quiet": True,
                "text": "one\ntwo",
            }
        )
        await pilot.pause()
        assert app.form.values() == {
            "subject": "Ask",
            "type": "inbound",
            "purpose": None,
            "who": TARO,
            "due": date(2026, 11, 27),
            "starts_at": datetime(2026, 11, 27, 5, 30, tzinfo=UTC),
            "seconds": 200,
            "quiet": True,
            "text": "one\ntwo",
        }
        assert not app.form.is_dirty
        assert app.changes == []


async def test_changed_fields_are_told_and_are_all_that_changed_values_holds() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.load({"subject": "Ask", "type": "inbound"})
        app.form.focus_field("subject")
        await type_in(pilot, "!")
        assert app.changes == ["subject"]
        assert app.form.changed_values() == {"subject": "Ask!"}
        await pilot.press("backspace")
        assert not app.form.is_dirty


@pytest.mark.parametrize(
    ("field", "typed", "value", "echo"),
    [
        ("due", "fri", date(2026, 11, 27), "Fri 2026-11-27"),
        ("due", "+2d", date(2026, 11, 23), "Mon 2026-11-23"),
        ("due", "明日", date(2026, 11, 22), "Sun 2026-11-22"),
        ("starts_at", "fri 14:00", datetime(2026, 11, 27, 5, 0, tzinfo=UTC), "Fri 2026-11-27 14:00"),
        ("starts_at", "11/25 9:30", datetime(2026, 11, 25, 0, 30, tzinfo=UTC), "Wed 2026-11-25 09:30"),
        ("seconds", "5m", 300, "5 min 0 s"),
        ("seconds", "1:02:03", 3723, ""),
    ],
)
async def test_dates_and_durations_echo_what_they_understood(
    field: str, typed: str, value: object, echo: str
) -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field(field)
        await type_in(pilot, typed)
        await pilot.pause()
        assert app.form.values()[field] == value
        assert message(app.form[field]) == echo


async def test_a_date_that_is_not_understood_is_handed_on_as_typed() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("due")
        await type_in(pilot, "someday")
        assert app.form.values()["due"] == "someday"


async def test_control_and_arrow_move_a_date_by_a_day_from_today_on() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("due")
        await pilot.press("ctrl+up", "ctrl+up")
        assert app.form.values()["due"] == date(2026, 11, 23)
        await pilot.press("ctrl+down")
        assert app.form.values()["due"] == date(2026, 11, 22)


async def test_a_relative_date_in_a_draft_stays_the_day_it_meant() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("due")
        await type_in(pilot, "+2d")
        draft = app.form.texts()
        assert draft == {"due": "2026-11-23"}


async def test_all_errors_show_at_once_and_the_first_gets_the_cursor() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("text")
        app.form.show_errors(
            Invalid("3 fields", fields={"text": "Too odd.", "type": "Choose one.", "hidden": "Not shown."})
        )
        await pilot.pause()
        assert message(app.form["type"]) == "! Choose one."
        assert message(app.form["text"]) == "! Too odd."
        assert app.form["type"].has_focus_within
        assert "Not shown." in str(app.form.query_one(".form--general").render())
        await pilot.press("i")
        assert message(app.form["type"]) == ""


async def test_a_text_that_is_too_long_is_kept_and_says_by_how_much() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("subject")
        await type_in(pilot, "twelve chars")
        await pilot.pause()
        assert app.form.values()["subject"] == "twelve chars"
        assert message(app.form["subject"]) == "! At most 10 characters; 12 typed."


async def test_pasted_text_loses_its_controls_and_nothing_else() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("text")
        app.screen.post_message(events.Paste("[b]one[/b]\r\n\x1b[2Jtwo " + "x" * 5000))
        await pilot.pause()
        app.form.focus_field("subject")
        await pilot.pause()
        app.screen.post_message(events.Paste("a\nb\x07"))
        await pilot.pause()
        assert app.form.values()["text"] == "[b]one[/b]\n[2Jtwo " + "x" * 5000
        assert app.form.values()["subject"] == "a b"


async def test_choices_are_taken_by_arrow_letter_digit_and_list() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("purpose")
        await pilot.press("right")
        assert app.form.values()["purpose"] == "prospecting"
        await pilot.press("n")
        assert app.form.values()["purpose"] == "negotiation"
        await pilot.press("6")
        assert app.form.values()["purpose"] == "desk"
        await pilot.press("backspace")
        assert app.form.values()["purpose"] is None
        await pilot.press("enter", "down", "enter")
        assert app.form.values()["purpose"] == "administrative"
        assert isinstance(app.form["purpose"], ChoiceField)
        assert app.form["purpose"].editor.has_focus


async def test_a_required_choice_cannot_be_emptied_and_escape_leaves_the_list_unchanged() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.load({"type": "inbound"})
        app.form.focus_field("type")
        await pilot.press("delete", "enter", "down", "escape")
        assert app.form.values()["type"] == "inbound"


async def test_a_retired_choice_of_a_record_stays_readable() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.load({"purpose": "long_gone"})
        await pilot.pause()
        assert app.form.values()["purpose"] == "long_gone"
        assert not app.form.is_dirty


async def test_a_reference_is_taken_from_what_the_typed_text_finds() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("who")
        await type_in(pilot, "田中")
        await app.workers.wait_for_complete()
        await pilot.press("down", "enter")
        assert app.form.values()["who"] == HANAKO
        assert message(app.form["who"]) == "Lead"


async def test_leaving_a_reference_takes_the_only_fit_and_keeps_text_that_fits_nobody() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("who")
        await type_in(pilot, "Smith")
        await app.workers.wait_for_complete()
        await pilot.press("tab")
        assert app.form.values()["who"] == SMITH
        await pilot.press("shift+tab")
        await type_in(pilot, "Nobody")
        await app.workers.wait_for_complete()
        await pilot.press("tab")
        assert app.form.values()["who"] == "Nobody"


async def test_the_picker_opens_with_what_is_typed_and_a_reference_can_be_cleared() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_field("who")
        await type_in(pilot, "zz")
        await pilot.press("f4")
        await app.workers.wait_for_complete()
        assert app.picked_with == "zz"
        assert app.form.values()["who"] == SMITH
        await pilot.press("end", "ctrl+u")
        assert app.form.values()["who"] is None


async def test_a_draft_puts_everything_back() -> None:
    first, second = FormApp(), FormApp()
    async with first.run_test() as pilot:
        first.form.focus_field("subject")
        await type_in(pilot, "Ask")
        field = first.form["who"]
        assert isinstance(field, ReferenceField)
        field.choose(TARO)
        first.form.focus_field("quiet")
        await pilot.press("space")
        draft = first.form.texts()
    async with second.run_test():
        second.form.load({"type": "inbound"})
        second.form.restore(draft)
        assert second.form.changed_values() == {"subject": "Ask", "who": TARO, "quiet": True}


async def test_a_field_that_does_not_apply_says_why_and_hands_on_nothing() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.load({"who": TARO})
        app.form.set_enabled("who", False, "Not for leads.")
        await pilot.pause()
        assert message(app.form["who"]) == "Not for leads."
        assert app.form.values()["who"] is None
        app.form.set_enabled("who", True)
        assert app.form.values()["who"] == TARO


async def test_letters_in_a_choice_are_no_commands_of_the_console() -> None:
    app = FormApp()
    app.bind("x,q,1", "exit")
    async with app.run_test() as pilot:
        app.form.focus_field("purpose")
        await pilot.press("x", "q", "1")
        assert app.is_running
        assert app.form.values()["purpose"] == "prospecting"


async def test_tab_arrows_and_enter_walk_through_the_fields() -> None:
    app = FormApp()
    async with app.run_test() as pilot:
        app.form.focus_first()
        await pilot.press("enter")
        assert app.form["type"].has_focus_within
        await pilot.press("ctrl+down", "tab", "tab")
        assert app.form["due"].has_focus_within
        await pilot.press("up")
        assert app.form["who"].has_focus_within


@pytest.mark.parametrize(("width", "columns"), [(80, 1), (120, 2)])
async def test_fields_stand_two_in_a_row_where_there_is_room(width: int, columns: int) -> None:
    app = FormApp()
    async with app.run_test(size=(width, 40)) as pilot:
        await pilot.pause()
        tops = {app.form[name].region.y for name in ("subject", "type")}
        assert len(tops) == 3 - columns
        assert app.form["text"].region.width > width - 6
