"""Leads are converted, and what is twice in the store is found and merged, from the command line."""

import pytest

from tests.cli.conftest import Cli, put_store

LEAD = ("--set", "last_name=田中", "--set", "company=㈱田中商事", "--set", "email=taro@tanaka.example")


@pytest.fixture
def crm(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a store that has nothing in it yet."""
    return put_store(cli, new_store)


def test_a_lead_is_converted_and_shows_what_it_became(crm: Cli) -> None:
    lead = crm("lead", "add", *LEAD).data
    assert lead["converted_to"] is None

    deal = ("--stage", "qualification", "--amount", "1000", "--closing-date", "2026-12-01")
    became = crm("lead", "convert", lead["id"], *deal).data

    assert [became[name]["name"] for name in ("contact", "account", "deal")] == [
        "田中",
        "㈱田中商事",
        "㈱田中商事",
    ]
    shown = crm("lead", "show", lead["id"]).data
    assert shown["converted_to"] == became
    rows = crm("lead", "list").data["rows"]
    assert [row["converted_to"] for row in rows] == [became]
    refused = crm("lead", "edit", lead["id"], "--set", "title=x")
    assert (refused.code, refused.error["code"]) == (1, "conflict")
    assert crm("lead", "convert", lead["id"]).error["code"] == "conflict"

    crm("undo")

    assert crm("lead", "show", lead["id"]).data["converted_to"] is None


def test_an_existing_account_has_to_be_chosen(crm: Cli) -> None:
    lead = crm("lead", "add", *LEAD).data["id"]
    account = crm("account", "add", "--set", "name=株式会社田中商事").data["id"]

    refused = crm("lead", "convert", lead)
    assert (refused.code, refused.error["code"]) == (1, "ambiguous")
    assert account in refused.error["hint"]
    assert crm("lead", "convert", lead, "--account", account, "--new-account").code == 2
    became = crm("lead", "convert", lead, "--account", "株式会社田中商事").data

    assert became["account"]["id"] == account
    assert became["deal"] is None


def test_duplicates_are_told_listed_and_merged(crm: Cli) -> None:
    first = crm("contact", "add", "--set", "last_name=田中", "--set", "email=taro@tanaka.example").data["id"]
    added = crm("contact", "add", "--set", "last_name=Tanaka", "--set", "email=Taro@Tanaka.example")
    second = added.data["id"]
    assert added.envelope["warnings"] == [
        {
            "duplicate": {"module": "contact", "id": first, "name": "田中"},
            "score": 60,
            "reasons": ["mail"],
        }
    ]
    assert first in added.err

    listed = crm("contact", "duplicates").data
    assert [[record["id"] for record in row["records"]] for row in listed["rows"]] in (
        [[first, second]],
        [[second, first]],
    )
    title = ("--set", "title=部長")
    merged = crm("contact", "merge", first, second, "--take", f"last_name={second}", *title).data

    assert (merged["id"], merged["name"], merged["title"]) == (first, "Tanaka", "部長")
    assert [ref["id"] for ref in merged["merged"]] == [second]
    assert crm("contact", "duplicates").data == {"rows": [], "next": None, "capped": False}
    assert crm("contact", "show", second).error["code"] == "not_found"
    assert crm("contact", "merge", first, first).error["code"] == "invalid"
    assert crm("contact", "merge", first, second, "--take", "title").code == 2


def test_custom_fields_are_carried_over_where_an_administrator_sends_them(crm: Cli) -> None:
    crm("field", "add", "lead", "region", "--type", "text")
    crm("field", "add", "account", "region", "--type", "text")
    crm("field", "add", "contact", "size", "--type", "number")
    assert crm("lead", "field-map").data["rows"] == [{"field": "region", "targets": ["account.region"]}]

    refused = crm("lead", "field-map", "region", "contact.size")
    assert (refused.code, refused.error["code"]) == (1, "invalid")
    crm("lead", "field-map", "region", "contact.department", "account.region")
    lead = crm("lead", "add", *LEAD, "--set", "region=関西").data["id"]
    became = crm("lead", "convert", lead).data

    assert crm("contact", "show", became["contact"]["id"]).data["department"] == "関西"
    assert crm("account", "show", became["account"]["id"]).data["custom"]["region"] == "関西"
    assert crm("lead", "field-map", "region", "--nowhere").data["rows"][0]["targets"] == []
    assert crm("lead", "field-map", "region", "--default").data["rows"][0]["targets"] == ["account.region"]
