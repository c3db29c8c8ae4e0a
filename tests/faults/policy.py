"""The policy, said once more and as plainly as can be: who may do what, and what each door asks for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from crm_tui.domain.actor import FULL_GRANT, Actor, Grant, Scope
from crm_tui.domain.custom_fields import DefinitionChange
from crm_tui.domain.fields import FieldType
from crm_tui.domain.layout import CallLayout
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.picklists import Choice
from crm_tui.domain.records import Ref
from crm_tui.services.container import Services
from tests.store.samples import NAME_FIELD

VERBS = ("view", "create", "edit", "delete")
OWNERS = ("me", "mate", "other")


@dataclass(frozen=True)
class Profile:
    """What a profile grants on every area, and what follows from it.

    Attributes:
        may: The verbs it has.
        sees: Whose records it reaches.
    """

    grant: Grant
    may: tuple[str, ...]
    sees: tuple[str, ...]

    def verdict(self, verb: str, owner: str = "me") -> str:
        """Return what every door says: "done", "not_allowed", or "not_found" as of nothing."""
        if verb not in self.may:
            return "not_allowed"
        return "done" if owner in self.sees or verb == "create" else "not_found"


PROFILES: Mapping[str, Profile] = {
    "nobody": Profile(Grant(), (), ()),
    "reader": Profile(Grant(view=True), ("view",), OWNERS),
    "clerk": Profile(Grant(True, True, True, False, Scope.TEAM), ("view", "create", "edit"), ("me", "mate")),
    "cleaner": Profile(Grant(True, False, False, True, Scope.TEAM), ("view", "delete"), ("me", "mate")),
    "lone": Profile(Grant(True, True, True, True, Scope.OWN), VERBS, ("me",)),
    "chief": Profile(Grant(True, True, True, True, Scope.ALL), VERBS, OWNERS),
}

# Doors of the services

Call = Callable[[Services, Actor, Ref], Awaitable[object]]


@dataclass(frozen=True)
class Door:
    """A way to one record.

    Attributes:
        verb: What it asks for.
        call: Goes through it.
        modules: Whose records it is for; None for all.
        harmless: It changes nothing, also when it is allowed.
    """

    verb: str
    call: Call
    modules: tuple[Module, ...] | None = None
    harmless: bool = True


TASK, EVENT, CALL = Module.TASK, Module.EVENT, Module.CALL


def _named(ref: Ref) -> dict[str, object]:
    return {NAME_FIELD.get(ref.module, "title" if ref.module is Module.NOTE else "subject"): "Changed"}


RECORD_DOORS: Mapping[str, Door] = {
    "records.get": Door("view", lambda s, a, r: s.records(r.module).get(a, r.id)),
    "records.resolve": Door("view", lambda s, a, r: s.records(r.module).resolve(a, r.id)),
    "records.consequences": Door("delete", lambda s, a, r: s.records(r.module).consequences(a, r.id)),
    "records.update": Door(
        "edit", lambda s, a, r: s.records(r.module).update(a, r.id, _named(r)), harmless=False
    ),
    "records.delete": Door("delete", lambda s, a, r: s.records(r.module).delete(a, [r.id]), harmless=False),
    "tasks.complete": Door("edit", lambda s, a, r: s.tasks.complete(a, r.id), (TASK,), False),
    "tasks.reschedule": Door("edit", lambda s, a, r: s.tasks.reschedule(a, r.id, "+3d"), (TASK,), False),
    "tasks.close": Door("edit", lambda s, a, r: s.tasks.close(a, r.id, "completed"), (TASK,), False),
    "events.complete": Door("edit", lambda s, a, r: s.events.complete(a, r.id), (EVENT,), False),
    "events.cancel": Door("edit", lambda s, a, r: s.events.cancel(a, r.id), (EVENT,), False),
    "events.reschedule": Door("edit", lambda s, a, r: s.events.reschedule(a, r.id, "+3h"), (EVENT,), False),
    "events.close": Door("edit", lambda s, a, r: s.events.close(a, r.id, "completed"), (EVENT,), False),
    "calls.get": Door("view", lambda s, a, r: s.calls.get(a, r.id), (CALL,)),
    "calls.consequences": Door("delete", lambda s, a, r: s.calls.consequences(a, r.id), (CALL,)),
    "calls.update": Door("edit", lambda s, a, r: s.calls.update(a, r.id, _named(r)), (CALL,), False),
    "calls.reschedule": Door("edit", lambda s, a, r: s.calls.reschedule(a, r.id, "+3h"), (CALL,), False),
    "calls.complete": Door(
        "edit",
        lambda s, a, r: s.calls.complete(
            a, r.id, {"starts_at": "today 0:00", "duration_seconds": "1:00", "result": "interested"}
        ),
        (CALL,),
        False,
    ),
    "calls.cancel": Door("edit", lambda s, a, r: s.calls.cancel(a, r.id), (CALL,), False),
    "calls.delete": Door("delete", lambda s, a, r: s.calls.delete(a, [r.id]), (CALL,), False),
    "activities.get": Door("view", lambda s, a, r: s.activities.get(a, r.id), (TASK, EVENT, CALL)),
    "moves.of": Door("view", lambda s, a, r: s.moves.of(a, r), (TASK, EVENT, CALL)),
    "activities.kind_of": Door("view", lambda s, a, r: s.activities.kind_of(a, r.id), (TASK, EVENT, CALL)),
}
"""Everything that takes one record and an actor."""

ADMINISTRATION: Mapping[str, Callable[[Services, Actor], Awaitable[object]]] = {
    "users.add": lambda s, a: s.users.add(a, {"name": "spy", "profile": "administrator"}),
    "users.edit": lambda s, a: s.users.edit(a, a.name, {"profile": "administrator"}),
    "users.disable": lambda s, a: s.users.disable(a, "other"),
    "users.enable": lambda s, a: s.users.enable(a, "other"),
    "profiles.set": lambda s, a: s.profiles.set(a, a.profile, Area.LEAD, FULL_GRANT),
    "settings.set_option": lambda s, a: s.settings.set_option(a, "region", "US"),
    "settings.set_call_layout": lambda s, a: s.settings.set_call_layout(a, CallLayout()),
    "picklists.add": lambda s, a: s.picklists.add(a, "lead_source", Choice("x", "X", "X")),
    "picklists.edit": lambda s, a: s.picklists.edit(a, "lead_source", "web", active=False),
    "custom_fields.add": lambda s, a: s.custom_fields.add(a, Module.LEAD, "size", FieldType.NUMBER),
    "custom_fields.edit": lambda s, a: s.custom_fields.edit(a, Module.LEAD, "size", DefinitionChange("Size")),
    "custom_fields.delete": lambda s, a: s.custom_fields.delete(a, Module.LEAD, "size"),
    "conversion.send_field": lambda s, a: s.conversion.send_field(a, "size", None),
    "bin.purge": lambda s, a: s.bin.purge(a, ["01890000-0000-7000-8000-000000000000"]),
    "pops.offer": lambda s, a: s.pops.offer(a, "other", "03-1234-5678"),
    "audit.verify": lambda s, a: s.audit.verify(a),
    "audit.list": lambda s, a: s.audit.list(a),
}
"""What only administrators do; supervisors read the audit trail and announce callers too."""

ENDS = "both ends are looked at: fault 25"
OUTLOOK = "asks for the right to create or edit what comes: tests/store/test_outlook_rights.py"
OWN = "reaches what is one's own alone: fault 28"
LISTED = "holds what is in sight alone: tests/store/test_permissions.py and the lists below"
BESIDE = "tells of one record in sight: faults 24 and 28"
MAIL = "is looked at by the sight of mail: tests/store/test_mail_messages.py"
MAIL_RECORDS = "asks for sight of the mail and of both ends: tests/store/test_mail_records.py"
OUTBOX = "reaches one's own, and only what it names in sight: tests/store/test_mail_outbox.py"
IMPORTS = "one's own, by the rights on what comes in: tests/store/test_imports.py"
QUEUED = "asks for sight of the records and the right to make calls: tests/store/test_queue_rights.py"
NUMBERS = "sight of leads, contacts or accounts, the right to edit them to flag: tests/store/test_numbers.py"
PLAIN = "tells or keeps nothing of records"

ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(("records.list", "records.count", "activities.list", "activities.count"), LISTED),
    **dict.fromkeys(("search.find", "duplicates.list", "duplicates.possible", "bin.list"), LISTED),
    **dict.fromkeys(("calls.list", "calls.count", "records.create", "records.is_searched"), LISTED),
    **dict.fromkeys(("activities.is_searched", "conversion.accounts_named"), LISTED),
    **dict.fromkeys(("calls.start", "calls.log", "calls.schedule"), ENDS),
    **dict.fromkeys(
        ("bulk.choose", "bulk.choose_list", "bulk.assign", "bulk.set_field", "bulk.delete"), ENDS
    ),
    **dict.fromkeys(("conversion.preview", "conversion.convert", "merge.preview", "merge.merge"), ENDS),
    **dict.fromkeys(
        (f"associations.{name}" for name in ("associate", "associate_accounts", "dissociate", "parting")),
        ENDS,
    ),
    **dict.fromkeys(("associations.set_primary", "associations.change_role"), ENDS),
    **dict.fromkeys(("members.add", "members.add_list", "members.set_status", "members.remove"), ENDS),
    **dict.fromkeys(("bin.restore", "records.checked", "records.resolved", "bulk.checked"), ENDS),
    **dict.fromkeys(("calendar.between", "exports.write", "exports.write_items"), LISTED),
    **dict.fromkeys(("reports.call_ids", "report_files.write", "board.now", "reports.calls"), LISTED),
    "reports.teams": PLAIN,
    **dict.fromkeys(
        ("overlaps.find", "overlaps.around"),
        "what is out of sight is told as taken time without a name: tests/store/test_overlaps.py",
    ),
    "calling_hours.time_outside": "somebody out of sight has no clock: tests/store/test_calling_hours.py",
    **dict.fromkeys(("activities.related", "activities.related_counts", "notes.of", "audit.history"), BESIDE),
    **dict.fromkeys(("contacts.accounts", "cases.account_for", "calls.recent"), BESIDE),
    **dict.fromkeys(("cases.list_around", "cases.count_around", "records.as_seen"), BESIDE),
    **dict.fromkeys(
        (f"associations.{name}" for name in ("list", "count", "among", "role", "cases_at_stake")), BESIDE
    ),
    **dict.fromkeys(
        (f"members.{name}" for name in ("list", "everyone", "count", "counts", "among", "already_listed")),
        BESIDE,
    ),
    **dict.fromkeys(("portal.contact", "portal.list", "portal.count", "portal.get"), BESIDE),
    **dict.fromkeys((f"drafts.{name}" for name in ("save", "load", "take", "hold", "release")), OWN),
    **dict.fromkeys(("drafts.discard", "drafts.pending"), OWN),
    **dict.fromkeys(
        (
            f"mail_accounts.{name}"
            for name in ("list", "own", "status", "own_status", "get", "folders", "add", "change")
        ),
        OWN,
    ),
    **dict.fromkeys(
        (f"mail_accounts.{name}" for name in ("share", "set_password", "choose_folders", "fetch_now")), OWN
    ),
    **dict.fromkeys(("mail_accounts.enable", "mail_accounts.disable", "mail_tokens.keep"), OWN),
    **dict.fromkeys(("mail_removal.preview", "mail_removal.remove"), OWN),
    **dict.fromkeys(
        (f"sync_accounts.{name}" for name in ("list", "get", "check_allowed", "connect", "change")), OWN
    ),
    **dict.fromkeys(
        (f"sync_accounts.{name}" for name in ("enable", "disable", "disconnect", "record_sent")), OWN
    ),
    **dict.fromkeys(
        (f"mail_messages.{name}" for name in ("list", "count", "get", "thread", "whole", "resolve")), MAIL
    ),
    **dict.fromkeys(("mail_messages.unread", "mail_messages.mark"), OWN),
    "mail_attachments.sources": MAIL,
    **dict.fromkeys(("mail_accounts.sharers", "mail_deals.offered", "mail_deals.choices"), MAIL),
    **dict.fromkeys((f"mail_deals.{name}" for name in ("associate", "associate_new", "dissociate")), MAIL),
    **dict.fromkeys(("mail_deals.associate_all", "mail_deals.dissociate_all"), MAIL),
    **dict.fromkeys(
        (f"mail_records.{name}" for name in ("sender_records", "add", "add_to_sender", "remove")),
        MAIL_RECORDS,
    ),
    **dict.fromkeys((f"mail_records.to_{name}" for name in ("lead", "contact", "case")), MAIL_RECORDS),
    **dict.fromkeys((f"mail_records.{name}_values" for name in ("lead", "contact", "case")), MAIL_RECORDS),
    **dict.fromkeys(
        (f"mail_outbox.{name}" for name in ("list", "get", "queue", "cancel", "retry", "hold", "people_of")),
        OUTBOX,
    ),
    "mail_outbox.resolve_unknown": OUTBOX,
    **dict.fromkeys(
        (f"mail_records.{name}" for name in ("made_for_unknown", "add_with_contact", "added_to")),
        MAIL_RECORDS,
    ),
    **dict.fromkeys((f"mail_records.{name}" for name in ("settings", "house_settings", "set_settings")), OWN),
    **dict.fromkeys((f"reminders.{name}" for name in ("due", "next_at", "claim", "snooze", "dismiss")), OWN),
    **dict.fromkeys(("undo.peek", "undo.undo", "undo.skip", "calls.running"), OWN),
    **dict.fromkeys(("calls.stop", "calls.save", "handovers.received"), OWN),
    **dict.fromkeys((f"pops.{name}" for name in ("open", "take", "dismiss", "answer", "call_back")), OWN),
    "pops.log_missed": OWN,
    **dict.fromkeys((f"views.{name}" for name in ("fields", "list", "get", "find", "last", "remember")), OWN),
    **dict.fromkeys(("views.checked", "views.add", "views.edit", "views.delete", "views.delete_all"), OWN),
    **dict.fromkeys(("users.list", "users.get", "users.renewed", "profiles.list", "profiles.show"), PLAIN),
    **dict.fromkeys(("custom_fields.all", "users.find"), PLAIN),
    **dict.fromkeys((f"numbers.{name}" for name in ("state", "states", "marks", "blocked_among")), NUMBERS),
    **dict.fromkeys((f"numbers.{name}" for name in ("list", "flag", "clear")), NUMBERS),
    "calls.blocked": BESIDE,
    **dict.fromkeys(
        (f"queue.{name}" for name in ("start", "run", "runs", "overview", "next", "peek")), QUEUED
    ),
    **dict.fromkeys(
        (f"queue.{name}" for name in ("offer", "numbers", "held", "last", "standing", "skip", "done")), QUEUED
    ),
    **dict.fromkeys((f"queue.{name}" for name in ("hold", "release", "auto_next", "set_auto_next")), OWN),
    **dict.fromkeys(("import_mappings.recall", "import_mappings.remember"), OWN),
    "import_associations.taking": ENDS,
    **dict.fromkeys(
        (f"import_batches.{name}" for name in ("open", "start", "finish", "stop", "fail", "cancel")), IMPORTS
    ),
    **dict.fromkeys((f"import_batches.{name}" for name in ("get", "list", "rejects", "remarks")), IMPORTS),
    **dict.fromkeys(("imports.taking", "imports.undoable", "imports.undo"), IMPORTS),
    **dict.fromkeys((f"sync_runs.{name}" for name in ("start", "finish", "get", "list", "remarks")), OWN),
    **dict.fromkeys((f"outlook.{name}" for name in ("taking", "link", "remote_id", "unlink")), OUTLOOK),
    **dict.fromkeys(
        ("zoho.linked", "zoho.campaigns_under_way"),
        "what is out of sight isn't told of: tests/sync/test_zoho_whose.py",
    ),
}
"""Every other door of the services, and which rule it keeps."""
