"""What a mailbox adds to the store of the pictures: mail of every kind, and mail to be sent."""

from datetime import timedelta

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState
from crm_tui.domain.mail_writing import MailDraft
from crm_tui.services.container import Services
from tests.store.mailbox import HOLDER, SIGNED, Written, connect

BEFORE = timedelta(hours=3)
"""How long before the pictures the mailbox is connected: what comes then is predicted."""

QUESTION, ORDER = "お見積もりの件", "ご注文について"
SAKURA = "髙橋 さくら <sakura@takahashi.example>"

_QUOTED = """承知いたしました。2台でお願いいたします。

2026年11月20日(金) 11:30、加藤 美咲 さんのメール:
> お世話になっております。
> ご希望の台数をお知らせください。
> よろしくお願いいたします。
"""
_WRITTEN = (
    Written(SAKURA, subject="先月の請求書", message_id="old@x", date=None),
    Written(SAKURA, subject=QUESTION, text="複合機の見積もりをお願いします。", message_id="q@x"),
    Written("Jörg Müller <j@mueller.example>", subject="Trade fair", text="See you there.", message_id="f@x"),
    Written("小林 誠 <kobayashi@midori.example>", subject="カタログのご請求", text=SIGNED, message_id="c@x"),
    Written(
        SAKURA,
        cc="j@mueller.example",
        subject=f"Re: {QUESTION}",
        text=_QUOTED,
        message_id="a@x",
        references=("q@x",),
        attachment="注文書.pdf",
    ),
)


async def fill_post(services: Services, actor: Actor, clock: FrozenClock) -> None:
    """Connect a mailbox to a store that has the usual people, and let ``BEFORE`` pass."""
    box = await connect(services, clock, actor, "kato@ours.example")
    old = _WRITTEN[0]
    old.date = clock.now() - timedelta(days=20)
    old.received_at = old.date
    await box.receive(old, flags=frozenset({"\\Seen"}))
    for number, one in enumerate(_WRITTEN[1:]):
        clock.advance(1800)
        await box.receive(one, flags=frozenset({"\\Seen"}) if number == 1 else frozenset())
    await services.mail_accounts.set_state(box.account.id, HOLDER, AccountState.CONNECTED, synced=True)
    await services.mail_accounts.release_leases(HOLDER)
    draft = MailDraft(box.account.id, SAKURA, subject=ORDER, text="ご注文ありがとうございます。")
    await services.mail_outbox.queue(actor, draft)
    clock.advance((BEFORE - timedelta(seconds=1800 * (len(_WRITTEN) - 1))).total_seconds())
