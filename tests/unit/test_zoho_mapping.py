"""What records of Zoho CRM become, by English and Japanese headings and by the names of its API."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.fields import Field
from crm_tui.domain.imports.batches import Incoming, RemoteRef
from crm_tui.domain.imports.ties import TieKind
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import DEFAULTS, Picklists
from crm_tui.domain.schema import FIELDS
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.zoho.backup import Part, module_of_file, parts
from crm_tui.sync.zoho.mapping import RecordReader, Surroundings
from crm_tui.sync.zoho.tables import BY_MODULE
from crm_tui.sync.zoho.ties import tie_of
from crm_tui.sync.zoho.values import moment_of

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNT = "4876876000000111"
LEAD = "4876876000000301"
NOTHING: Mapping[str, Module] = {}


def reader(module: Module, known: Mapping[str, Module] = NOTHING) -> RecordReader:
    return RecordReader(BY_MODULE[module], Surroundings(FIELDS, Picklists(DEFAULTS), TOKYO, NOW, known.get))


def read(module: Module, record: Mapping[str, object], known: Mapping[str, Module] = NOTHING) -> Incoming:
    found = reader(module, known).read(1, record)
    assert found is not None
    return found


def value(module: Module, heading: str, given: object) -> tuple[str, object]:
    """Return the field that a heading becomes, and its value."""
    values = dict(read(module, {heading: given}).values)
    values.pop("status", None) if module is Module.CALL else None
    ((name, found),) = values.items()
    return name, found


@pytest.mark.parametrize(
    ("module", "headings", "given", "field", "becomes"),
    [
        (Module.ACCOUNT, ("Account Name", "Account_Name", "取引先名"), "山田商事", "name", "山田商事"),
        (
            Module.ACCOUNT,
            ("Billing Code", "Billing_Code", "郵便番号（請求先）"),
            "100-0005",
            "billing_postal_code",
            "100-0005",
        ),
        (
            Module.ACCOUNT,
            ("Billing Address - City", "市区町村(請求先)"),
            "千代田区",
            "billing_city",
            "千代田区",
        ),
        (Module.CONTACT, ("Last Name", "Last_Name", "姓"), "山田", "last_name", "山田"),
        (Module.CONTACT, ("Email", "メール", "メールアドレス"), "a@b.example", "email", "a@b.example"),
        (
            Module.CONTACT,
            ("Mailing Zip", "Mailing_Zip", "郵便番号(送付先)"),
            "1000005",
            "mailing_postal_code",
            "1000005",
        ),
        (Module.CONTACT, ("Other Street", "町名・番地(その他)"), "1-2", "other_street", "1-2"),
        (
            Module.CONTACT,
            ("Asst Phone", "電話番号 (秘書)"),
            "03-1111-2222",
            "assistant_phone",
            "03-1111-2222",
        ),
        (
            Module.CONTACT,
            ("Date of Birth", "Date_of_Birth", "誕生日"),
            "1980-01-31",
            "birthday",
            date(1980, 1, 31),
        ),
        (
            Module.CONTACT,
            ("Lead Source", "見込み客のデータ元"),
            "Sales Email Alias",
            "source",
            "sales_e_mail_alias",
        ),
        (Module.CONTACT, ("Reporting To", "Reporting_To", "上司"), "高橋", "reports_to", "高橋"),
        (Module.LEAD, ("Lead Status", "見込み客ステータス"), "Pre-Qualified", "status", "pre_qualified"),
        (Module.LEAD, ("Zip Code", "Zip_Code", "郵便番号"), "100", "postal_code", "100"),
        (Module.LEAD, ("Company", "会社", "会社名"), "佐藤工業", "company", "佐藤工業"),
        (
            Module.DEAL,
            ("Stage", "ステージ"),
            "Closed-Lost to Competition",
            "stage",
            "closed_lost_to_competition",
        ),
        (Module.DEAL, ("Stage", "ステージ"), "受注", "stage", "closed_won"),
        (Module.DEAL, ("Amount", "総額"), "¥ 1,250,000.50", "amount", Decimal("1250000.50")),
        (Module.DEAL, ("Probability (%)", "確度"), 75.0, "probability", 75),
        (Module.DEAL, ("Closing Date", "完了予定日"), "2026/12/24", "closing_date", date(2026, 12, 24)),
        (Module.CAMPAIGN, ("Type", "種類"), "Email", "type", "e_mail"),
        (Module.CASE, ("Status", "ステータス"), "New", "status", "open"),
        (Module.TASK, ("Due Date", "期限"), "2026-12-01 00:00:00", "due_date", date(2026, 12, 1)),
        (Module.TASK, ("Status", "ステータス"), "Waiting on someone else", "status", "waiting_for_input"),
        (
            Module.EVENT,
            ("From", "Start_DateTime", "開始日時"),
            "2026-12-02 10:00:00",
            "starts_at",
            datetime(2026, 12, 2, 10, tzinfo=TOKYO),
        ),
        (
            Module.EVENT,
            ("To", "End_DateTime", "終了日時"),
            "2026-12-02T11:00:00+00:00",
            "ends_at",
            datetime(2026, 12, 2, 20, tzinfo=TOKYO),
        ),
        (
            Module.CALL,
            ("Call Start Time", "通話の開始時刻"),
            "2026/10/02 午後3:04",
            "starts_at",
            datetime(2026, 10, 2, 15, 4, tzinfo=TOKYO),
        ),
        (Module.CALL, ("Call Duration (in seconds)", "通話時間(秒)"), "200", "duration_seconds", 200),
        (Module.CALL, ("Call Type", "通話の種類"), "着信", "type", "inbound"),
        (Module.CALL, ("Call Result", "通話の結果"), "No response/Busy", "result", "no_response_busy"),
        (Module.NOTE, ("Note Content", "メモの内容"), "お茶", "body", "お茶"),
    ],
)
def test_a_column_becomes_a_field(
    module: Module, headings: tuple[str, ...], given: object, field: str, becomes: object
) -> None:
    assert {value(module, heading, given) for heading in headings} == {(field, becomes)}


@pytest.mark.parametrize("heading", ["Record Id", "Contact Id", "データID", "連絡先ID", "id"])
@pytest.mark.parametrize("given", ["zcrm_4876876000000212", "4876876000000212", 4876876000000212])
def test_the_id_of_a_record_is_that_of_the_api(heading: str, given: object) -> None:
    assert read(Module.CONTACT, {heading: given}).remote_id == "4876876000000212"


@pytest.mark.parametrize(
    "record",
    [
        {"Account Name.id": f"zcrm_{ACCOUNT}", "Account Name": "Zylker"},
        {"取引先名.id": f"zcrm_{ACCOUNT}", "取引先名": "Zylker"},
        {"Account_Name": {"name": "Zylker", "id": ACCOUNT}},
    ],
)
def test_a_reference_has_the_id_and_the_name_there(record: dict[str, object]) -> None:
    assert read(Module.CONTACT, record).values["account"] == RemoteRef(Module.ACCOUNT, ACCOUNT, "Zylker")


def test_a_reference_without_an_id_is_a_name() -> None:
    assert read(Module.CONTACT, {"Account Name": "Zylker"}).values["account"] == "Zylker"


@pytest.mark.parametrize(
    ("record", "known"),
    [
        ({"Related To.id": f"zcrm_{LEAD}", "Related To": "花子"}, {LEAD: Module.LEAD}),
        ({"What_Id": {"name": "花子", "id": LEAD}, "$se_module": "Leads"}, {}),
    ],
)
def test_a_call_related_to_a_lead_is_with_the_lead(
    record: dict[str, object], known: dict[str, Module]
) -> None:
    values = read(Module.CALL, record, known).values
    assert values["who"] == RemoteRef(Module.LEAD, LEAD, "花子")
    assert "related_to" not in values


def test_what_a_record_of_an_unknown_module_is_related_to_is_left_out_and_told() -> None:
    one = reader(Module.TASK)
    found = one.read(1, {"Subject": "x", "Related To.id": "zcrm_4876876000000999", "Related To": "Printer"})
    assert found is not None
    assert dict(found.values) == {"subject": "x"}
    assert one.left_out == {("related_to", "Printer"): 1}


@pytest.mark.parametrize(
    ("said", "start", "becomes"),
    [
        ("Completed", "2027-01-01 10:00:00", "completed"),
        ("Overdue", "2026-01-01 10:00:00", "scheduled"),
        ("Cancelled", "", "cancelled"),
        ("", "2027-01-01 10:00:00", "scheduled"),
        ("", "2026-01-01 10:00:00", "completed"),
    ],
)
def test_a_call_took_place_or_lies_ahead(said: str, start: str, becomes: str) -> None:
    record = {"Call Status": said, "Call Start Time": start}
    assert read(Module.CALL, record).values["status"] == becomes


def test_an_event_that_takes_whole_days_has_days() -> None:
    record: dict[str, object] = {
        "All_day": True,
        "Start_DateTime": "2026-12-05T00:00:00+09:00",
        "End_DateTime": "2026-12-07T00:00:00+09:00",
    }
    values = read(Module.EVENT, record).values
    assert (values["starts_at"], values["ends_at"]) == (date(2026, 12, 5), date(2026, 12, 6))


def test_people_who_take_part_are_named_by_id_and_address() -> None:
    given = [
        {"type": "lead", "participant": LEAD, "Email": "h@x.example", "name": "花子"},
        {"type": "email", "participant": "guest@x.example"},
    ]
    assert read(Module.EVENT, {"Participants": given}).values["participants"] == (
        RemoteRef(Module.LEAD, LEAD, "h@x.example"),
        "h@x.example",
        "guest@x.example",
    )


def test_a_converted_lead_is_left_out() -> None:
    assert reader(Module.LEAD).read(1, {"Last Name": "x", "Is Converted": "true"}) is None


def test_one_bad_value_does_not_cost_the_record() -> None:
    one = reader(Module.CONTACT)
    found = one.read(1, {"Last Name": "x", "Phone": "n/a", "Email": "none at all", "Lead Source": "Facebook"})
    assert found is not None
    assert dict(found.values) == {"last_name": "x"}
    assert {name for name, _text in one.left_out} == {"phone", "email", "source"}


def test_a_stage_that_is_not_in_the_list_is_left_to_the_import_to_refuse() -> None:
    assert read(Module.DEAL, {"Stage": "契約済"}).values["stage"] == "契約済"


def test_a_field_of_ones_own_is_known_by_its_label() -> None:
    size = Field("size", "Size", max_length=100, custom=True, label_ja="規模")
    fields = {**FIELDS, Module.ACCOUNT: (*FIELDS[Module.ACCOUNT], size)}
    one = RecordReader(
        BY_MODULE[Module.ACCOUNT], Surroundings(fields, Picklists(DEFAULTS), TOKYO, NOW, NOTHING.get)
    )
    found = one.read(1, {"取引先名": "山田", "規模": "L"})
    assert found is not None
    assert found.values["size"] == "L"


def test_files_of_a_backup_come_in_behind_those_they_refer_to() -> None:
    names = [
        "Data/Calls_2026_01_26.csv",
        "Notes_Leads_001.csv",
        "連絡先_001.csv",
        "Potentials.csv",
        "取引先.csv",
        "Users_001.csv",
        "Deals__2026_01_26.csv",
        "__MACOSX/._Leads.csv",
    ]
    found, others = parts(names)
    assert found == (
        Part("取引先.csv", Module.ACCOUNT),
        Part("連絡先_001.csv", Module.CONTACT),
        Part("Potentials.csv", Module.DEAL),
        Part("Data/Calls_2026_01_26.csv", Module.CALL),
        Part("Notes_Leads_001.csv", Module.NOTE, Module.LEAD),
    )
    assert others == ("Users_001.csv", "Deals__2026_01_26.csv")


def test_a_file_with_another_name_is_known_by_its_columns() -> None:
    contact = ["Record Id", "Contact Owner", "First Name", "Last Name", "Account Name", "Email"]
    assert module_of_file("export.csv", contact) is Module.CONTACT
    assert module_of_file("export.csv", ["データID", "商談名", "ステージ", "総額"]) is Module.DEAL
    assert module_of_file("export.csv", ["a", "b"]) is None


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("2026-10-02 15:05:00", DayOrder.MONTH_FIRST),
        ("2026-10-02T15:05:00+09:00", DayOrder.MONTH_FIRST),
        ("2026-10-02 06:05:00 +0000", DayOrder.MONTH_FIRST),
        ("2026/10/02 午後3:05", DayOrder.YEAR_FIRST),
        ("2026年10月2日 午後3時05分", DayOrder.YEAR_FIRST),
        ("10/02/2026 03:05 PM", DayOrder.MONTH_FIRST),
        ("02/10/2026 03:05 PM", DayOrder.DAY_FIRST),
        ("Oct 2, 2026 03:05 PM", DayOrder.MONTH_FIRST),
        ("02-Oct-2026 15:05", DayOrder.DAY_FIRST),
    ],
)
def test_a_moment_is_read_in_the_form_that_the_organisation_likes(written: str, order: DayOrder) -> None:
    assert moment_of(written, TOKYO, order) == datetime(2026, 10, 2, 15, 5, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("name", "headings", "kind"),
    [
        ("Campaign Members_001.csv", ("Campaign.id", "Lead.id", "Member Status"), TieKind.MEMBER),
        ("x.csv", ("キャンペーン名", "連絡先名", "メンバーのステータス"), TieKind.MEMBER),
        (
            "Contacts_X_Accounts_001.csv",
            ("Record Id", "Contact.id", "Account.id", "Fee"),
            TieKind.ASSOCIATION,
        ),
        ("x.csv", ("データID", "連絡先.id", "取引先.id", "役割", "作成日時"), TieKind.ASSOCIATION),
        ("Contracts_C_001.csv", ("Record Id", "Contact.id", "Account.id", "Fee"), None),
        ("Deals_001.csv", ("Deal Name", "Account Name.id", "Contact Name.id", "Campaign Source.id"), None),
        ("Contacts_001.csv", ("Record Id", "Last Name", "Account Name.id", "Contact Owner.id"), None),
    ],
)
def test_a_table_of_links_is_told_from_one_of_records(
    name: str, headings: tuple[str, ...], kind: TieKind | None
) -> None:
    assert tie_of(name, headings) is kind
