"""How it goes with an account of Outlook or Zoho CRM, in plain words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from crm_tui.domain.sync.accounts import (
    BY_HAND,
    KIND_NAMES,
    SYNC_STATE_LABELS,
    OutlookSettings,
    SyncAccount,
    SyncKind,
    SyncState,
    interval_text,
)
from crm_tui.domain.sync.runs import RunState, SyncRun
from crm_tui.domain.told import shown_text
from crm_tui.formats import format_datetime, format_datetime_short
from crm_tui.i18n import N_, _, language
from screens.imports.texts import counts_text
from screens.key_names import with_keys
from screens.widgets.record_columns import Tone

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

ITEM_LABELS: Final[Mapping[str, str]] = {
    "contact": N_("Contacts"),
    "task": N_("Tasks"),
    "event": N_("Events"),
}
"""What can be taken over from Outlook."""

RUN_LABELS: Final[Mapping[RunState, str]] = {
    RunState.RUNNING: N_("under way"),
    RunState.DONE: N_("done"),
    RunState.FAILED: N_("failed"),
    RunState.INTERRUPTED: N_("interrupted"),
}

_REMEDIES: Final[Mapping[SyncState, str]] = {
    SyncState.NEW: N_("p shows what would come in, r takes it over."),
    SyncState.INTERRUPTED: N_("What was taken over stays; r goes on."),
    SyncState.WAITING: N_("r tries again."),
    SyncState.REFUSED: N_("Sign in with i, then r tries again."),
    SyncState.DISABLED: N_("Switch it on with x."),
}

KEYS: Final = {
    "e": "sync.settings",
    "i": "sync.sign_in",
    "p": "sync.preview",
    "r": "sync.run",
    "x": "sync.switch",
}
"""Keys that the sentences name."""

_TONES: Final[Mapping[SyncState, tuple[Tone, str]]] = {
    SyncState.NEW: (Tone.NORMAL, ""),
    SyncState.READY: (Tone.GOOD, "✓"),
    SyncState.RUNNING: (Tone.NORMAL, "…"),
    SyncState.INTERRUPTED: (Tone.WARNING, "…"),
    SyncState.WAITING: (Tone.WARNING, "…"),
    SyncState.REFUSED: (Tone.BAD, "!"),
    SyncState.DISABLED: (Tone.MUTED, "✗"),
}


def brief(account: SyncAccount) -> str:
    """Return a few words for a line of a list."""
    return _(SYNC_STATE_LABELS[_state(account)])


def tone_of(account: SyncAccount) -> tuple[Tone, str]:
    """Return colour and sign of the line of an account."""
    return _TONES[_state(account)]


def next_text(app: "CrmApp", account: SyncAccount) -> str:
    """Return when an account is synchronised next, for a line of a list."""
    due = account.next_run_at
    if due is None:
        return _("by hand") if account.interval_minutes == BY_HAND else "–"
    now = app.services.clock.now()
    return format_datetime_short(due, app.zone, language(), now=now) if due > now else _("soon")


def what_text(account: SyncAccount) -> str:
    """Return what is taken over from an account."""
    if account.kind is not SyncKind.OUTLOOK:
        return _("Accounts, contacts, leads, deals, campaigns, cases and activities")
    settings = OutlookSettings.of(account.settings)
    what = ", ".join(_(ITEM_LABELS[one]) for one in settings.what)
    if not settings.category:
        return what
    return _("%(what)s of the category “%(category)s”") % {"what": what, "category": settings.category}


def details(app: "CrmApp", account: SyncAccount, last: SyncRun | None) -> Sequence[str]:
    """Return what an agent wants to know of an account, a sentence or two per line.

    Args:
        last: Its latest run, None if there was none.
    """
    lines = state_lines(app, account)
    sentence = lines[0] if lines else ""
    lines.append(_("Takes over: %(what)s") % {"what": what_text(account)})
    lines.append(_("Synchronised: %(how)s") % {"how": interval_text(account.interval_minutes)})
    if last is not None:
        at = format_datetime(last.started_at, app.zone, language())
        text = _("Last run %(at)s, %(state)s: %(counts)s") % {
            "at": at,
            "state": _(RUN_LABELS[last.state]),
            "counts": counts_text(last.counts),
        }
        lines.append(text)
        if last.problem and last.problem != sentence:
            lines.append(last.problem)
    return lines


def state_lines(app: "CrmApp", account: SyncAccount) -> list[str]:
    """Return what there is to say about the state of an account, and what its agent can do."""
    state = _state(account)
    lines = [_(shown_text(account.state_detail))] if account.state_detail else []
    if state is SyncState.WAITING and account.is_automatic:
        lines.append(with_keys(app, _("It is tried again by itself; r tries at once."), **KEYS))
    elif remedy := _REMEDIES.get(state):
        lines.append(with_keys(app, _(remedy), **KEYS))
    return lines


def title_of(account: SyncAccount) -> str:
    """Return what an account is called: ``Outlook: sato@example.jp``."""
    return f"{KIND_NAMES[account.kind]}: {account.address}"


def _state(account: SyncAccount) -> SyncState:
    """Return how it goes; an account without tokens needs its agent."""
    return SyncState.REFUSED if account.is_enabled and not account.has_secret else account.state
