"""Mail on records: added by hand, leads and cases made of it, what the settings say."""

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailQuery, Sharing
from crm_tui.domain.mail_settings import Unknown
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Ambiguous, Conflict, Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services
from tests.store.conftest import add_user
from tests.store.mailbox import SIGNED, Mailbox, Written, connect, only

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    return await connect(services, clock, agent)


async def contact(services: Services, actor: Actor, name: str, email: str = "") -> Record:
    return (await services.contacts.create(actor, {"last_name": name, "email": email})).record


async def mail_of(services: Services, actor: Actor, ref: Ref) -> list[str]:
    return [row.subject for row in (await services.mail_messages.list(actor, MailQuery(ref))).rows]


async def test_mail_is_added_to_somebody_who_is_not_in_its_lines_and_taken_away_again(
    services: Services, box: Mailbox, agent: Actor, admin: Actor
) -> None:
    suzuki = await contact(services, agent, "鈴木", "suzuki@example.jp")
    await box.receive(Written(message_id="a@x", subject="見積もり"))
    mail = await only(services, agent)
    assert mail.contacts == ()
    added = await services.mail_records.add(agent, mail.row.id, suzuki.ref)
    assert added.contacts == (suzuki.ref,)
    assert await mail_of(services, agent, suzuki.ref) == ["見積もり"]
    await services.undo.undo(agent)
    assert await mail_of(services, agent, suzuki.ref) == []
    await services.mail_records.add(agent, mail.row.id, suzuki.ref)
    await services.contacts.update(agent, suzuki.id, {"email": "other@example.jp"})
    assert await mail_of(services, agent, suzuki.ref) == ["見積もり"]
    assert (await services.mail_records.remove(agent, mail.row.id, suzuki.ref)).contacts == ()
    with pytest.raises(Conflict):
        await services.mail_records.remove(agent, mail.row.id, suzuki.ref)
    await services.undo.undo(agent)
    assert await mail_of(services, agent, suzuki.ref) == ["見積もり"]
    told = [entry.action for entry in await services.audit.list(admin) if entry.record_id == mail.row.id]
    assert {"add mail", "remove mail"} <= set(told)


@ON_SQLITE
async def test_what_stands_in_the_lines_stays_whatever_is_removed(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    tanaka = await contact(services, agent, "田中", "tanaka@example.jp")
    await box.receive(Written(message_id="a@x"))
    mail = await only(services, agent)
    with pytest.raises(Conflict):
        await services.mail_records.remove(agent, mail.row.id, tanaka.ref)
    assert await services.mail_records.added_to(agent, mail.row.id) == ()
    await services.mail_records.add(agent, mail.row.id, tanaka.ref)
    assert await services.mail_records.added_to(agent, mail.row.id) == (tanaka.ref,)
    kept = await services.mail_records.remove(agent, mail.row.id, tanaka.ref)
    assert kept.contacts == (tanaka.ref,)
    # Added by hand it stays even when the address goes.
    await services.mail_records.add(agent, mail.row.id, tanaka.ref)
    await services.contacts.update(agent, tanaka.id, {"email": None})
    assert (await only(services, agent)).contacts == (tanaka.ref,)


@ON_SQLITE
async def test_a_deal_takes_mail_by_the_rules_of_association(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    tanaka = await contact(services, agent, "田中", "tanaka@example.jp")
    suzuki = await contact(services, agent, "鈴木")
    foreign = (await services.deals.create(agent, {"name": "複合機", "contact": suzuki.id})).record
    await box.receive(Written(message_id="a@x"))
    mail = await only(services, agent)
    with pytest.raises(Invalid):
        await services.mail_records.add(agent, mail.row.id, foreign.ref)
    await services.mail_records.add(agent, mail.row.id, suzuki.ref)
    changed = await services.mail_records.add(agent, mail.row.id, foreign.ref)
    assert changed.row.association.deal == foreign.ref
    assert set(changed.contacts) == {tanaka.ref, suzuki.ref}
    removed = await services.mail_records.remove(agent, mail.row.id, foreign.ref)
    assert removed.row.association.deal is None
    account = (await services.accounts.create(agent, {"name": "取引先"})).record
    with pytest.raises(Invalid):
        await services.mail_records.add(agent, mail.row.id, account.ref)


@ON_SQLITE
async def test_mail_goes_to_a_deal_and_its_contact_in_one_step(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    suzuki = await contact(services, agent, "鈴木")
    deal = (await services.deals.create(agent, {"name": "複合機", "contact": suzuki.id})).record
    nobodys = (await services.deals.create(agent, {"name": "未定"})).record
    await box.receive(Written(message_id="a@x"))
    mail = await only(services, agent)
    added = await services.mail_records.add_with_contact(agent, mail.row.id, deal.ref)
    assert (added.contacts, added.row.association.deal) == ((suzuki.ref,), deal.ref)
    await services.undo.undo(agent)
    mail = await only(services, agent)
    assert (mail.contacts, mail.row.association.deal) == ((), None)
    with pytest.raises(Invalid):
        await services.mail_records.add_with_contact(agent, mail.row.id, nobodys.ref)
    await services.mail_accounts.share(agent, box.account.id, Sharing.PRIVATE)
    with pytest.raises(Conflict):
        await services.mail_records.add_with_contact(agent, mail.row.id, deal.ref)
    assert (await only(services, agent)).contacts == ()


@ON_SQLITE
async def test_the_records_of_the_sender(
    services: Services, box: Mailbox, agent: Actor, admin: Actor
) -> None:
    await box.receive(Written(message_id="a@x"))
    mail = await only(services, agent)
    assert await services.mail_records.sender_records(agent, mail.row.id) == ()
    tanaka = await contact(services, agent, "田中", "Tanaka@example.jp")
    lead = await services.leads.create(
        agent, {"last_name": "田中", "company": "c", "email": "tanaka@example.jp"}
    )
    found = await services.mail_records.sender_records(agent, mail.row.id)
    assert found == (tanaka.ref, lead.record.ref)
    with pytest.raises(Ambiguous):
        await services.mail_records.add_to_sender(agent, mail.row.id)
    await services.leads.delete(admin, [lead.record.id])
    assert (await services.mail_records.add_to_sender(agent, mail.row.id)).records == (tanaka.ref,)


@ON_SQLITE
@pytest.mark.parametrize("unknown", list(Unknown))
async def test_an_unknown_sender_becomes_what_the_settings_say(
    services: Services, box: Mailbox, agent: Actor, unknown: Unknown
) -> None:
    await services.mail_records.set_settings(agent, {"unknown": unknown.value})
    await box.receive(Written(message_id="a@x", sender="小林 誠 <makoto@midori.example>", text=SIGNED))
    mail = await only(services, agent)
    added = await services.mail_records.add_to_sender(agent, mail.row.id)
    if unknown is Unknown.NOTHING:
        assert added.records == ()
        return
    (made,) = added.records
    assert (made, made.module.value, made.name) == (added.created, unknown.value, "小林 誠")
    assert await mail_of(services, agent, made) == ["見積もり"]
    await services.undo.undo(agent)
    assert (await only(services, agent)).leads == (await only(services, agent)).contacts == ()


@ON_SQLITE
async def test_machines_lists_and_colleagues_become_nobody(
    services: Services, box: Mailbox, agent: Actor, admin: Actor
) -> None:
    await services.mail_records.set_settings(admin, {"unknown": "lead"}, for_all=True)
    senders = (
        "no-reply@shop.example",
        "users-ml@lists.example",
        "boss@ours.example",
        "mailer-daemon@x.example",
    )
    for number, sender in enumerate(senders):
        await box.receive(Written(message_id=f"{number}@x", sender=sender, text=f"text{number}"))
    for number in range(len(senders)):
        mail = await only(services, agent, f"text{number}")
        assert (await services.mail_records.add_to_sender(agent, mail.row.id)).records == ()


@ON_SQLITE
async def test_a_lead_is_made_of_sender_signature_and_subject(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    await box.receive(
        Written(message_id="a@x", sender="小林誠 <makoto@midori.example>", subject="資料請求", text=SIGNED)
    )
    mail = await only(services, agent)
    values = await services.mail_records.lead_values(agent, mail.row.id)
    assert values == {
        "last_name": "小林",
        "first_name": "誠",
        "last_name_kana": "こばやし",
        "first_name_kana": "まこと",
        "company": "株式会社みどり商会",
        "title": "購買部 課長",
        "email": "makoto@midori.example",
        "phone": "045-222-3333",
        "mobile": "090-1111-2222",
        "website": "https://midori.example",
        "postal_code": "220-0012",
        "state": "神奈川県",
        "city": "横浜市西区",
        "street": "みなとみらい2-2",
        "description": "資料請求",
    }
    corrected = {**values, "email": "kobayashi@midori.example"}
    saved = await services.mail_records.to_lead(agent, mail.row.id, corrected)
    assert saved.record.get("email") == "kobayashi@midori.example"
    assert (await only(services, agent)).leads == (saved.record.ref,)
    await services.undo.undo(agent)
    assert (await only(services, agent)).leads == ()
    with pytest.raises(NotFound):
        await services.leads.get(agent, saved.record.id)


@ON_SQLITE
async def test_a_mail_that_says_little_still_makes_a_lead(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    await box.receive(Written(message_id="a@x", sender="taro.yamada@gmail.com", text="one"))
    await box.receive(Written(message_id="b@x", sender="info@yamada.example", text="two"))
    private = await only(services, agent, "one")
    saved = await services.mail_records.to_lead(
        agent, private.row.id, await services.mail_records.lead_values(agent, private.row.id)
    )
    assert (saved.record.name, saved.record.get("company")) == ("Taro Yamada", "Yamada")
    signed = "three\n\n田村由紀（たむら ゆき）\n携帯：070-1234-5678\n"
    await box.receive(Written(message_id="c@x", sender="田村 由紀 <yuki@tamura.example>", text=signed))
    tamura = await services.mail_records.lead_values(agent, (await only(services, agent, "three")).row.id)
    names = ("last_name", "first_name", "last_name_kana", "first_name_kana", "mobile")
    assert [tamura[name] for name in names] == ["田村", "由紀", "たむら", "ゆき", "070-1234-5678"]
    office = await only(services, agent, "two")
    values = await services.mail_records.lead_values(agent, office.row.id)
    assert (values["last_name"], values["company"]) == ("info", "yamada.example")


@ON_SQLITE
async def test_a_web_form_is_answered_by_whoever_filled_it_in(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    lines = (
        "会社名：株式会社みどり",
        "氏名：渡辺 美咲",
        "メール：misaki@midori.example",
        "電話番号：03-1234-5678",
    )
    text = "お問い合わせ\n\n" + "\n".join(lines)
    await box.receive(Written(message_id="a@x", sender="フォーム <noreply@ours-form.example>", text=text))
    values = await services.mail_records.lead_values(agent, (await only(services, agent)).row.id)
    assert (values["last_name"], values["company"], values["email"], values["phone"]) == (
        "渡辺",
        "株式会社みどり",
        "misaki@midori.example",
        "03-1234-5678",
    )


@ON_SQLITE
async def test_a_case_is_made_of_a_mail_of_a_contact(services: Services, box: Mailbox, agent: Actor) -> None:
    await box.receive(Written(message_id="a@x", subject="印刷できません", text="電源は入ります。"))
    mail = await only(services, agent)
    values = await services.mail_records.case_values(agent, mail.row.id)
    assert "contact" not in values
    with pytest.raises(Invalid) as refused:
        await services.mail_records.to_case(agent, mail.row.id, values)
    assert "tanaka@example.jp" in refused.value.fields["contact"]
    tanaka = (
        await services.mail_records.to_contact(
            agent, mail.row.id, await services.mail_records.contact_values(agent, mail.row.id)
        )
    ).record
    values = await services.mail_records.case_values(agent, mail.row.id)
    case = (await services.mail_records.to_case(agent, mail.row.id, values)).record
    shown = [case.get(name) for name in ("email", "contact", "subject", "description", "origin")]
    assert shown == [
        "tanaka@example.jp",
        tanaka.ref,
        "印刷できません",
        "電源は入ります。",
        "e_mail",
    ]


@ON_SQLITE
async def test_a_contact_made_of_a_mail_takes_the_account_of_that_name(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    account = (await services.accounts.create(agent, {"name": "株式会社みどり商会"})).record
    await box.receive(Written(message_id="a@x", sender="小林 誠 <makoto@midori.example>", text=SIGNED))
    values = await services.mail_records.contact_values(agent, (await only(services, agent)).row.id)
    assert (values["account"], values["title"], values["department"]) == (account.ref, "課長", "購買部")
    assert values["mailing_city"] == "横浜市西区"


@ON_SQLITE
async def test_settings_are_the_agents_over_those_of_the_organisation(
    services: Services, agent: Actor, admin: Actor
) -> None:
    assert (await services.mail_records.settings(agent)).unknown is Unknown.NOTHING
    with pytest.raises(NotAllowed):
        await services.mail_records.set_settings(agent, {"unknown": "lead"}, for_all=True)
    await services.mail_records.set_settings(admin, {"unknown": "lead", "add_sent": True}, for_all=True)
    mine = await services.mail_records.settings(agent)
    assert (mine.unknown, mine.add_sent, mine.chosen) == (Unknown.LEAD, True, frozenset())
    mine = await services.mail_records.set_settings(agent, {"unknown": "contact", "signature": "佐藤\n"})
    assert (mine.unknown, mine.signature, mine.chosen) == (
        Unknown.CONTACT,
        "佐藤",
        frozenset({"unknown", "signature"}),
    )
    assert (await services.mail_records.set_settings(agent, {"unknown": None})).unknown is Unknown.LEAD
    for wrong in ({"unknown": "x"}, {"add_sent": "yes"}, {"color": 1}, {"signature": "x" * 5000}):
        with pytest.raises(Invalid):
            await services.mail_records.set_settings(agent, wrong)


@ON_SQLITE
async def test_rights_decide_and_private_mail_stays_private(
    services: Services, clock: FrozenClock, agent: Actor, admin: Actor
) -> None:
    box = await connect(services, clock, agent, sharing=Sharing.PRIVATE)
    other = await add_user(services, admin, "other", "agent")
    theirs = await contact(services, other, "他人", "")
    await box.receive(Written(message_id="a@x"))
    mail = await only(services, agent)
    await services.mail_records.add(agent, mail.row.id, theirs.ref)
    assert await mail_of(services, other, theirs.ref) == []
    for door in (
        services.mail_records.sender_records(other, mail.row.id),
        services.mail_records.add(other, mail.row.id, theirs.ref),
        services.mail_records.remove(other, mail.row.id, theirs.ref),
        services.mail_records.lead_values(other, mail.row.id),
        services.mail_records.to_lead(other, mail.row.id, {"last_name": "x", "company": "x"}),
        services.mail_records.to_case(other, mail.row.id, {"subject": "x", "contact": theirs.id}),
    ):
        with pytest.raises(NotFound):
            await door
