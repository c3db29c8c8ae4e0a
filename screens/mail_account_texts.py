"""How it goes with a mail account, in plain words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from crm_tui.domain.mail import AccountState, Auth, MailAccount, Sharing
from crm_tui.formats import format_datetime
from crm_tui.i18n import N_, _, language, ngettext
from screens.key_names import with_keys
from screens.widgets.record_columns import Tone

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.services.mail_status import AccountStatus


FAILING: Final = N_(
    "Fetching and sending fail: the mail process ends again and again. “crm-tui mail sync” shows why, and so "
    "does the log."
)
"""What an agent reads whose console can't keep the process for mail running."""

_KEYS: Final = {
    "i": "mail_settings.sign_in",
    "p": "mail_settings.password",
    "e": "mail_settings.edit",
    "r": "mail_settings.sync",
    "x": "mail_settings.switch",
    "d": "mail_settings.remove",
}
"""Keys that the sentences name."""


def brief(status: "AccountStatus") -> str:
    """Return a few words for a line of a list."""
    state = status.account.state
    if state is AccountState.DISABLED:
        return _("switched off")
    if status.account.is_given_up:
        return _("being removed")
    if status.is_sample:
        return _("sample data")
    if state is AccountState.REFUSED or _lacks_token(status.account):
        return _("needs you")
    if state is AccountState.WAITING:
        return _("no connection")
    if status.misses_inbox:
        return _("inbox can't be read")
    if status.is_idle and state is not AccountState.NEW:
        return _("not fetched now")
    if status.behind:
        behind = ngettext("%(number)d behind", "%(number)d behind", status.behind)
        return f"{_('fetching')}, {behind % {'number': status.behind}}"
    if state is AccountState.NEW:
        return _("connecting")
    return _("fetching") if state is AccountState.SYNCING else _("connected")


def tone_of(status: "AccountStatus") -> tuple[Tone, str]:
    """Return colour and sign of the line of an account."""
    state = status.account.state
    if not status.account.is_enabled or status.is_sample:
        return Tone.MUTED, "" if status.account.is_enabled else "✗"
    if state is AccountState.REFUSED or status.misses_inbox:
        return Tone.BAD, "!"
    if state is AccountState.WAITING or status.is_idle or status.not_read:
        return Tone.WARNING, "…"
    return (Tone.GOOD, "✓") if status.is_connected else (Tone.NORMAL, "…")


def details(app: "CrmApp", status: "AccountStatus") -> Sequence[str]:
    """Return what an agent wants to know of an account, a sentence or two per line."""
    account = status.account
    is_own = account.user.id == app.actor.id
    fails = is_own and status.is_idle and app.mail_watch.is_failing
    if account.is_given_up:
        return [with_keys(app, _("Its removal was stopped; d goes on with it."), **_KEYS)]
    lines = [_(FAILING) if fails else _sentence(status, is_own=is_own)]
    if is_own and not status.is_sample and (remedy := _remedy(account)):
        lines.append(with_keys(app, remedy, **_KEYS))
    if status.last_mail_at is not None:
        at = format_datetime(status.last_mail_at, app.zone, language())
        lines.append(_("Last mail: %(at)s") % {"at": at})
    lines.append(_sharing(account.sharing, is_own=is_own))
    lines.append(
        _("Receiving: %(imap)s   Sending: %(smtp)s")
        % {
            "imap": f"{account.host}:{account.port}",
            "smtp": f"{account.smtp_host}:{account.smtp_port}",
        }
    )
    return lines


def _sharing(sharing: Sharing, *, is_own: bool) -> str:
    """Say who sees the mail of an account."""
    if sharing is Sharing.SHARED:
        return _("Shared: colleagues see its mail, except that of leads and contacts they may not see.")
    if not is_own:
        return _("Private: only its user sees its mail; what comes in can't be put to deals.")
    return _("Private: only you see its mail; what comes in can't be put to deals.")


def _sentence(status: "AccountStatus", *, is_own: bool) -> str:
    if _lacks_token(status.account):
        return _("You haven't signed in yet.") if is_own else _("Its user hasn't signed in yet.")
    if status.is_idle and status.account.state is AccountState.NEW:
        # A console of its user is about to start a worker, this one perhaps.
        return _("It is connected as soon as a console of its user is open.")
    return status.sentence


def _lacks_token(account: MailAccount) -> bool:
    return account.is_enabled and account.auth is Auth.OAUTH2 and not account.has_secret


def _remedy(account: MailAccount) -> str:
    """Say what its user can do about a state that doesn't end by itself."""
    if account.state is AccountState.REFUSED or _lacks_token(account):
        if account.auth is Auth.OAUTH2:
            return _("Sign in with i, then it goes on by itself.")
        if account.auth is Auth.COMMAND:
            return _("Correct the program or the servers with e, then it goes on by itself.")
        return _("Correct the password with p or the servers with e, then it goes on by itself.")
    if account.state is AccountState.WAITING:
        return _("It is tried again within ten minutes; r tries at once.")
    if account.state is AccountState.DISABLED:
        return _("Switch it on with x; its mail is then put to deals anew.")
    return ""
