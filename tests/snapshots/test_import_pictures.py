"""What imports and synchronising look like: file, columns, dry run, report, lists, signing in, settings."""

import os
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.sync.servers import OutlookServer
from crm_tui.i18n import _
from crm_tui.sync.outlook.connecting import Connecting
from crm_tui.sync.outlook.sign_in import DevicePrompt, MicrosoftSignIn
from screens.fields_modal import FieldsModal
from screens.imports.dry_run_screen import ImportDryRunScreen
from screens.imports.field_modal import ImportFieldModal
from screens.imports.file_modal import ImportFileModal
from screens.imports.imports_screen import ImportsScreen
from screens.imports.options_screen import ImportOptionsScreen
from screens.imports.report_screen import ImportReportScreen
from screens.record_list import RecordListScreen
from screens.sync import settings as sync_settings
from screens.sync.connect import ZohoModal
from screens.sync.outlook_sign_in_modal import OutlookSignInModal
from screens.sync.runs_screen import SyncRunsScreen
from screens.sync.sync_screen import SyncScreen
from tests.screens.conftest import Console
from tests.snapshots.cast import HOUR
from tests.snapshots.conftest import Takes
from tests.snapshots.taken_in import BIG, FIRMS, ORGANISATION, PEOPLE
from tests.snapshots.test_pictures import Size, first_list
from tests.snapshots.test_time_pictures import small_and_large

_FILES = {
    "名簿.csv": "姓,名,会社名,メールアドレス,電話番号,役職,好きな色\n"
    "髙橋,さくら,㈱髙橋物産,sakura@takahashi.example,0355550142,本部長,青\n"
    "小川,恵,株式会社小川商店,ogawa@ogawa.example,0355550171,,赤\n"
    "三浦,大輔,,miura at miura.example,0666660172,部長,\n",
    "leads.csv": "First Name,Last Name,Company\nJane,Doe,Acme\n",
    "team.ics": "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
}


@pytest.fixture
def downloads(home: Path) -> Path:
    """The folder in which the choice of a file begins, with three of them."""
    folder = home / "Downloads"
    folder.mkdir()
    for place, (name, text) in enumerate(_FILES.items()):
        (folder / name).write_text(text)
        moment = HOUR.timestamp() - 3600 * 5 * (place + 1)
        os.utime(folder / name, (moment, moment))
    return folder


async def choose_file(console: Console) -> None:
    """Open the choice of a file from the list of contacts."""
    await first_list(console)
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.until_shown("Carter")
    console.app.open_import("contact")
    await console.until_on(ImportFileModal)
    await console.until_shown("team.ics")


async def choose_columns(console: Console) -> None:
    """Choose the list of names."""
    await choose_file(console)
    await console.press("enter")
    await console.until_on(ImportOptionsScreen)
    await console.until_shown("好きな色")


async def open_imports(console: Console) -> None:
    """Open the list of imports."""
    await first_list(console)
    await console.app.open_imports()
    await console.until_on(ImportsScreen)
    await console.until_shown(FIRMS)


async def open_sync(console: Console) -> None:
    """Open the list of connections."""
    await first_list(console)
    await console.app.open_sync()
    await console.until_on(SyncScreen)
    await console.until_shown(ORGANISATION)
    await console.until_shown(_("Takes over: %(what)s").split("%")[0].strip())


@small_and_large
def test_choosing_a_file(picture: Takes, downloads: Path, size: Size) -> None:
    """The newest file first, the folder above last; below what can be typed and which kinds there are."""
    assert picture(choose_file, size)


@small_and_large
def test_columns(picture: Takes, downloads: Path, size: Size) -> None:
    """Each column with what it becomes and its first values; one that is not imported is muted."""
    assert picture(choose_columns, size)


@small_and_large
def test_choosing_a_field(picture: Takes, downloads: Path, size: Size) -> None:
    """The fields with the columns that have them, the present one first; below what stands in the column."""

    async def work(console: Console) -> None:
        await choose_columns(console)
        await console.press("e")
        await console.until_on(ImportFieldModal)

    assert picture(work, size)


@small_and_large
def test_dry_run(picture: Takes, downloads: Path, size: Size) -> None:
    """Counts, the column that is left out, what changes with old and new values, why a row is rejected."""

    async def work(console: Console) -> None:
        await choose_columns(console)
        await console.press("d")
        await console.press("2")
        await console.until_on(ImportOptionsScreen)
        await console.press("enter")
        await console.until_on(ImportDryRunScreen)
        await console.until_shown("本部長")

    assert picture(work, size)


@small_and_large
def test_imports(picture: Takes, size: Size) -> None:
    """One under way with its share, one that is done with rejected rows, one that failed, address cards."""
    assert picture(open_imports, size, imports=True)


@small_and_large
def test_report(picture: Takes, size: Size) -> None:
    """What became of the rows, and of two of them why they were rejected."""

    async def work(console: Console) -> None:
        await open_imports(console)
        await console.press("j", "enter")
        await console.until_on(ImportReportScreen)
        await console.until_shown(PEOPLE)
        await console.until_shown("miura")

    assert picture(work, size, imports=True)


@small_and_large
def test_report_of_an_import_under_way(picture: Takes, size: Size) -> None:
    """How far it is, with a bar, and that it goes on without the console."""

    async def work(console: Console) -> None:
        await open_imports(console)
        await console.press("enter")
        await console.until_on(ImportReportScreen)
        await console.until_shown(BIG)
        await console.until_shown("41 %")

    assert picture(work, size, imports=True)


@small_and_large
def test_connections(picture: Takes, size: Size) -> None:
    """Outlook is up to date and goes by itself, Zoho CRM was broken off; below what is known of the first."""
    assert picture(open_sync, size, imports=True)


@small_and_large
def test_runs(picture: Takes, size: Size) -> None:
    """Two runs, the latest first, with counts of each kind below."""

    async def work(console: Console) -> None:
        await open_sync(console)
        await console.press("h")
        await console.until_on(SyncRunsScreen)
        await console.until_shown("37")

    assert picture(work, size, imports=True)


@small_and_large
def test_settings_of_a_connection(picture: Takes, size: Size, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken over, of which category, how often."""

    async def known(*_around: object) -> tuple[str, ...]:
        return ("商談", "Blue category")

    monkeypatch.setattr(sync_settings, "categories", known)

    async def work(console: Console) -> None:
        await open_sync(console)
        await console.press("e")
        await console.until_on(FieldsModal)
        await console.until_shown("商談")

    assert picture(work, size, imports=True)


@small_and_large
def test_device_code(picture: Takes, size: Size, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page, the code as large as it gets, how long it holds, and the keys that copy."""
    expires_at = clock.now().replace(minute=25)
    prompt = DevicePrompt("https://microsoft.com/devicelogin", "HRXKJ4TQ2", expires_at, 5)

    async def ask(_modal: OutlookSignInModal) -> Connecting:
        return Connecting(prompt, MicrosoftSignIn(OutlookServer("any")))

    monkeypatch.setattr(OutlookSignInModal, "ask", ask)
    # Nobody agrees: a picture waits for no worker.
    monkeypatch.setattr(OutlookSignInModal, "_finish", lambda *_around: None)

    async def work(console: Console) -> None:
        await first_list(console)
        console.app.push_screen(OutlookSignInModal())
        await console.until_on(OutlookSignInModal)
        await console.until_shown("devicelogin")

    assert picture(work, size)


@small_and_large
def test_connecting_zoho(picture: Takes, size: Size) -> None:
    """Where a code comes from, for what, and the four fields."""

    async def work(console: Console) -> None:
        await open_sync(console)
        await console.press("n")
        await console.press("2")
        await console.until_on(ZohoModal)

    assert picture(work, size, imports=True)


@small_and_large
def test_no_connection_yet(picture: Takes, size: Size) -> None:
    """The empty list says which key connects an account."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.app.open_sync()
        await console.until_on(SyncScreen)

    assert picture(work, size)
