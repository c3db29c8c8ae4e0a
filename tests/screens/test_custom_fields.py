"""Custom fields in the console: defined by an administrator, filled in and read by agents."""

from crm_tui.domain.custom_fields import DefinitionChange
from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Module
from screens.confirm_modal import ConfirmModal
from screens.custom_fields_screen import CustomFieldsScreen
from screens.fields_modal import FieldsModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from tests.screens.conftest import Console, Sample


async def active_names(console: Console) -> list[str]:
    found = await console.services.custom_fields.all(console.actor, Module.LEAD)
    return [one.name for one in found if one.active]


async def define_in_the_dialog(console: Console, name: str) -> None:
    await console.press("n")
    await console.until_on(FieldsModal)
    await console.type_text(name)
    await console.press("ctrl+s")


async def test_an_administrator_adds_moves_and_deletes_fields(console: Console) -> None:
    await console.press("2", "ctrl+p")
    await console.type_text("custom fields")
    await console.until_shown("Add fields to a")
    await console.press("enter")
    await console.until_on(CustomFieldsScreen)
    assert "Custom fields" in console.line(1)
    assert "Leads" in console.line(1)

    await define_in_the_dialog(console, "Wrong")
    await console.until_shown("lower-case")
    await console.press("escape")
    await console.until_on(CustomFieldsScreen)
    for name in ("first", "second"):
        await define_in_the_dialog(console, name)
        await console.until_on(CustomFieldsScreen)
        await console.until_shown(name)
    await console.press("K")
    await console.until(lambda: console.text().index("second") < console.text().index("first"))
    assert await active_names(console) == ["second", "first"]

    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("✗")
    assert await active_names(console) == ["first"]
    await console.press("d")
    await console.until(lambda: "✗" not in console.text())
    assert await active_names(console) == ["second", "first"]


async def test_an_agent_fills_in_and_reads_custom_fields(console: Console, sample: Sample) -> None:
    """Labels and values are text of people: what looks like markup stands there as it is."""
    add = console.services.custom_fields.add
    group = DefinitionChange(label_en="[b]Group[/b]", values=("Acme [red]", "Other"))
    await add(console.actor, Module.LEAD, "company_group", FieldType.PICKLIST, group)
    await add(console.actor, Module.LEAD, "seats", FieldType.NUMBER, DefinitionChange(label_en="Seats"))

    await console.app.open_form(Module.LEAD, sample.jane)
    await console.until_on(RecordFormScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordFormScreen)
    screen.form.focus_field("company_group")
    await console.press("right", "tab")
    await console.type_text("12.5")
    await console.until_shown("[b]Group[/b]")
    assert "Custom fields" in console.text()
    await console.press("ctrl+s")
    await console.until(lambda: console.app.screen is not screen)
    saved = await console.services.leads.get(console.actor, sample.jane.id)
    assert saved.custom == {"company_group": "acme_red", "seats": saved.get("seats")}
    assert str(saved.get("seats")) == "12.5"

    await console.app.open_record(sample.jane.ref)
    await console.until_on(RecordDetailScreen)
    await console.until_shown("Acme [red]")
    assert "[b]Group[/b]" in console.text()
    assert "12.5" in console.text()
