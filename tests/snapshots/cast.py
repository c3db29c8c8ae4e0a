"""The store behind the pictures: a handful of people, English and Japanese, at one fixed hour."""

from datetime import UTC, datetime

from crm_tui.clock import FrozenClock, use_clock
from crm_tui.config import Config
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from crm_tui.services.container import Services
from tests.snapshots import busy_day, post, taken_in

HOUR = datetime(2026, 11, 20, 5, 10, tzinfo=UTC)
"""When the pictures are taken: a Friday, 14:10 in Tokyo."""

AGENT = "加藤 美咲"
SAKURA = "髙橋 さくら"

TALK = 192.0
"""Seconds that the running call has lasted."""

_ACCOUNTS: list[dict[str, object]] = [
    {"name": "㈱髙橋物産", "phone": "03-5555-0142", "industry": "wholesale"},
    {"name": "Harbor Logistics Ltd", "phone": "+44 20 7946 0100", "website": "https://harbor.example"},
]
_CONTACTS: list[dict[str, object]] = [
    {
        "last_name": "髙橋",
        "first_name": "さくら",
        "last_name_kana": "タカハシ",
        "first_name_kana": "サクラ",
        "title": "購買部 部長",
        "phone": "03-5555-0142",
        "mobile": "090-5555-0188",
        "email": "sakura@takahashi.example",
        "mailing_postal_code": "100-0005",
        "mailing_state": "東京都",
        "mailing_city": "千代田区",
        "mailing_street": "丸の内1-1",
        "do_not_call": False,
    },
    {"last_name": "𠮷田", "first_name": "茂", "last_name_kana": "ヨシダ", "phone": "03-5555-0142"},
    {"last_name": "Carter", "first_name": "Emily", "phone": "+44 20 7946 0101", "do_not_call": True},
    {"last_name": "Müller", "first_name": "Jörg", "phone": "+49 30 555 0155", "email": "j@mueller.example"},
    {"last_name": "渡邉", "first_name": "俊太郎", "last_name_kana": "ワタナベ", "phone": "06-6666-0199"},
]
_LEADS: list[dict[str, object]] = [
    {"last_name": "Doe", "first_name": "Jane", "company": "Acme [b]Ltd[/b]", "phone": "+1 212 555 0100"},
    {"last_name": "佐々木", "first_name": "健", "company": "佐々木工業", "phone": "052-555-0123"},
    {"last_name": "O'Brien", "first_name": "Sean", "company": "Green & Sons", "email": "sean@green.example"},
    {
        "last_name": "林",
        "first_name": "美穂",
        "company": "株式会社さくら情報システム関西支社",
        "mobile": "080-5555-0111",
    },
]


async def fill(services: Services, actor: Actor, clock: FrozenClock) -> None:
    """Put everything into an empty store."""
    accounts = [await _add(services, actor, Module.ACCOUNT, values) for values in _ACCOUNTS]
    places = [0, 0, 1, None, None]
    contacts = [
        await _add(
            services,
            actor,
            Module.CONTACT,
            {**values, "account": None if place is None else accounts[place].ref},
        )
        for values, place in zip(_CONTACTS, places, strict=True)
    ]
    leads = [await _add(services, actor, Module.LEAD, values) for values in _LEADS]
    sakura, emily, jane = contacts[0], contacts[2], leads[0]
    deal = await _add(
        services,
        actor,
        Module.DEAL,
        {
            "name": "更新契約 2027",
            "account": accounts[0].ref,
            "contact": sakura.ref,
            "stage": "qualification",
            "amount": "1200000",
        },
    )
    await _add(services, actor, Module.CASE, {"subject": "請求書の宛名", "contact": sakura.ref})
    await _add(services, actor, Module.CAMPAIGN, {"name": "Autumn fair 秋の展示会"})
    await _add(
        services,
        actor,
        Module.NOTE,
        {"title": "ご要望", "body": "お電話は午後に。", "parent": sakura.ref},
    )
    await _activities(services, actor, sakura, emily, jane, deal)


async def _activities(
    services: Services, actor: Actor, sakura: Record, emily: Record, jane: Record, deal: Record
) -> None:
    tasks: list[dict[str, object]] = [
        {"subject": "見積書を送付する", "due_date": "2026-11-18", "who": sakura.ref, "priority": "high"},
        {"subject": "Share the minutes", "due_date": "2026-11-20", "who": emily.ref},
        {"subject": "Prepare the renewal", "due_date": "2026-11-27", "related_to": deal.ref},
    ]
    for values in tasks:
        await _add(services, actor, Module.TASK, values)
    await _add(
        services,
        actor,
        Module.EVENT,
        {
            "subject": "デモのご案内",
            "starts_at": "2026-11-24 10:00",
            "ends_at": "2026-11-24 11:00",
            "who": sakura.ref,
        },
    )
    await services.calls.schedule(
        actor,
        {"subject": "Contract renewal", "who": jane.ref, "starts_at": "2026-11-20 11:20", "type": "outbound"},
    )
    await services.calls.schedule(
        actor,
        {
            "subject": "導入後のご様子うかがい",
            "who": sakura.ref,
            "starts_at": "2026-11-25 14:00",
            "type": "outbound",
        },
    )
    await services.calls.log(
        actor,
        {
            "subject": "資料のご請求",
            "who": sakura.ref,
            "related_to": deal.ref,
            "type": "inbound",
            "starts_at": "2026-11-19 16:05",
            "duration_seconds": 200,
            "result": "requested_more_info",
            "description": "カタログを2部。\n送付先は本社。",
        },
    )


async def _add(services: Services, actor: Actor, module: Module, values: dict[str, object]) -> Record:
    return (await services.records(module).create(actor, values)).record


async def make(
    config: Config,
    clock: FrozenClock,
    *,
    running: bool = False,
    busy: bool = False,
    mail: bool = False,
    imports: bool = False,
) -> None:
    """Make the store.

    Args:
        config: Where.
        clock: The hour; it is left at the moment the pictures are taken.
        running: A call with Sakura has been running for a while.
        busy: The day has appointments, and colleagues are at work.
        mail: A mailbox is connected.
        imports: Files were imported, and accounts of Outlook and Zoho CRM are connected.
    """
    from crm_tui.bootstrap import open_services, os_login, sign_in

    previous = use_clock(clock)
    if busy:
        clock.advance(-busy_day.BEFORE)
    if mail:
        clock.advance(-post.BEFORE)
    if imports:
        clock.advance(-taken_in.BEFORE)
    try:
        services = await open_services(config, create=True)
        try:
            actor = await sign_in(services, config)
            await services.users.edit(actor, os_login(), {"full_name": AGENT, "time_zone": "Asia/Tokyo"})
            actor = await sign_in(services, config)
            await fill(services, actor, clock)
            if busy:
                await busy_day.fill_day(services, actor, clock)
            if mail:
                await post.fill_post(services, actor, clock)
            if imports:
                await taken_in.fill_taken_in(services, actor, clock)
            if running:
                sakura = await services.contacts.resolve(actor, SAKURA)
                await services.calls.start(actor, StartCall(who=sakura.ref))
        finally:
            await services.close()
    finally:
        use_clock(previous)
