"""Importing from the console: file, columns, dry run, the process that does it, report and list."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.bootstrap import open_services, sign_in
from crm_tui.config import Config
from crm_tui.domain.bulk import Report
from crm_tui.domain.imports.batches import Counts, NewBatch, Origin, Preview
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery
from crm_tui.mail.holder import this_process
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.imports.dry_run_screen import ImportDryRunScreen
from screens.imports.field_modal import ImportFieldModal
from screens.imports.file_modal import ImportFileModal
from screens.imports.imports_screen import ImportsScreen
from screens.imports.options_screen import ImportOptionsScreen
from screens.imports.plan import likeliest_kind
from screens.imports.report_screen import ImportReportScreen
from screens.progress_modal import ProgressModal
from screens.record_list import RecordListScreen
from tests.screens.conftest import Console, OpenConsole, Sample
from tests.store.taking import incoming, run

PEOPLE = "姓,名,メールアドレス,好きな色\n山田,一郎,ichiro@example.jp,赤\n田中,次郎,no address,青\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one file to be imported."""
    monkeypatch.setenv("HOME", str(tmp_path))
    downloads = tmp_path / "Downloads"
    downloads.mkdir()
    (downloads / "people.csv").write_text(PEOPLE, "cp932")
    return tmp_path


class _SlowJob:
    """Reads a file until the agent gives up."""

    new = NewBatch(Origin.TABLE, "slow.csv", "", "d" * 64, Module.CONTACT, {}, 3)

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def preview(self, report: Report) -> Preview:
        """Tell of the first row, and of the second one when told to; the third never comes."""
        report(1, 3)
        await self.go_on.wait()
        report(2, 3)
        await asyncio.Event().wait()
        return Preview(Counts(), ())


async def choose_file(console: Console) -> None:
    """Go to the contacts and open the choice of a file."""
    await console.press("3")
    await console.until_on(RecordListScreen)
    console.app.open_import("contact")
    await console.until_on(ImportFileModal)


async def contacts(console: Console, text: str) -> int:
    """Return how many contacts a text finds."""
    found = await console.services.contacts.count(console.actor, ListQuery(("name",), text=text), 10)
    return found.number


async def test_a_file_goes_in_by_three_keys_and_is_taken_back(
    sample: Sample, home: Path, open_console: OpenConsole
) -> None:
    async with open_console() as console:
        await choose_file(console)
        # Typed ahead: each is for the screen that the one before opens.
        console.send("enter", "enter", "enter")
        await console.until_on(ImportReportScreen)
        await console.until_shown("Done  2 of 2 rows")
        text = console.text()
        assert "New 1 · Changed 0 · Unchanged 0 · Skipped 0 · Rejected 1" in text
        assert "Row 3  田中" in text
        assert "This column is not imported: 好きな色." in text
        assert "Stop" not in console.line(-1)
        assert await contacts(console, "山田") == 1
        await console.press("ｕ")
        await console.until_on(ConfirmModal)
        assert "1 new record goes into the bin." in console.text()
        await console.press("y")
        await console.until_shown("1 was taken away.")
        assert isinstance(console.app.screen, ProgressModal)
        await console.press("enter", "escape")
        await console.until_on(RecordListScreen)
        assert await contacts(console, "山田") == 0
        console.app.run_worker(console.app.open_imports())
        await console.until_on(ImportsScreen)
        await console.until_shown("Undone")


async def test_undoing_tells_of_the_accounts_that_were_added_too(
    sample: Sample, home: Path, open_console: OpenConsole
) -> None:
    (home / "Downloads" / "people.csv").write_text("姓,名,会社名\n山田,一郎,新星商会\n", "cp932")
    async with open_console() as console:
        await choose_file(console)
        await console.press("enter")
        await console.until_on(ImportOptionsScreen)
        assert "lost zeros" not in console.text()
        await console.press("o")
        await console.until_on(ChoiceModal)
        await console.press("4")
        await console.until_shown("lost zeros are put back")
        console.send("enter", "enter")
        await console.until_on(ImportReportScreen)
        await console.until_shown("Done  1 of 1 row")
        await console.press("u")
        await console.until_on(ConfirmModal)
        assert "2 new records go into the bin." in console.text()
        await console.press("y")
        await console.until_shown("2 were taken away.")


async def test_why_the_process_of_an_import_does_not_start_is_told(
    sample: Sample, home: Path, open_console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = home / "broken.toml"
    broken.write_text("[store\n")
    async with open_console(size=(120, 40)) as console:
        await choose_file(console)
        console.send("enter", "enter")
        await console.until_on(ImportDryRunScreen)
        await console.until_shown("New 1")
        monkeypatch.setenv("CRM_TUI_CONFIG", str(broken))
        await console.press("enter")
        await console.until_on(ImportReportScreen)
        await console.until_shown("“people.csv” stands still:")
        assert "broken.toml:notvalidTOML" in "".join(console.text().split())


async def test_the_console_has_to_stay_open_until_an_import_begins(
    sample: Sample, home: Path, open_console: OpenConsole
) -> None:
    async with open_console() as console:
        job = _SlowJob()
        await console.app.push_screen(ImportDryRunScreen(job))  # type: ignore[arg-type]
        await console.until_shown("Reading the file: 1 of 3 rows")
        await console.press("enter")
        job.go_on.set()
        await console.until_shown("Keep the console open until it has begun.")
        await console.press("escape")


async def test_what_was_chosen_for_a_file_is_kept_on_the_way_back(
    sample: Sample, home: Path, open_console: OpenConsole
) -> None:
    (home / "Downloads" / "people.csv").write_text(PEOPLE, "euc_jp")
    async with open_console() as console:
        await choose_file(console)
        await console.type_text("PEO")
        # Nothing in the file says how it is encoded: going on asks.
        await console.press("enter")
        await console.until_on(ImportOptionsScreen)
        await console.press("enter")
        await console.until_on(ChoiceModal)
        await console.press("2")
        await console.until_on(ImportOptionsScreen)
        await console.until_shown("ｻｳﾅﾄ")
        await console.press("o", "1", "3")
        await console.until_on(ImportOptionsScreen)
        await console.until_shown("山田 · 田中")
        await console.press("end", "e")
        await console.until_on(ImportFieldModal)
        await console.type_text("descr")
        await console.press("enter")
        await console.until_shown("Description")
        await console.press("escape")
        await console.until_on(ImportFileModal)
        assert "~/Downloads/PEO" in console.text()
        await console.press("enter")
        await console.until_on(ImportOptionsScreen)
        await console.press("enter")
        await console.until_on(ImportDryRunScreen)
        await console.until_shown("Description: 赤")
        assert await contacts(console, "山田") == 0
        await console.press("escape")
        await console.until_on(ImportOptionsScreen)
        await console.press("escape", "escape")
        await console.until_on(RecordListScreen)


async def test_an_import_whose_process_died_stands_still_and_can_be_given_up(
    sample: Sample, home: Path, open_console: OpenConsole
) -> None:
    async with open_console(size=(100, 24)) as console:
        batches = console.services.import_batches
        new = NewBatch(Origin.TABLE, "left.csv", "", "f" * 64, Module.CONTACT, {}, 400)
        # Another process is about to work on this one.
        await batches.open(console.actor, replace(new, name="fresh.csv", fingerprint="e" * 64))
        dead = str(replace(this_process(), pid=2**22 + 1))
        synchronised = await batches.open(console.actor, replace(new, origin=Origin.ZOHO, name="Zylker"))
        await batches.start(console.actor, synchronised.id, dead)
        batch = await batches.open(console.actor, new)
        await batches.start(console.actor, batch.id, dead)
        await console.until_shown("“left.csv” stands still")
        assert "fresh.csv" not in console.text()
        assert "Zylker" not in console.text()
        await console.app.open_imports()
        await console.until_on(ImportsScreen)
        await console.until_shown("Stands still")
        assert "r Go on" in console.line(-1)
        assert "Stop" not in console.line(-1)
        await batches.stop(console.actor, batch.id)
        await console.until_shown("Stopped")
        await console.press("enter")
        await console.until_on(ImportReportScreen)
        await console.until_shown("Stopped  0 of 400 rows · 0 %")


async def test_the_report_tells_what_was_cut_row_by_row(
    sample: Sample, home: Path, open_console: OpenConsole
) -> None:
    async with open_console(size=(100, 24)) as console:
        rows = incoming(Module.CONTACT, [{"last_name": "山田", "title": "部" * 120}])
        batch, _outcomes = await run(
            console.services, console.actor, ImportRules(Module.CONTACT, shorten=True), rows
        )
        await console.app.push_screen(ImportReportScreen(batch))
        await console.until_shown("+ Row 2  New  山田")
        assert "Title: 120 characters, cut to 100" in console.text()


KINDS = {
    ("姓,名,メールアドレス,会社名", "account"): "contact",
    ("Contact,Account,Primary,Role", "contact"): "associations",
    ("Last Name,Company,Email", "lead"): "lead",
    # Nothing new can be made without a company, but it is the leads that are looked at.
    ("Last Name,Email", "lead"): "lead",
    ("Last Name,Company,Email", ""): "contact",
    ("Account Name,Phone,Website", "contact"): "account",
    ("件名,開始日時,終了日時,場所", ""): "event",
    ("foo,bar", "deal"): "deal",
}
"""What a table holds, by its headings and the list from which it is imported."""


async def test_what_a_table_holds_is_told_by_its_columns(sample: Sample, config: Config) -> None:
    services = await open_services(config)
    actor = await sign_in(services, config)
    found = {key: await likeliest_kind(services, actor, key[0].split(","), key[1]) for key in KINDS}
    await services.close()
    assert found == KINDS


async def test_an_empty_list_offers_to_fill_it(sample: Sample, home: Path, open_console: OpenConsole) -> None:
    async with open_console() as console:
        await console.press("7")
        await console.until_on(RecordListScreen)
        await console.press("a")
        await console.until_on(ChoiceModal)
        assert "Import" in console.text()
        await console.press("1")
        await console.until_on(ImportFileModal)
