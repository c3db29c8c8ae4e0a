"""A data backup of Zoho CRM, as the files of an organisation that speaks English or Japanese."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Rows = Sequence[Mapping[str, str]]

ENGLISH: Mapping[str, Rows] = {
    "Accounts_001.csv": [
        {
            "Record Id": "zcrm_4876876000000111",
            "Account Owner": "Ken Sato",
            "Account Name": "山田商事",
            "Phone": "03-1234-5678",
            "Billing City": "千代田区",
        },
    ],
    "Contacts_001.csv": [
        {
            "Record Id": "zcrm_4876876000000212",
            "First Name": "太郎",
            "Last Name": "山田",
            "Account Name.id": "zcrm_4876876000000111",
            "Account Name": "山田商事",
            "Email": "taro@yamada.example",
            "Phone": "n/a",
        },
    ],
    "Leads_001.csv": [
        {
            "Record Id": "zcrm_4876876000000301",
            "Last Name": "佐藤",
            "Company": "佐藤工業",
            "Lead Status": "Contacted",
            "Is Converted": "false",
        },
        {"Record Id": "zcrm_4876876000000302", "Last Name": "Old", "Company": "x", "Is Converted": "true"},
    ],
    "Campaigns_001.csv": [
        {
            "Record Id": "zcrm_4876876000000501",
            "Campaign Name": "Autumn",
            "Type": "Email",
            "Status": "Active",
        },
    ],
    "Deals_001.csv": [
        {
            "Record Id": "zcrm_4876876000000401",
            "Deal Name": "Terminals",
            "Account Name.id": "zcrm_4876876000000111",
            "Contact Name.id": "zcrm_4876876000000212",
            "Stage": "Qualification",
            "Amount": "1250000",
            "Campaign Source.id": "zcrm_4876876000000501",
        },
        {"Record Id": "zcrm_4876876000000402", "Deal Name": "Strange", "Stage": "契約済"},
    ],
    "Tasks_001.csv": [
        {
            "Record Id": "zcrm_4876876000000601",
            "Subject": "Call back",
            "Related To.id": "zcrm_4876876000000401",
            "Related To": "Terminals",
            "Status": "Not Started",
        },
    ],
    "Events_001.csv": [
        {
            "Record Id": "zcrm_4876876000000701",
            "Title": "Demo",
            "From": "2026-12-02 10:00:00",
            "To": "2026-12-02 11:00:00",
            "Contact Name.id": "zcrm_4876876000000212",
        },
    ],
    "Calls_001.csv": [
        {
            "Record Id": "zcrm_4876876000000801",
            "Subject": "Hello",
            "Call Type": "Outbound",
            "Related To.id": "zcrm_4876876000000301",
            "Related To": "佐藤",
            "Call Start Time": "2026-10-02 10:00:00",
            "Call Duration": "03:20",
            "Call Status": "Completed",
        },
    ],
    "Notes_Contacts_001.csv": [
        {
            "Record Id": "zcrm_4876876000000901",
            "Note Content": "likes tea",
            "Parent ID.id": "zcrm_4876876000000212",
        },
    ],
    "Users_001.csv": [{"Record Id": "zcrm_4876876000000001", "Email": "ken@x.example"}],
}

JAPANESE: Mapping[str, Rows] = {
    "取引先.csv": [{"データID": "zcrm_4876876000000111", "取引先名": "山田商事", "業界": "卸売"}],
    "連絡先.csv": [
        {
            "データID": "zcrm_4876876000000212",
            "姓": "山田",
            "名": "太郎",
            "取引先名.id": "zcrm_4876876000000111",
            "取引先名": "山田商事",
            "メール": "taro@yamada.example",
            "都道府県(送付先)": "東京都",
            "誕生日": "1980/01/31",
        },
    ],
    "商談.csv": [
        {
            "データID": "zcrm_4876876000000401",
            "商談名": "端末入れ替え",
            "取引先名.id": "zcrm_4876876000000111",
            "ステージ": "受注",
            "総額": "￥1,250,000",
            "完了予定日": "2026/12/24",
        },
    ],
}


def table(rows: Rows, encoding: str = "utf-8") -> bytes:
    """Return rows as a CSV file."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def backup(path: Path, files: Mapping[str, Rows], encoding: str = "utf-8") -> Path:
    """Write an archive and return its path."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in files.items():
            archive.writestr(f"Data/{name}", table(rows, encoding))
    return path
