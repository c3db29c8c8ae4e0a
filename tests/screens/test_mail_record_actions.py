"""Mail and records in the console: duplicates, drafts, several records of an address, what is missing."""

from typing import Any, cast

from crm_tui.domain.custom_fields import DefinitionChange
from crm_tui.domain.fields import FieldType
from crm_tui.domain.mail import MailQuery
from crm_tui.domain.modules import Module
from screens.choice_modal import ChoiceModal
from screens.mail_list import MailListScreen
from screens.mail_record_forms import CaseOfMailScreen, PersonOfMailScreen
from tests.screens.conftest import Console, Sample
from tests.store.mailbox import Written, connect

TARO = "Taro <taro@tanaka.example>"
KEN = "Ken Ito <ken@ito.example>"


async def show_mail(console: Console, *written: Written) -> list[str]:
    """Take mail in and go to its list; return the ids, the latest first."""
    clock = cast(Any, console.services.core.clock)
    await (await connect(console.services, clock, console.actor)).receive(*written)
    await console.press("8")
    await console.until_on(MailListScreen)
    await console.until_shown(written[-1].subject)
    rows = (await console.services.mail_messages.list(console.actor, MailQuery())).rows
    return [row.id for row in rows]


async def act(console: Console, digit: str) -> None:
    await console.press("a")
    await console.until_on(ChoiceModal)
    await console.press(digit)


async def to_row(console: Console, subject: str) -> None:
    """Move the cursor to one of two mails."""
    await console.until_shown(subject)
    await console.press("g", "g")
    if not any(subject in line for line in console.text().split("\n") if line.startswith(">")):
        await console.press("j")


async def test_a_lead_like_somebody_known_is_told_at_once_and_what_is_typed_outlives_the_form(
    console: Console, sample: Sample
) -> None:
    (mail,) = await show_mail(console, Written(TARO, subject="Catalogue"))
    values = {"last_name": "Taro", "company": "Tanaka", "email": "taro@tanaka.example"}
    known = (await console.services.leads.create(console.actor, values)).record
    await act(console, "1")
    await console.until_on(PersonOfMailScreen)
    await console.until_shown("! Looks like Taro")
    await console.until_shown("known already: Contact")
    await console.type_text("x")
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_on(MailListScreen)
    assert (await console.services.mail_messages.get(console.actor, mail)).leads == (known.ref,)
    await act(console, "1")
    await console.until_shown("never saved")
    await console.press("1")
    await console.until_on(PersonOfMailScreen)
    await console.until_shown("Tarox")
    await console.press("ctrl+s")
    await console.until_on(MailListScreen)
    leads = (await console.services.mail_messages.get(console.actor, mail)).leads
    assert [one.name for one in leads] == ["Taro", "Tarox"]


async def test_a_case_of_a_known_lead_converts_them_and_keys_typed_ahead_arrive(
    console: Console, sample: Sample
) -> None:
    lead = {"last_name": "Ito", "first_name": "Ken", "company": "Ito", "email": "ken@ito.example"}
    await console.services.leads.create(console.actor, lead)
    (mail,) = await show_mail(console, Written(KEN, subject="Broken", text="It is broken."))
    await console.press("a", "2", "1")
    await console.until_shown("Convert")
    await console.press("ctrl+s")
    await console.until_on(CaseOfMailScreen)
    await console.until_shown("Ken Ito")
    await console.press("ctrl+s")
    await console.until_on(MailListScreen)
    found = await console.services.mail_messages.get(console.actor, mail)
    assert [one.name for one in found.contacts] == ["Ken Ito"]


async def test_add_asks_which_record_and_fills_in_what_a_new_one_needs(
    console: Console, sample: Sample
) -> None:
    services, actor = console.services, console.actor
    lead = {"last_name": "Other", "company": "c", "email": "taro@tanaka.example"}
    other = (await services.leads.create(actor, lead)).record
    await services.mail_records.set_settings(actor, {"unknown": "lead"})
    ids = await show_mail(console, Written(KEN, subject="Nobody"), Written(TARO, subject="Several"))
    mails = {(await services.mail_messages.get(actor, one)).row.subject: one for one in ids}
    await to_row(console, "Several")
    await act(console, "3")
    await console.until_shown("Add where?")
    await console.press("2")
    await console.until_shown("The mail was added to Lead Other")
    assert other.ref in (await services.mail_messages.get(actor, mails["Several"])).leads
    await services.custom_fields.add(
        actor, Module.LEAD, "region", FieldType.TEXT, DefinitionChange(required=True)
    )
    await to_row(console, "Nobody")
    await act(console, "3")
    await console.until_on(PersonOfMailScreen)
    await console.until_shown("Region *")
    await console.type_text("east")
    await console.press("ctrl+s")
    await console.until_on(MailListScreen)
    (made,) = (await services.mail_messages.get(actor, mails["Nobody"])).leads
    assert made.name == "Ken Ito"


async def test_a_key_typed_behind_the_contact_saves_the_case(console: Console, sample: Sample) -> None:
    (mail,) = await show_mail(console, Written(KEN, subject="Broken", text="It is broken."))
    await console.press("a", "2", "1")
    await console.until_on(PersonOfMailScreen)
    await console.press("ctrl+s", "ctrl+s")
    await console.until_on(MailListScreen)
    case = (await console.services.cases.resolve(console.actor, "Broken")).ref_to("contact")
    assert (case,) == (await console.services.mail_messages.get(console.actor, mail)).contacts
