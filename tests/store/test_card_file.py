"""Contacts as address cards: another reader finds the same, and our own import changes nothing."""

from pathlib import Path
from typing import Any

import pytest
import vobject

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import go_on
from crm_tui.domain.exports import Export, Exported
from crm_tui.domain.imports.batches import Counts
from crm_tui.domain.modules import Module
from crm_tui.services.container import Services
from crm_tui.sync.card_file import export_contacts
from crm_tui.sync.files.reading import inspect
from crm_tui.sync.outlook.files import OutlookFileJob

HOSTILE = {
    "last_name": "髙橋; END:VCARD",
    "first_name": 'Jiro, "J"',
    "last_name_kana": "たかはし",
    "email": "jiro@example.jp",
    "title": "課長\\n",
    "department": "営業; 東日本",
    "phone": "+81 3-1234-5678",
    "home_phone": "03-1111-2222",
    "mobile": "090-1234-5678",
    "other_phone": "0120-444-444",
    "fax": "03-3333-4444",
    "assistant": "佐藤, 花子",
    "assistant_phone": "03-5555-6666",
    "mailing_street": "丸の内1-1-1, ビル; 2F",
    "mailing_city": "千代田区",
    "mailing_postal_code": "100-0005",
    "other_city": "大阪市",
    "other_country": "日本",
    "description": "一行目\nBEGIN:VCARD\n" + "長い" * 100,
    "birthday": "1974-07-22",
}


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\r\n")


def read(path: Path) -> Any:
    [card] = vobject.readComponents(path.read_text("utf-8"))
    return card


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_an_address_card_says_what_the_contact_says(
    services: Services, admin: Actor, tmp_path: Path
) -> None:
    account = (await services.accounts.create(admin, {"name": "Acme, Inc.; Tokyo"})).record.ref
    values = {**HOSTILE, "account": account, "reports_to": "山田 部長"}
    contact = (await services.contacts.create(admin, values)).record
    path = tmp_path / "a.vcf"
    done = await export_contacts(services, admin, Export(Module.CONTACT, path, ids=(contact.id,)))
    assert done == Exported(path, 1)
    assert all(len(line) <= 75 for line in lines_of(path))
    card = read(path)
    assert (card.n.value.family, card.n.value.given) == (HOSTILE["last_name"], HOSTILE["first_name"])
    assert card.org.value == ["Acme, Inc.; Tokyo", HOSTILE["department"]]
    assert card.note.value == HOSTILE["description"]
    assert {one.value for one in card.tel_list} == {
        HOSTILE[name] for name in ("phone", "home_phone", "mobile", "other_phone", "fax")
    }
    assert card.adr.value.street == HOSTILE["mailing_street"]
    facts = await inspect(path)
    job = OutlookFileJob(services, admin, path, facts)
    assert (await job.preview(go_on)).counts == Counts(unchanged=1)
