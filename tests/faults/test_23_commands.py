"""Fault 23 on the command line: every subcommand asks for what the policy says, or a list says why not."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import click
import pytest

from crm_tui.clock import FrozenClock
from crm_tui.commands.root import root
from crm_tui.domain.imports.rules import IMPORTABLE
from crm_tui.domain.modules import ACTIVITIES, PARENTS, Module
from crm_tui.store.url import StoreUrl
from tests.cli.conftest import Cli, cli
from tests.faults.office import MODULES, Office, office_file, store_url
from tests.faults.policy import PROFILES
from tests.store.conftest import open_services
from tests.store.samples import LEAST, NAME_FIELD

__all__ = ["cli", "office_file", "store_url"]


@dataclass(frozen=True)
class Row:
    """A subcommand that works on records.

    Attributes:
        verb: What it asks for.
        args: What follows it; ``{it}`` is the record in question, ``{contact}`` one of one's own.
        module: What the record in question is; None where none is named.
        own: What it answers about a record of one's own, where that isn't "done".
        missing: What it answers about no record, and so about one out of sight.
        short: Its sibling of another module is tried in full.
    """

    verb: str
    args: str = ""
    module: Module | None = None
    own: str = "done"
    missing: str = "not_found"
    short: bool = False


def _rows() -> Iterator[tuple[str, Row]]:
    for module in MODULES:
        name, short = module.value, module is not Module.CONTACT
        named = NAME_FIELD.get(module, "title" if module is Module.NOTE else "subject")
        yield f"{name} list", Row("view", short=short)
        yield f"{name} show", Row("view", "{it}", module, short=short)
        yield f"{name} edit", Row("edit", f"{{it}} --set {named}=Changed", module, short=short)
        if module is not Module.NOTE:
            yield f"{name} assign", Row("edit", "{it} --to other", module, short=True)
        if module in LEAST:
            values = " ".join(f"--set {field}={value}" for field, value in LEAST[module].items())
            yield f"{name} add", Row("create", values, short=short)
        if module in (Module.LEAD, Module.CONTACT, Module.ACCOUNT):
            yield f"{name} duplicates", Row("view", short=short)
            yield f"{name} merge", Row("delete", f"{{{name}}} {{it}}", module, short=True)
        yield f"{name} delete", Row("delete", "{it}", module, short=short)


A, C, K, L = Module.ACCOUNT, Module.CONTACT, Module.CAMPAIGN, Module.LEAD

COMMANDS: Mapping[str, Row] = {
    "account associate": Row("edit", "{it} {contact}", A),
    "account set-role": Row("edit", "{it} {contact} Buyer", A),
    "account set-primary": Row("edit", "{contact} {it}", A),
    "account dissociate": Row("edit", "{it} {contact} --cases stay", A, own="conflict"),
    "campaign add-members": Row("edit", "{it} --leads {lead}", K),
    "campaign members": Row("view", "{it}", K),
    "campaign set-status": Row("edit", "{it} {lead} responded", K),
    "campaign remove-member": Row("edit", "{it} {lead}", K),
    "note add": Row("create", "--set body=x --set parent=contact:{contact}"),
    "task complete": Row("edit", "{it}", Module.TASK),
    "task reschedule": Row("edit", "{it} --at +2d", Module.TASK),
    "event complete": Row("edit", "{it}", Module.EVENT),
    "event reschedule": Row("edit", "{it} --at +2d", Module.EVENT, own="conflict"),
    "event cancel": Row("edit", "{it}", Module.EVENT, own="conflict"),
    "call reschedule": Row("edit", "{it} --at +2h", Module.CALL),
    "call start": Row("create", "{it}", Module.CALL),
    "call stop": Row("edit", "{it}", Module.CALL),
    "call save": Row("edit", "{it} --result interested", Module.CALL),
    "call complete": Row("edit", "{it} --started-at -1h", Module.CALL, own="conflict"),
    "call cancel": Row("edit", "{it}", Module.CALL, own="conflict"),
    "call log": Row("create", "--who {it} --subject x --duration 60s", C, missing="invalid"),
    "call add": Row("create", "--set who=contact:{contact}", own="invalid"),
    "call schedule": Row("create", "--who {it} --subject x --at +1h", C, missing="invalid"),
    "portal": Row("view", "--contact {it}", C),
    "lead convert": Row("edit", "{it} --new-account", L),
    "report calls": Row("view", "--from today --to today"),
    "report board": Row("view"),
    "queue start": Row("view", "--module lead --view all"),
    "calendar": Row("view", "--from today --to today"),
    **dict(_rows()),
}
"""What takes a record or makes one; of one's own record it does so in this order."""

ADMINISTRATION: Mapping[str, str] = {
    "user add": "spy --profile administrator",
    "user edit": "chief --profile administrator",
    "user disable": "other",
    "user enable": "other",
    "profile set": "chief lead --view yes",
    "setting set": "region US",
    "setting call-layout": "--required result",
    "picklist add": "lead_source x --label-en X --label-ja X",
    "picklist edit": "lead_source web --label-en X",
    "field add": "lead size --type number",
    "field edit": "lead size --label Size",
    "field delete": "lead size",
    "lead field-map": "size --nowhere",
    "bin purge": "01890000-0000-7000-8000-000000000000",
    "pop": "0312345678 --agent other",
    "audit": "",
}
"""What only administrators may, and supervisors read."""

ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(
        ("demo", "init", "doctor", "version", "completion", "config show", "config path", "config validate"),
        "works on no record",
    ),
    **dict.fromkeys(
        ("db upgrade", "db current", "db check", "db backup", "db restore"),
        "is for whoever has the file",
    ),
    **dict.fromkeys(
        ("user list", "profile list", "profile show", "setting show", "picklist list", "picklist show"),
        "tells nothing of records",
    ),
    "field list": "tells nothing of records",
    **dict.fromkeys(
        ("view list", "view show", "view add", "view edit", "view delete", "undo", "bin list", "bin restore"),
        "reaches what is one's own: fault 28",
    ),
    **dict.fromkeys(
        ("reminder due", "reminder snooze", "reminder dismiss"), "reaches what is one's own: fault 28"
    ),
    **dict.fromkeys(
        (f"queue {name}" for name in ("next", "skip", "done", "release", "status", "list")),
        "works in a queue that was started: tests/store/test_queue_rights.py",
    ),
    **dict.fromkeys(
        ("number show", "number list", "number flag", "number clear"),
        "asks for sight of people, and for the right to edit them: tests/store/test_numbers.py",
    ),
    **dict.fromkeys(
        (
            f"mail account {name}"
            for name in (
                *("list", "show", "add", "edit", "enable", "disable", "test", "folders", "share"),
                *("password", "authorize", "remove"),
            )
        ),
        "reaches one's own accounts: tests/store/test_mail_accounts.py",
    ),
    **dict.fromkeys(
        ("mail send", *(f"mail outbox {name}" for name in ("list", "show", "cancel", "retry", "resolve"))),
        "sends one's own mail: tests/store/test_mail_outbox.py",
    ),
    **dict.fromkeys(("mail sync", "mail status"), "looks after one's own accounts: tests/cli/test_mail.py"),
    **dict.fromkeys(
        (f"mail {name}" for name in ("list", "show", "thread", "associate", "dissociate")),
        "holds what the sight of mail holds: tests/store/test_mail_messages.py",
    ),
    **dict.fromkeys(
        ("mail attachment list", "mail attachment save"),
        "belongs to a mail in sight: tests/store/test_mail_messages.py",
    ),
    **dict.fromkeys(
        (f"mail {name}" for name in ("add", "remove", "to-lead", "to-contact", "to-case")),
        "asks for sight of the mail and of the record: tests/store/test_mail_records.py",
    ),
    "mail renew-key": "is for administrators: tests/store/test_mail_accounts.py",
    "mail settings": "reaches what is one's own, else an administrator's: tests/store/test_mail_records.py",
    **dict.fromkeys(
        (f"import {module.value}" for module in IMPORTABLE),
        "asks for the right to create or edit such records: tests/store/test_imports.py",
    ),
    "import associations": "asks for sight of both ends: tests/store/test_import_associations.py",
    **dict.fromkeys(
        (f"import {name}" for name in ("list", "show", "resume", "run", "cancel", "undo", "rejects")),
        "reaches one's own imports: fault 28",
    ),
    "sync file": "asks for the right to create or edit what comes: tests/store/test_outlook_rights.py",
    "sync status": "reaches one's own connections and runs: fault 28",
    **dict.fromkeys(
        (
            f"sync {name}"
            for name in ("accounts", "set", "disconnect", "categories", "connect outlook", "connect zoho")
        ),
        "reaches one's own connections: fault 28",
    ),
    "sync outlook": "asks for the right to create or edit what comes: tests/store/test_outlook_rights.py",
    "sync zoho": "asks for the right to create or edit what comes: tests/sync/test_zoho_rounds.py",
    "event to-outlook": "asks for sight of each event: tests/sync/test_outlook_sending.py",
    "find": "holds what is in sight: tests/store/test_permissions.py",
    "export": "holds what a list holds: tests/store/test_exports.py",
    **dict.fromkeys(
        ("event export", "contact export"), "asks for sight of each: tests/store/test_calendar_file.py"
    ),
}
"""Every other subcommand, and why."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every subcommand by its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name))


def test_every_subcommand_has_a_row() -> None:
    rows = [*COMMANDS, *ADMINISTRATION, *ELSEWHERE]
    there = set(commands(root))
    unknown, gone = there - set(rows), set(rows) - there
    assert unknown == set(), "one of the tables above has to say what these ask for"
    assert gone == set()
    assert len(rows) == len(set(rows))


@pytest.fixture
def records(store_url: StoreUrl) -> Mapping[str, Mapping[Module, str]]:
    """Ids of a record of each module: of the user ``lone``, and of the user ``other``; two of the former."""
    return asyncio.run(_records(store_url))


async def _records(url: StoreUrl) -> dict[str, dict[Module, str]]:
    services = await open_services(url, FrozenClock())
    names = (*PROFILES, "mate", "other")
    users = {name: await services.users.sign_in(name) for name in names}
    office = Office(services, await services.users.sign_in("root"), users)
    made: dict[str, dict[Module, str]] = {"it": {}, "beside": {}, "foreign": {}}
    for module in (*PARENTS, *ACTIVITIES, Module.NOTE):
        first, second = await office.add(module, users["lone"].user, 2)
        [foreign] = await office.add(module, users["other"].user, 1)
        made["it"][module], made["beside"][module], made["foreign"][module] = first.id, second.id, foreign.id
    await services.close()
    return made


def test_every_subcommand_keeps_to_the_policy(
    cli: Cli, store_url: StoreUrl, records: Mapping[str, Mapping[Module, str]]
) -> None:
    def answer(command: str, row: Row, user: str, it: str) -> str:
        own = {module.value: record_id for module, record_id in records["beside"].items()}
        words = [word.format(it=it, **own) for word in row.args.split()]
        result = cli(*command.split(), *words, "--user", user)
        return "done" if result.code == 0 else str(result.error["code"])

    cli.options += ["--store", f"sqlite:///{store_url.path}", "--format", "json"]
    for command, row in COMMANDS.items():
        foreign = records["foreign"][row.module] if row.module else ""
        if row.module:
            assert answer(command, row, "lone", foreign) == row.missing, command
        if row.short and row.module:
            continue
        # Who lacks the verb sees the record, unless it is seeing that they lack.
        without = "nobody" if row.verb == "view" else "reader"
        assert answer(command, row, without, foreign) == "not_allowed", command
        if not row.short:
            it = records["it"][row.module] if row.module else ""
            assert answer(command, row, "lone", it) == row.own, command


def test_only_administrators_administer(cli: Cli, store_url: StoreUrl) -> None:
    cli.options += ["--store", f"sqlite:///{store_url.path}", "--user", "chief", "--format", "json"]
    for command, args in ADMINISTRATION.items():
        result = cli(*command.split(), *args.split())
        assert result.error["code"] == "not_allowed", (command, result.err)
