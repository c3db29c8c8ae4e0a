"""A Zoho CRM of our own, on a real socket: ``python -m tests.fakes.zoho [port]``.

It follows the documentation, not an organisation: tokens, organisation, fields, records by pages of page
tokens in the order asked for, those changed since a moment, deleted ones, and errors as `tests/fixtures/zoho`
has them. Tests tell it what goes wrong. Run as a program it has a few records and takes every code.
"""

import json
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "zoho"
MODULES = (
    "Accounts",
    "Contacts",
    "Leads",
    "Campaigns",
    "Deals",
    "Cases",
    "Tasks",
    "Events",
    "Calls",
    "Notes",
)

Record = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]
"""Status, headers, and what becomes JSON; None is an empty body."""


def fixture(name: str) -> Any:
    """Return an example of the documentation."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))["body"]


def error(code: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an error as the documentation has it."""
    one = fixture("errors")[code]
    return one["status"], dict(headers or {}), one["body"]


@dataclass
class Asked:
    """One request to the API; ``path`` is below the version."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class Trouble:
    """What requests whose path has a part get instead of their answer, so often, after some that go well."""

    path: str
    answer: Answer
    times: int = 1
    skip: int = 0


@dataclass
class FakeZoho:
    """The server; a context manager.

    Attributes:
        records: By module, in no order.
        related: Members of campaigns, by the campaign's id and Contacts or Leads.
        linking: Names of the modules that link others; their records stand with the others.
        fields: What ``settings/fields`` answers by module; a module that isn't there answers with an error.
        page: Records of a page at most.
        farthest: Records that page tokens lead to.
        is_sorted: It does what ``sort_by`` asks for.
        codes: Codes and refresh tokens that it knows.
    """

    records: dict[str, list[Record]] = field(default_factory=lambda: {name: [] for name in MODULES})
    deleted: dict[str, list[Record]] = field(default_factory=dict)
    related: dict[tuple[str, str], list[Record]] = field(default_factory=dict)
    linking: list[str] = field(default_factory=list)
    fields: dict[str, list[Record]] = field(default_factory=dict)
    page: int = 200
    farthest: int = 100_000
    is_sorted: bool = True
    codes: set[str] = field(default_factory=lambda: {"1000.code", "1000.refresh"})
    lasts: int = 3600
    asked: list[Asked] = field(default_factory=list)
    asked_tokens: list[dict[str, str]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    port: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._serve(self)

            def do_POST(self) -> None:
                outer._serve(self)

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FakeZoho":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Give the port back; for one that never served."""
        self._server.server_close()

    def add(
        self, module: str, record_id: str, modified: str = "2026-11-20T10:00:00+09:00", **values: Any
    ) -> str:
        """Add a record, or change it, and return its id."""
        known = self.records[module]
        old = next((one for one in known if one["id"] == record_id), None)
        if old is None:
            known.append({"id": record_id, "Modified_Time": modified, **values})
        else:
            old.update({"Modified_Time": modified, **values})
        return record_id

    def add_member(self, campaign_id: str, people: str, record_id: str, status: str, name: str = "") -> None:
        """Add a member to a campaign, or change its status.

        Args:
            people: Contacts or Leads.
        """
        known = self.related.setdefault((campaign_id, people), [])
        known[:] = [one for one in known if one["id"] != record_id]
        known.append(
            fixture("campaign_member") | {"id": record_id, "Full_Name": name, "Member_Status": status}
        )

    def link(self, module: str, record_id: str, contact: Record, account: Record, **values: Any) -> None:
        """Add a record to a linking module of contacts and accounts, which comes into being with the first.

        Args:
            contact, account: Name and id.
        """
        if module not in self.linking:
            self.linking.append(module)
            self.records[module] = []
            self.fields[module] = fixture("linking_fields")
        self.add(module, record_id, Contact=contact, Account=account, **values)

    def delete(self, module: str, record_id: str, at: str) -> None:
        """Delete a record."""
        self.records[module] = [one for one in self.records[module] if one["id"] != record_id]
        one = {**fixture("deleted")["data"][0], "id": record_id, "deleted_time": at}
        self.deleted.setdefault(module, []).append(one)

    def count(self, part: str) -> int:
        """Return how many requests had something in their path."""
        return sum(part in one.path for one in self.asked)

    # Serving

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self._lock:
            status, headers, content = self._answer(handler, body)
        data = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name, value)
        if status not in (204, 304):
            handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        parts = urlsplit(handler.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path == "/oauth/v2/token":
            form = {**query, **dict(parse_qsl(body.decode()))}
            self.asked_tokens.append(form)
            return self._tokens(form)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        path = parts.path.removeprefix("/crm/v8")
        self.asked.append(Asked(path, query, headers))
        for one in self.troubles:
            if one.path in handler.path:
                if one.skip:
                    one.skip -= 1
                    break
                one.times -= 1
                if not one.times:
                    self.troubles.remove(one)
                return one.answer
        if headers.get("authorization", "").removeprefix("Zoho-oauthtoken ") not in self.valid:
            return error("INVALID_TOKEN")
        return self._route(path, query, headers)

    def _tokens(self, form: Mapping[str, str]) -> Answer:
        given = form.get("code") or form.get("refresh_token") or ""
        kind = "1000.code" if form.get("grant_type") == "authorization_code" else "1000.refresh"
        if form.get("client_id") != "1000.CLIENT" or form.get("client_secret") != "secret":
            return 200, {}, {"error": "invalid_client"}
        if given not in self.codes or not given.startswith(kind):
            return 200, {}, {"error": "invalid_code"}
        access = f"1000.access{len(self.asked_tokens)}"
        self.valid = {access}
        found = {**fixture("token"), "access_token": access, "expires_in": self.lasts, "api_domain": self.url}
        if kind == "1000.code":
            self.codes.discard(given)
            found["refresh_token"] = "1000.refresh"
        return 200, {}, found

    def _route(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        match path.strip("/").split("/"):
            case ["org"]:
                return 200, {}, fixture("organization")
            case ["settings", "fields"]:
                known = self.fields.get(query.get("module", ""))
                return (200, {}, {"fields": known}) if known else error("OAUTH_SCOPE_MISMATCH")
            case ["settings", "modules"] if self.linking:
                named = [fixture("linking_module") | {"api_name": name} for name in self.linking]
                return 200, {}, {"modules": named}
            case ["Campaigns", campaign, ("Contacts" | "Leads") as people]:
                return self._related(self.related.get((campaign, people), []), query)
            case [module] if module in self.records:
                if not query.get("fields"):
                    return error("REQUIRED_PARAM_MISSING")
                return self._records(self.records[module], query, headers, "Modified_Time")
            case [module, "deleted"] if module in self.records:
                return self._records(self.deleted.get(module, []), query, headers, "deleted_time")
        return error("INVALID_MODULE")

    def _related(self, known: list[Record], query: Mapping[str, str]) -> Answer:
        """Answer a page of a related list by its number; it has no page tokens."""
        if not query.get("fields"):
            return error("REQUIRED_PARAM_MISSING")
        size, number = min(int(query.get("per_page", "200")), self.page), int(query.get("page", "1"))
        some = known[(number - 1) * size : number * size]
        if not some:
            return 204, {}, None
        has_more = number * size < len(known)
        info = {"per_page": size, "page": number, "count": len(some), "more_records": has_more}
        names = ("id", *query["fields"].split(","))
        kept = [{name: one[name] for name in names if name in one} for one in some]
        return 200, {}, {"data": kept, "info": info}

    def _records(
        self, known: list[Record], query: Mapping[str, str], headers: Mapping[str, str], moment: str
    ) -> Answer:
        since = headers.get("if-modified-since")
        found = [one for one in known if not since or _at(one[moment]) >= _at(since)]
        if not found:
            return (304 if since and known else 204), {}, None
        if self.is_sorted and query.get("sort_by") == "Modified_Time":
            found.sort(key=lambda one: _at(one["Modified_Time"]))
        start = int(query.get("page_token", "0").rpartition("-")[2] or 0)
        if start >= self.farthest:
            return error("DISCRETE_PAGINATION_LIMIT_EXCEEDED")
        size = min(int(query.get("per_page", "200")), self.page)
        some = found[start : start + size]
        more = start + size < len(found)
        info = fixture("records_info") | {"count": len(some), "more_records": more}
        if more:
            info |= {
                "next_page_token": f"token-{start + size}",
                "page_token_expiry": "2026-11-23T10:00:00+09:00",
            }
        names = query.get("fields", "").split(",")
        kept = [{name: one[name] for name in one if name in names} if names[0] else one for one in some]
        return 200, {}, {"data": kept, "info": info}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def sample(zoho: FakeZoho) -> None:
    """Add some records that refer to each other."""
    account = {"name": "Zylker", "id": "5725767000000524100"}
    contact = fixture("contact") | {"Account_Name": account}
    zoho.add("Accounts", account["id"], Account_Name="Zylker", Phone="03-1234-5678", Billing_City="千代田区")
    zoho.records["Contacts"].append(contact)
    zoho.add(
        "Leads",
        "5725767000000524201",
        Last_Name="佐藤",
        First_Name="花子",
        Company="山田商事",
        Lead_Status="Contacted",
    )
    zoho.add("Campaigns", "5725767000000524250", Campaign_Name="Autumn", Type="Email", Status="Active")
    zoho.add(
        "Deals",
        "5725767000000524260",
        Deal_Name="Terminals",
        Stage="Qualification",
        Amount=1250000,
        Closing_Date="2026-12-24",
        Account_Name=account,
        Contact_Name={"name": "Paul Daly", "id": contact["id"]},
        Campaign_Source={"name": "Autumn", "id": "5725767000000524250"},
    )
    zoho.add(
        "Tasks",
        "5725767000000524270",
        Subject="Call back",
        Due_Date="2026-12-01",
        Status="Not Started",
        Priority="High",
        What_Id={"name": "Terminals", "id": "5725767000000524260"},
        **{"$se_module": "Deals"},
    )
    zoho.add(
        "Events",
        "5725767000000524280",
        Event_Title="Demo",
        Start_DateTime="2026-12-02T10:00:00+09:00",
        End_DateTime="2026-12-02T11:00:00+09:00",
        Venue="Room 3",
        Participants=[
            {"type": "contact", "participant": contact["id"], "name": "Paul Daly", "Email": contact["Email"]},
            {"type": "email", "participant": "guest@zylker.com", "Email": "guest@zylker.com"},
        ],
        What_Id={"name": "佐藤 花子", "id": "5725767000000524201"},
        **{"$se_module": "Leads"},
    )
    zoho.records["Calls"].append(fixture("call"))


def main() -> None:
    """Serve some records until Ctrl+C."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8081
    with FakeZoho(port=port) as zoho:
        sample(zoho)
        zoho.add_member("5725767000000524250", "Leads", "5725767000000524201", "Invited", "佐藤 花子")
        known = "client id 1000.CLIENT, secret “secret”, code 1000.code or token 1000.refresh"
        sys.stdout.write(f"{zoho.url}  {known}\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
