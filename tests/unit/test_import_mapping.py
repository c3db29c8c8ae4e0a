"""What columns of a table become: headings of our own, of Zoho CRM, of Outlook, and of lists in offices."""

import pytest

from crm_tui.domain.fields import label_of
from crm_tui.domain.imports.associations import guess_associations, lacks_ends
from crm_tui.domain.imports.headings import REASON_HEADINGS
from crm_tui.domain.imports.mapping import by_name, fingerprint, guess, missing_required, targets
from crm_tui.domain.modules import Module
from crm_tui.domain.schema import FIELDS
from crm_tui.i18n import spoken

CONTACT, EVENT, CALL = Module.CONTACT, Module.EVENT, Module.CALL


@pytest.mark.parametrize("module", list(FIELDS))
@pytest.mark.parametrize("language", ["", "en", "ja"])
def test_headings_of_our_own_exports_are_known(module: Module, language: str) -> None:
    """Codes and labels, also where two addresses have the same labels."""
    exported = [
        target
        for target in targets(module, FIELDS[module]).values()
        if target.field and target.part not in ("date", "time")
    ]
    with spoken(language or "en"):
        headings = [target.label if language else target.name for target in exported]
    assert list(guess(headings, module, FIELDS[module])) == [target.name for target in exported]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            "First Name|Last Name|E-mail Address|Company|Business Phone|Business Street|Business Street 2",
            "first_name|last_name|email|account|phone|mailing_street|mailing_street",
        ),
        (
            "Given Yomi|Surname Yomi|Other City|Business Country/Region|Business Fax|Assistant's Phone|Notes",
            "first_name_kana|last_name_kana|other_city|mailing_country|fax|assistant_phone|description",
        ),
        (
            "姓|名|電子メール アドレス|会社名|国 (会社)/地域|市町村 (その他)|秘書の電話|自宅電話",
            "last_name|first_name|email|account|mailing_country|other_city|assistant_phone|home_phone",
        ),
        (
            "Mailing Zip|Other State|Asst Phone|Reporting To|Date of Birth|Account Name|Lead Source",
            "mailing_postal_code|other_state|assistant_phone|reports_to|birthday|account|source",
        ),
        (
            "氏名|ﾌﾘｶﾞﾅ|ＴＥＬ|携帯|〒|住所|備考",
            "name|name_kana|phone|mobile|mailing_postal_code|mailing_street|description",
        ),
        ("姓（必須）|*メールアドレス|連絡先の電話番号", "last_name|email|phone"),
        ("氏名|姓|名", "|last_name|first_name"),
        ("Shoe size|owner|created_at|Reason of rejection", "|||"),
        ("Title|Last Name|Job Title", "|last_name|title"),
        ("肩書き|姓|役職", "|last_name|title"),
        ("肩書き|Title|姓", "title||last_name"),
    ],
)
def test_headings_of_others_are_known(headings: str, expected: str) -> None:
    assert "|".join(guess(headings.split("|"), CONTACT, FIELDS[CONTACT])) == expected


def test_date_and_time_in_two_columns() -> None:
    found = guess(["Subject", "Start Date", "Start Time", "終了日", "終了時刻"], EVENT, FIELDS[EVENT])
    assert found == ("subject", "starts_at_date", "starts_at_time", "ends_at_date", "ends_at_time")
    assert missing_required(found, EVENT, FIELDS[EVENT]) == ()
    assert [field.name for field in missing_required(("phone",), CONTACT, FIELDS[CONTACT])] == ["last_name"]


def test_a_time_of_a_call_is_the_moment_only_without_a_column_of_days() -> None:
    def guessed(*headings: str) -> tuple[str, ...]:
        return guess(headings, Module.CALL, FIELDS[Module.CALL])

    assert guessed("Start Date", "Start Time") == ("starts_at_date", "starts_at_time")
    assert guessed("通話開始時刻", "通話日") == ("starts_at_time", "starts_at_date")
    assert guessed("Start Time", "Subject") == ("starts_at", "subject")


def test_what_has_happened_can_be_told_of_a_call() -> None:
    assert guess(["status", "wrap_up_seconds"], CALL, FIELDS[CALL]) == ("status", "wrap_up_seconds")


@pytest.mark.parametrize("reason", REASON_HEADINGS)
def test_a_file_of_rejected_rows_is_known_by_the_headings_of_its_table(reason: str) -> None:
    table = ["姓", "名", "電話"]
    assert (
        fingerprint([*table, reason])
        == fingerprint([" 姓", "名", "電話 "])
        == fingerprint([*table, "", reason])
    )
    assert fingerprint(table) != fingerprint(["姓", "電話", "名"])


@pytest.mark.parametrize(
    ("named", "column"), [("電話", 2), ("３", None), ("3", 2), ("fax", None), ("  姓 ", 0)]
)
def test_a_column_is_named_by_heading_or_number(named: str, column: int | None) -> None:
    assert by_name(named, ["姓", "名", "電話"]) == column


def test_columns_of_associations() -> None:
    assert guess_associations(["連絡先", "取引先名", "主", "役割"]) == (
        "contact",
        "account",
        "primary",
        "role",
    )
    found = guess_associations(["Email", "Last Name", "First Name", "Account Name", "Reason of rejection"])
    assert found == ("contact_email", "contact_last_name", "contact_first_name", "account", "")
    assert not lacks_ends(found)
    assert lacks_ends(("contact", "role"))


def test_labels_say_which_part_of_a_field() -> None:
    offered = targets(CALL, FIELDS[CALL])
    assert offered["who_id"].label == f"{label_of(offered['who'].field)} (id)"  # type: ignore[arg-type]
