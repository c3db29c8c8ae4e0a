"""The history of a record on its detail screen."""

from screens.history_modal import HistoryModal
from screens.record_detail import RecordDetailScreen
from tests.screens.conftest import Console, Sample


async def test_h_shows_who_changed_what_with_labels(console: Console, sample: Sample) -> None:
    await console.services.deals.update(console.actor, sample.deal.id, {"stage": "closed_won"})
    await console.app.open_record(sample.deal.ref)
    await console.until_on(RecordDetailScreen)
    await console.press("Ｈ")
    await console.until_on(HistoryModal)
    await console.until_shown("Stage: Qualification → Closed won")
    assert "added" in console.text()

    await console.press("escape")
    await console.until_on(RecordDetailScreen)
    await console.press("a")
    await console.until_shown("History")
