"""A Microsoft Graph of our own, on a real socket: ``python -m tests.fakes.graph [port]``.

It follows the documentation, not a tenant: folders, lists, delta rounds with skip and delta tokens,
``@removed``, extended properties, series, events that are added, and Microsoft's sign-in by device code.
Tests tell it what goes wrong. Run as a program it has a small mailbox and agrees to every sign-in.
"""

import base64
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from tests.fakes.graph_answers import Answer, missing, refusal
from tests.fakes.graph_mailbox import CALENDAR, CONTACTS, Item, Mailbox

PAGE = 3


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Trouble:
    """What a request gets instead of its answer.

    Attributes:
        path: Part of the path and query that it happens to.
        times: How often.
        skip: How many requests go well before.
        answer: Called instead; None leaves the answer and changes it by ``change``.
    """

    path: str
    answer: Answer | None = None
    times: int = 1
    skip: int = 0
    change: Callable[[Any], Any] | None = None


@dataclass
class SignIn:
    """The part of Microsoft that gives out tokens.

    Attributes:
        pending: How often one hears first that the agent hasn't agreed yet.
        error: What one hears instead of tokens.
        lasts: Seconds that an access token holds.
        names: Whether tokens say who signed in.
    """

    pending: int = 1
    error: dict[str, str] | None = None
    lasts: int = 3600
    names: bool = True
    interval: int = 0
    given: int = 0
    valid: set[str] = field(default_factory=set)


class FakeGraph:
    """The server; a context manager.

    Attributes:
        asked: All requests to Graph, in order; those for tokens are in ``asked_tokens``.
        troubles: What goes wrong next.
        lists_extended: Whether extended properties of many contacts can be asked for at once.
    """

    def __init__(self, mailbox: Mailbox | None = None, port: int = 0) -> None:
        self.mailbox = mailbox or Mailbox()
        self.sign_in = SignIn()
        self.page = PAGE
        self.lists_extended = True
        self.asked: list[Asked] = []
        self.asked_tokens: list[dict[str, str]] = []
        self.troubles: list[Trouble] = []
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                outer._serve(self)

            def do_POST(self) -> None:
                outer._serve(self)

            def do_PATCH(self) -> None:
                outer._serve(self)

            def do_DELETE(self) -> None:
                outer._serve(self)

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FakeGraph":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def count(self, part: str) -> int:
        """Return how many requests had something in their path."""
        return sum(part in one.path for one in self.asked)

    # Serving

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        with self._lock:
            status, headers, content = self._answer(handler, body)
        if content is None:
            handler.close_connection = True
            return
        data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        parts = urlsplit(handler.path)
        if "/oauth2/v2.0/" in parts.path:
            form = dict(parse_qsl(body.decode()))
            self.asked_tokens.append({"path": parts.path, **form})
            return self._tokens(parts.path.rpartition("/")[2], form)
        asked = Asked(
            handler.command,
            parts.path.removeprefix("/v1.0"),
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in handler.headers.items()},
            json.loads(body) if body else None,
        )
        self.asked.append(asked)
        trouble = self._trouble(handler.path)
        if trouble is not None and trouble.answer is not None:
            return trouble.answer
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.sign_in.valid:
            return (
                401,
                {},
                refusal("InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
            )
        status, headers, content = self._route(asked)
        if trouble is not None and trouble.change is not None:
            content = trouble.change(content)
        return status, headers, content

    def _trouble(self, path: str) -> Trouble | None:
        for one in self.troubles:
            if one.path not in unquote(path):
                continue
            if one.skip:
                one.skip -= 1
                return None
            one.times -= 1
            if not one.times:
                self.troubles.remove(one)
            return one
        return None

    # Tokens

    def _tokens(self, what: str, form: dict[str, str]) -> Answer:
        sign_in = self.sign_in
        if sign_in.error is not None:
            return 400, {}, sign_in.error
        if what == "devicecode":
            return (
                200,
                {},
                {
                    "user_code": "GUDT5XQ9Z",
                    "device_code": "GAQABAAEAAAD",
                    "verification_uri": "https://microsoft.com/devicelogin",
                    "expires_in": 900,
                    "interval": sign_in.interval,
                    "message": "To sign in, use a web browser.",
                },
            )
        if form.get("grant_type", "").endswith("device_code") and sign_in.pending:
            sign_in.pending -= 1
            return 400, {}, {"error": "authorization_pending", "error_description": "AADSTS70016: Pending."}
        sign_in.given += 1
        access = f"access-{sign_in.given}"
        sign_in.valid.add(access)
        found: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": "Contacts.Read Tasks.Read Calendars.ReadWrite",
            "expires_in": sign_in.lasts,
            "access_token": access,
            "refresh_token": f"refresh-{sign_in.given}",
        }
        if sign_in.names:
            claims = {"oid": "oid-1", "preferred_username": "hanako@contoso.example", "sub": "s", "tid": "t"}
            claims |= {"aud": form.get("client_id", ""), "iss": "x", "exp": int(time.time()) + 3600}  # type: ignore[dict-item]
            found["id_token"] = ".".join((_base64({"alg": "none"}), _base64(claims), ""))
            found["client_info"] = _base64({"uid": "oid-1", "utid": "t"})
        return 200, {}, found

    # Graph

    def _route(self, asked: Asked) -> Answer:
        pieces = [unquote(piece) for piece in asked.path.strip("/").split("/")]
        box = self.mailbox
        match asked.method, pieces:
            case "GET", ["me"]:
                return 200, {}, {"id": "oid-1", "mail": "hanako@contoso.example"}
            case "GET", ["me", "outlook", "masterCategories"]:
                return 200, {}, {"value": [{"id": name, "displayName": name} for name in box.categories]}
            case "GET", ["me", "contactFolders"]:
                return 200, {}, {"value": _folders(box, None)}
            case "GET", ["me", "contactFolders", folder, "childFolders"]:
                return 200, {}, {"value": _folders(box, folder)}
            case "GET", ["me", "contacts"]:
                some = list(box.places[CONTACTS].values())[: int(asked.query.get("$top", "10"))]
                return 200, {}, {"value": some}
            case "GET", ["me", "contacts", "delta"]:
                return self._delta(CONTACTS, asked, "/me/contacts/delta")
            case "GET", ["me", "contactFolders", folder, "contacts"] if self.lists_extended:
                return self._listed(folder, asked)
            case "GET", ["me", "contactFolders", folder, "contacts", "delta"]:
                return self._delta(folder, asked, f"/me/contactFolders/{folder}/contacts/delta")
            case "GET", ["me", "todo", "lists"]:
                return 200, {}, {"value": [{"id": key, "displayName": n} for key, n in box.lists.items()]}
            case "GET", ["me", "todo", "lists", name, "tasks", "delta"]:
                return self._delta(name, asked, f"/me/todo/lists/{name}/tasks/delta")
            case "GET", ["me", "calendarView"]:
                return 200, {}, {"value": list(box.places[CALENDAR].values())}
            case "GET", ["me", "calendarView", "delta"]:
                return self._delta(CALENDAR, asked, "/me/calendarView/delta")
            case "GET", ["me", "contacts", remote_id] if "$expand" in asked.query:
                return self._extended(remote_id)
            case ("GET", ["me", "contacts", remote_id]) | (
                "GET",
                ["me", "todo", "lists", _, "tasks", remote_id],
            ):
                found = box.found(remote_id)
                return (200, {}, found[1]) if found else missing()
            case "GET", ["me", "events", remote_id]:
                known = box.masters.get(remote_id) or box.places[CALENDAR].get(remote_id)
                return (200, {}, known) if known else missing()
            case "POST", ["me", "events"]:
                return self._add_event(asked.body)
            case "PATCH", ["me", "events", remote_id]:
                item = box.places[CALENDAR].get(remote_id)
                if item is None:
                    return missing()
                box.put(CALENDAR, item | asked.body)
                return 200, {}, box.places[CALENDAR][remote_id]
            case ("POST", ["me", "events", remote_id, "cancel"]) | ("DELETE", ["me", "events", remote_id]):
                if remote_id not in box.places[CALENDAR]:
                    return missing()
                box.remove(CALENDAR, remote_id)
                return (202 if asked.method == "POST" else 204), {}, b""
        return missing()

    def _delta(self, place: str, asked: Asked, path: str) -> Answer:
        """Answer a page: tokens say since when, up to when, and where in between one is."""
        if place not in self.mailbox.places:
            return missing()
        until, at = len(self.mailbox.log), 0
        since = int(asked.query.get("$deltatoken", "0"))
        if token := asked.query.get("$skiptoken"):
            since, until, at = (int(number) for number in token.split("."))
        items = [_within(one, asked) for one in self.mailbox.changed(place, since)]
        found = [one for one in items if one is not None]
        page, following = found[at : at + self.page], at + self.page
        answer: dict[str, Any] = {"@odata.context": f"{self.url}/v1.0/$metadata#Collection", "value": page}
        base = f"{self.url}/v1.0{path}"
        if following < len(found):
            answer["@odata.nextLink"] = f"{base}?$skiptoken={since}.{until}.{following}"
        else:
            answer["@odata.deltaLink"] = f"{base}?$deltatoken={until}"
        return 200, {}, answer

    def _extended(self, remote_id: str) -> Answer:
        if self.mailbox.found(remote_id) is None:
            return missing()
        values = self.mailbox.extended.get(remote_id, {})
        listed = [{"id": key, "value": value} for key, value in values.items()]
        found: Item = {"id": remote_id, **({"singleValueExtendedProperties": listed} if listed else {})}
        return 200, {}, found

    def _listed(self, folder: str, asked: Asked) -> Answer:
        """Answer a page of the contacts of a folder with what was selected and expanded."""
        at, kept = int(asked.query.get("$skip", "0")), asked.query["$select"].split(",")
        items = list(self.mailbox.places[folder].values())
        page = [
            {name: one[name] for name in kept} | self._extended(one["id"])[2]
            for one in items[at : at + self.page]
        ]
        answer: dict[str, Any] = {"value": page}
        if at + self.page < len(items):
            query = urlencode(asked.query | {"$skip": str(at + self.page)})
            answer["@odata.nextLink"] = f"{self.url}/v1.0{asked.path}?{query}"
        return 200, {}, answer

    def _add_event(self, body: Item) -> Answer:
        box = self.mailbox
        transaction = body.get("transactionId", "")
        if transaction in box.sent:
            return 409, {}, refusal("ErrorDuplicateTransactionId", "The TransactionId has already been used.")
        remote_id = box.put(CALENDAR, body)
        if transaction:
            box.sent[transaction] = remote_id
        return 201, {}, box.places[CALENDAR][remote_id]


def _folders(box: Mailbox, parent: str | None) -> list[Item]:
    """Return the folders of contacts inside of one, or of the default one."""
    inside = (one for one in box.folders if box.parents.get(one) == parent)
    return [{"id": one, "displayName": box.folders[one]} for one in inside]


def _within(item: Item, asked: Asked) -> Item | None:
    """Return an event if the view of the calendar has it; later rounds don't repeat their days."""
    first, last = asked.query.get("startDateTime"), asked.query.get("endDateTime")
    if first is None or last is None or "start" not in item:
        return item
    return item if first[:19] <= item["start"]["dateTime"][:19] < last[:19] else None


def _base64(fields: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def main() -> None:
    """Serve a small mailbox until the program is ended."""
    from datetime import UTC, datetime, timedelta

    box = Mailbox()
    soon = datetime.now(UTC).replace(microsecond=0, tzinfo=None) + timedelta(days=1)
    box.contact(categories=["Zoho"], surname="田中", givenName="花子", yomiSurname="タナカ")
    for number in range(7):
        box.contact(
            surname=f"Sample {number}", emailAddresses=[{"address": f"sample{number}@contoso.example"}]
        )
    box.task(categories=["Zoho"])
    box.event(
        categories=["Zoho"],
        start={"dateTime": soon.isoformat(), "timeZone": "UTC"},
        end={"dateTime": (soon + timedelta(hours=1)).isoformat(), "timeZone": "UTC"},
    )
    with FakeGraph(box, int(sys.argv[1]) if len(sys.argv) > 1 else 8080) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
