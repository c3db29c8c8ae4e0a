"""``crm-tui mail add|remove|to-lead|to-contact|to-case|settings``."""

import asyncio
import getpass
from collections.abc import Sequence

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.store.url import parse_store_url
from tests.cli.conftest import Cli, put_store
from tests.store.conftest import open_services
from tests.store.mailbox import Written, connect

SIGNED = "資料をください。\n\n-- \n株式会社みどり\n営業部 小林 誠\nTEL: 045-222-3333"


@pytest.fixture
def filled(cli: Cli, new_store: bytes) -> Cli:
    """A command line whose user has three mails."""
    asyncio.run(_fill(put_store(cli, new_store)))
    cli.options[:0] = ["--format", "json"]
    return cli


async def _fill(cli: Cli) -> None:
    clock = FrozenClock()
    services = await open_services(parse_store_url(f"sqlite:///{cli.store}"), clock)
    box = await connect(services, clock, await services.users.sign_in(getpass.getuser()))
    await box.receive(
        Written(message_id="a@x", sender="小林 誠 <makoto@midori.example>", subject="資料請求", text=SIGNED),
        Written(message_id="b@x", sender="no-reply@shop.example", subject="発送"),
        Written(message_id="c@x", sender="ken@takahashi.example", subject="故障", text="動きません。"),
    )
    await services.close()


def refs(found: Sequence[dict[str, str]]) -> list[str]:
    return [one["name"] for one in found]


def test_a_lead_is_made_of_a_mail(filled: Cli) -> None:
    lead = filled("mail", "to-lead", "a@x", "--set", "title=部長").data
    shown = [lead[name] for name in ("last_name", "company", "title", "phone", "email", "description")]
    assert shown == ["小林", "株式会社みどり", "部長", "045-222-3333", "makoto@midori.example", "資料請求"]
    assert refs(filled("mail", "show", "a@x").data["leads"]) == ["小林 誠"]
    again = filled("mail", "to-lead", "a@x")
    assert again.envelope["warnings"], "somebody like this is there already"


def test_a_case_needs_a_contact(filled: Cli) -> None:
    refused = filled("mail", "to-case", "c@x")
    assert (refused.error["code"], list(refused.error["fields"])) == ("invalid", ["contact"])
    assert "--new-contact" in refused.err
    case = filled("mail", "to-case", "c@x", "--new-contact", "--set", "priority=high").data
    shown = [case[name] for name in ("subject", "description", "email", "origin", "priority")]
    assert shown == ["故障", "動きません。", "ken@takahashi.example", "e_mail", "high"]
    assert case["contact"]["name"] == filled("contact", "show", "ken@takahashi.example").data["name"]


def test_mail_is_added_and_removed(filled: Cli) -> None:
    assert filled("contact", "add", "--set", "last_name=鈴木", "--set", "phone=03-1111-2222").code == 0
    assert refs(filled("mail", "add", "a@x", "11112222", "--find").data["contacts"]) == ["鈴木"]
    assert filled("mail", "remove", "a@x", "鈴木").data["contacts"] == []
    assert filled("mail", "remove", "a@x", "鈴木").error["code"] == "conflict"
    assert refs(filled("mail", "add", "a@x", "contact:鈴木").data["contacts"]) == ["鈴木"]
    assert filled("mail", "add", "a@x", "nobody").error["code"] == "not_found"
    assert filled("mail", "add", "a@x", "zzzz", "--find").error["code"] == "not_found"


def test_the_settings_say_what_becomes_of_unknown_people(filled: Cli) -> None:
    assert filled("mail", "settings").data == {
        "unknown": "nothing",
        "add_sent": False,
        "signature": None,
        "chosen": [],
    }
    nothing = filled("mail", "add", "a@x")
    assert (nothing.data["leads"], nothing.data["contacts"]) == ([], [])
    assert "Nothing was added" in nothing.err
    assert filled("mail", "settings", "--unknown", "lead", "--everybody").data["unknown"] == "lead"
    assert refs(filled("mail", "add", "a@x").data["leads"]) == ["小林 誠"]
    assert filled("mail", "add", "b@x").data["leads"] == []
    mine = filled("mail", "settings", "--unknown", "contact", "--add-sent", "yes", "--signature", "佐藤").data
    assert (mine["unknown"], mine["add_sent"], mine["signature"]) == ("contact", True, "佐藤")
    assert refs(filled("mail", "add", "c@x").data["contacts"]) == ["ken"]
    assert filled("mail", "settings", "--unknown", "default").data["unknown"] == "lead"
    assert filled("mail", "settings", "--unknown", "x").code == 2
