"""What a busy day adds to the store of the pictures: appointments, colleagues at work, calls to count."""

from datetime import timedelta

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.records import Ref
from crm_tui.services.container import Services

BEFORE = timedelta(minutes=10)
"""How long before the pictures the day is filled: reminders come due and colleagues call meanwhile."""

MEETING = "週次ミーティング 関西"
BLOCKED = "渡邉"
"""Whose first number must not be called."""

_COLLEAGUES = {
    "sato": ("佐藤 花子", "東京"),
    "brown": ("Charlotte Brown-Featherstonehaugh", "London"),
    "ito": ("伊藤 健一", "東京"),
}
_EVENTS: list[dict[str, object]] = [
    {"subject": "Trade fair 秋の展示会", "starts_at": "2026-11-19", "ends_at": "2026-11-21", "all_day": True},
    {"subject": "Kick-off", "starts_at": "2026-11-17 10:00", "ends_at": "2026-11-17 11:30"},
    {"subject": "ランチ", "starts_at": "2026-11-20 12:00", "ends_at": "2026-11-20 13:00"},
    {"subject": "Site visit", "starts_at": "2026-11-20 15:00", "ends_at": "2026-11-20 16:00"},
    {"subject": "研修", "starts_at": "2026-11-12 13:00", "ends_at": "2026-11-12 17:00"},
]
_LOGGED = (
    ("2026-11-02 09:30", "inbound", 410, "desk", "interested"),
    ("2026-11-02 11:00", "outbound", 95, "prospecting", "no_response_busy"),
    ("2026-11-05 14:00", "outbound", 620, "demo", "interested"),
    ("2026-11-09 10:10", "missed", 0, "", ""),
    ("2026-11-16 15:00", "outbound", 240, "negotiation", "requested_call_back"),
    ("2026-11-18 16:00", "inbound", 3750, "project", "requested_more_info"),
    ("2026-11-20 09:10", "outbound", 130, "prospecting", "not_interested"),
    ("2026-11-20 10:00", "inbound", 300, "desk", "interested"),
)


async def fill_day(services: Services, actor: Actor, clock: FrozenClock) -> None:
    """Put a busy day into a store that has the usual people, and let ``BEFORE`` pass."""
    people = {}
    for name in ("髙橋 さくら", "𠮷田 茂", "Jörg Müller", "渡邉 俊太郎"):
        people[name] = (await services.contacts.resolve(actor, name)).ref
    sakura, yoshida, mueller, watanabe = people.values()
    colleagues = await _colleagues(services, actor)
    await _appointments(services, actor, [sakura, colleagues[0].user, yoshida], mueller)
    for starts_at, kind, seconds, purpose, result in _LOGGED:
        values = {"who": sakura, "starts_at": starts_at, "type": kind, "duration_seconds": seconds}
        given = {"purpose": purpose, "result": result} if result else {}
        await services.calls.log(actor, {"subject": "お問い合わせ", **values, **given})
    await services.contacts.update(actor, watanabe.id, {"mobile": "080-5555-0177"})
    await services.numbers.flag(actor, "06-6666-0199", do_not_call=True, reason="ご本人のお申し出（メール）")
    sasaki = await services.leads.resolve(actor, "佐々木 健")
    await services.leads.update(actor, sasaki.id, {"mobile": "090-5555-0166"})
    await _calls_of_colleagues(services, colleagues, clock, mueller, yoshida)


async def _colleagues(services: Services, actor: Actor) -> list[Actor]:
    made = []
    for name, (full_name, team) in _COLLEAGUES.items():
        values = {"name": name, "full_name": full_name, "team": team, "profile": "agent"}
        await services.users.add(actor, {**values, "time_zone": "Asia/Tokyo"})
        made.append(await services.users.sign_in(name))
    return made


async def _appointments(services: Services, actor: Actor, invited: list[Ref], caller: Ref) -> None:
    for values in _EVENTS:
        await services.events.create(actor, values)
    await services.events.create(
        actor,
        {
            "subject": MEETING,
            "starts_at": "2026-11-20 14:30",
            "ends_at": "2026-11-20 15:30",
            "location": "会議室 3",
            "participants": [*invited, "bob@example.com"],
        },
    )
    for subject, starts_at in (("Question about the offer", "14:20"), ("お見積りの確認", "15:00")):
        values = {"subject": subject, "who": caller, "starts_at": f"2026-11-20 {starts_at}"}
        await services.calls.schedule(actor, {**values, "type": "outbound", "reminder": "15_minutes"})
    task = {"subject": "契約書の確認", "due_date": "2026-11-20", "who": invited[0], "reminder": "1_day"}
    await services.tasks.create(actor, task)


async def _calls_of_colleagues(
    services: Services, colleagues: list[Actor], clock: FrozenClock, first: Ref, second: Ref
) -> None:
    sato, brown, _idle = colleagues
    await services.calls.start(sato, StartCall(who=first))
    clock.advance(BEFORE / 2)
    call = await services.calls.start(brown, StartCall(who=second, type="inbound"))
    clock.advance(BEFORE / 4)
    await services.calls.stop(brown, call.id)
    clock.advance(BEFORE / 4)
