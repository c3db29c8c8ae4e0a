"""Fault 47: agents change one contact in a form, by the command line and in bulk; nothing is lost."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE

from crm_tui.bootstrap import open_services, sign_in
from crm_tui.config import Config
from crm_tui.domain.modules import Module
from screens.conflict_modal import ConflictModal
from screens.record_form import RecordFormScreen
from tests.screens.conftest import Console, Sample, config, console, furnished, open_console, sample

__all__ = ["config", "console", "furnished", "open_console", "sample"]


async def command(config: Config, *args: str) -> tuple[int, dict[str, object]]:
    """Run a command line in a process of its own and return its exit code and its answer."""
    line = ["-m", "crm_tui", "--store", config.store.url, "--format", "json", *args]
    process = await asyncio.create_subprocess_exec(sys.executable, *line, stdout=PIPE, stderr=PIPE)
    out, _err = await process.communicate()
    answer: dict[str, object] = json.loads(out)
    return process.returncode or 0, answer


async def test_form_command_line_and_bulk_action_on_one_contact(
    console: Console, config: Config, sample: Sample
) -> None:
    taro = sample.taro
    await console.app.open_form(Module.CONTACT, taro)
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    form.form.focus_field("title")
    await console.type_text("部長")

    code, _answer = await command(config, "contact", "edit", taro.id, "--set", "phone=06-1111-2222")
    assert code == 0
    colleague = await open_services(config)
    actor = await sign_in(colleague, config)
    targets = await colleague.bulk.choose(actor, Module.CONTACT, [taro.id, sample.hanako.id])
    await colleague.bulk.set_field(actor, targets, "department", "営業部")
    await colleague.close()

    await console.press("ctrl+s")
    await console.until_on(ConflictModal)
    await console.until_shown("営業部")
    assert "06-1111-2222" in console.text()
    await console.press("ctrl+s")
    await console.until(lambda: form not in console.app.screen_stack)

    saved = await console.services.contacts.get(console.actor, taro.id)
    assert [saved.text(name) for name in ("title", "phone", "department")] == [
        "部長",
        "06-1111-2222",
        "営業部",
    ]

    stale = ["--set", "title=課長", "--version", str(taro.version)]
    code, answer = await command(config, "contact", "edit", taro.id, *stale)
    error = answer["error"]
    assert code == 1
    assert isinstance(error, dict)
    assert error["code"] == "conflict"
    assert set(error["fields"]) == {"title", "phone", "department"}
    assert "06-1111-2222" in error["fields"]["phone"]
