"""Writing mail in the console: addressees, what is wrong, drafts, the outbox and what is told of it."""

from pathlib import Path

import pytest
from textual import events

from crm_tui.domain.mail import MailAccount, NewMailAccount, Sharing
from crm_tui.domain.mail_outgoing import Outgoing, OutgoingState
from crm_tui.errors import CrmError
from screens.choice_modal import ChoiceModal
from screens.compose_screen import ComposeScreen
from screens.confirm_modal import ConfirmModal
from screens.mail_settings_screen import MailSettingsScreen
from screens.outbox_screen import OutboxScreen
from tests.screens.conftest import Console, Sample

TARO = "田中 太郎 <taro@tanaka.example>"


@pytest.fixture
async def account(console: Console) -> MailAccount:
    """A mail account of the agent, whose servers nobody asks here."""
    new = NewMailAccount("me@ours.example", "imap.ours.example", Sharing.SHARED, password="geheim")
    return await console.services.mail_accounts.add(console.actor, new)


async def compose(console: Console) -> ComposeScreen:
    console.app.open_compose()
    await console.until_on(ComposeScreen)
    return shown(console)


def shown(console: Console) -> ComposeScreen:
    screen = console.app.screen
    assert isinstance(screen, ComposeScreen)
    return screen


async def outbox(console: Console) -> tuple[Outgoing, ...]:
    return await console.services.mail_outbox.list(console.actor)


async def to_outbox(console: Console, text: str) -> None:
    await console.app.open_outbox()
    await console.until_on(OutboxScreen)
    await console.until_shown(text)


async def test_without_an_account_one_sentence_leads_to_the_settings(console: Console) -> None:
    console.app.open_compose()
    await console.until_on(ConfirmModal)
    assert "no mail account" in console.text()
    await console.press("y")
    await console.until_on(MailSettingsScreen)


async def test_a_mail_is_written_by_keys_and_waits_while_no_server_is_there(
    console: Console,
    account: MailAccount,
    sample: Sample,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "見積書.pdf").write_bytes(b"%PDF")
    screen = await compose(console)
    await console.type_text("タナカ")
    await console.until_shown("taro@tanaka.example")
    await console.press("enter")
    assert screen.form["to"].raw == f"{TARO}, "
    await console.type_text("ｓａｔｏ＠ｓａｔｏ．ｅｘａｍｐｌｅ")
    await console.press("tab", "tab")
    await console.type_text("お見積もり")
    await console.press("tab", "enter")
    await console.until_on(ChoiceModal)
    await console.press("1", "tab", "tab")
    await console.type_text("見")
    await console.until_shown("> 見積書.pdf")
    await console.press("enter", "tab", "tab")
    await console.type_text("ｎよろしく")
    await console.press("ctrl+t")
    await console.until_on(ChoiceModal)
    await console.until_shown("Contact: 田中 太郎")
    await console.press("1")
    await console.until(lambda: console.app.screen is not screen)
    (queued,) = await outbox(console)
    draft = queued.draft
    assert (draft.subject, draft.text, queued.files) == ("お見積もり", "ｎよろしく", ("見積書.pdf",))
    assert (draft.deal_id, [ref.id for ref in draft.add_to]) == (sample.deal.id, [sample.taro.id])
    assert await console.services.drafts.pending(console.actor) == ()


async def test_what_is_no_address_is_named_under_its_field_and_nothing_is_sent(
    console: Console, account: MailAccount
) -> None:
    """A whole address is never made another one, even where that of a person begins with it."""
    screen = await compose(console)
    await console.type_text("taro@tanaka.ex")
    await console.until_shown("田中 太郎  taro@tanaka.example")
    await console.press("enter")
    assert screen.form["to"].raw == "taro@tanaka.ex"
    await console.press("shift+tab")
    await console.type_text(", taro@, ")
    console.app.post_message(events.Paste("a@b.example\nc@d.example\n"))
    await console.until(lambda: screen.form["to"].raw.endswith("a@b.example, c@d.example"))
    await console.press("tab")
    assert "taro@”" in screen.form["to"].message
    await console.press("f7")
    await console.type_text("b@")
    await console.press("tab")
    await console.type_text("x")
    await console.press("ctrl+s")
    await console.until(lambda: screen.form["bcc"].error)
    assert screen.form["to"].has_focus_within
    assert await outbox(console) == ()


async def test_a_begun_mail_is_kept_and_gone_on_with_from_the_outbox(
    console: Console, account: MailAccount
) -> None:
    screen = await compose(console)
    await console.type_text(f"{TARO}, ")
    await console.press("f7")
    await console.type_text("boss@ours.example")
    await console.press("tab")
    await console.type_text("[b]x[/b]")
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until(lambda: console.app.screen not in (screen, None) and console.app.takes_keys())
    await to_outbox(console, "Draft")
    await console.press("enter")
    await console.until_on(ComposeScreen)
    draft = shown(console).form.draft(screen._writing.draft.kind, None)
    assert (draft.to, draft.bcc, draft.subject) == (f"{TARO}, ", "boss@ours.example", "[b]x[/b]")
    assert shown(console).form["bcc"].display


async def failed(console: Console, account: MailAccount, *, perhaps_sent: bool) -> Outgoing:
    """Write a mail and let a worker fail with it."""
    screen = await compose(console)
    await console.type_text(f"{TARO}")
    await console.press("tab", "tab")
    await console.type_text("Offer")
    await console.press("ctrl+s")
    await console.until(lambda: console.app.screen is not screen)
    (queued,) = await outbox(console)
    sending = console.services.mail_sending
    job = await sending.take(queued.id, "a worker", at_once=True)
    assert job is not None
    await sending.begin(job, "a worker")
    if perhaps_sent:
        await sending.ending(job, "a worker")
        await sending.unknown(job, "a worker", "The line was lost.")
    else:
        await sending.failed(job, "a worker", "550 no such user")
    return queued


async def test_a_refused_mail_is_told_and_edited_without_losing_anything(
    console: Console, account: MailAccount
) -> None:
    before = await failed(console, account, perhaps_sent=False)
    await console.until_shown("550 no such user")
    await to_outbox(console, "Not sent")
    await console.press("e")
    await console.until_on(ComposeScreen)
    assert [one.state for one in await outbox(console)] == [OutgoingState.FAILED]
    assert shown(console).form["to"].raw == TARO
    assert [one.payload["subject"] for one in await console.services.drafts.pending(console.actor)] == [
        "Offer"
    ]
    await console.press("ctrl+s")
    await console.until_on(OutboxScreen)
    (queued,) = await outbox(console)
    assert (queued.draft.subject, queued.draft.to) == (before.draft.subject, TARO)
    assert queued.id != before.id


async def test_a_waiting_mail_that_is_looked_at_goes_back_and_only_delete_deletes_it(
    console: Console, account: MailAccount, sample: Sample
) -> None:
    """Leaving twice at once is leaving once."""
    screen = await compose(console)
    await console.type_text(TARO)
    await console.press("tab", "tab")
    await console.type_text("Offer")
    await console.press("ctrl+s")
    await console.until(lambda: console.app.screen is not screen)
    (before,) = await outbox(console)
    await to_outbox(console, "Waiting to be sent")
    await console.press("e")
    await console.until_on(ComposeScreen)
    assert [one.state for one in await outbox(console)] == [OutgoingState.FAILED]
    opened = shown(console)
    await opened.action_back()
    await opened.action_back()
    await console.until_shown("back in the outbox")
    (after,) = await outbox(console)
    assert (after.id, after.state) == (before.id, OutgoingState.QUEUED)
    for keys, left in (("2", [OutgoingState.QUEUED]), ("down", [])):
        await console.until_on(OutboxScreen)
        await console.until_shown("Waiting to be sent")
        await console.press("e")
        await console.until_on(ComposeScreen)
        await console.type_text("x")
        await console.press("escape")
        await console.until_on(ChoiceModal)
        await console.press(*([keys] if keys == "2" else ["down", "down", "down", "enter"]))
        await console.until_on(OutboxScreen)
        assert [one.state for one in await outbox(console)] == left
    assert await console.services.drafts.pending(console.actor) == ()


async def test_a_deal_that_was_filled_in_goes_where_the_addressees_are_others(
    console: Console, account: MailAccount, sample: Sample
) -> None:
    console.app.open_compose(sample.deal.ref)
    await console.until_on(ComposeScreen)
    screen = shown(console)
    screen.form["to"].write_raw("boss@ours.example")
    screen.form["subject"].write_raw("Offer")
    await console.press("ctrl+s")
    await console.until(lambda: console.app.screen is not screen)
    assert [one.draft.deal_id for one in await outbox(console)] == [None]


async def test_the_agent_says_what_became_of_a_mail_that_may_have_been_sent(
    console: Console, account: MailAccount
) -> None:
    await failed(console, account, perhaps_sent=True)
    await console.until_shown("may have been sent, or not")
    await to_outbox(console, "Perhaps sent")
    await console.press("enter")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_shown("Waiting to be sent")
    with pytest.raises(CrmError):
        await console.services.mail_outbox.resolve_unknown(console.actor, (await outbox(console))[0].id, True)


async def test_a_mail_that_was_sent_before_the_console_heard_of_it_is_told(
    console: Console, account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(console.app, "notice", told.append)
    one = await failed(console, account, perhaps_sent=True)
    await console.services.mail_outbox.resolve_unknown(console.actor, one.id, True)
    await console.until(lambda: console.app.outbox._known == {})
    for known in (one, await console.services.mail_outbox.get(console.actor, one.id)):
        told.clear()
        console.app.outbox.expect(known)
        await console.until(lambda: told == ["Sent: Offer"])


async def test_a_mail_to_a_person_and_about_a_deal_begins_with_whom_it_is_for(
    console: Console, account: MailAccount, sample: Sample
) -> None:
    console.app.open_compose(sample.deal.ref)
    await console.until_on(ComposeScreen)
    screen = shown(console)
    await console.until(lambda: screen.record_in_focus() == sample.taro.ref)
    assert (screen.form["to"].raw, screen.form.deal) == (TARO, sample.deal.ref)
