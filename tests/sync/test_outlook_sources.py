"""A mailbox and a file are sources alike: pages of one kind, of which the last says that it is the last."""

from pathlib import Path

from crm_tui.domain.outlook.items import ItemKind
from crm_tui.sync.files.facts import ReadOptions, SourceKind
from crm_tui.sync.outlook.file_source import FileSettings, FileSource
from crm_tui.sync.outlook.graph import GraphSource
from crm_tui.sync.outlook.sources import OutlookSource

# Says to the type checker that both are sources.
_SOURCES: tuple[type[OutlookSource], ...] = (GraphSource, FileSource)

_CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
    "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:見積打合せ\r\nDTSTART:20261125T050000Z\r\nDTEND:20261125T060000Z\r\nEND:VEVENT\r\n"
    "BEGIN:VTODO\r\nUID:2\r\nSUMMARY:カタログ送付\r\nDUE;VALUE=DATE:20261201\r\nEND:VTODO\r\n"
    "END:VCALENDAR\r\n"
)


async def test_a_file_is_a_source_of_each_kind_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    path.write_text(_CALENDAR)
    source: OutlookSource = FileSource(path, FileSettings(SourceKind.ICS, None, ReadOptions(), ()))
    for what, subject in ((ItemKind.EVENT, "見積打合せ"), (ItemKind.TASK, "カタログ送付")):
        pages = [page async for page in source.pages(what, None)]
        assert [page.final for page in pages][-1:] == [True]
        assert not any(page.final for page in pages[:-1])
        assert [item.values["subject"] for page in pages for item in page.items] == [subject]
    assert source.kind == "file"
