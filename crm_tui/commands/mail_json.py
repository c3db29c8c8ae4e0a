"""Mail, attachments, accounts and folders as JSON and as cells; keys as in docs/command-line.md."""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.json import ref_json, time_json
from crm_tui.domain.mail import people_line
from crm_tui.formats import format_datetime
from crm_tui.i18n import _, spoken

if TYPE_CHECKING:
    from crm_tui.commands.session import Session
    from crm_tui.domain.mail import (
        MailAccount,
        MailAddress,
        MailAssociation,
        MailAttachment,
        MailMessage,
        MailRow,
    )
    from crm_tui.domain.mail_folders import MailFolder


def mail_json(mail: "MailMessage", zone: tzinfo) -> dict[str, Json]:
    """Return a mail with everything that is shown of it."""
    return {
        **_row_json(mail.row, zone),
        "message_id": _in_brackets(mail.message_id),
        "in_reply_to": _in_brackets(mail.in_reply_to),
        **{role: [address_json(one) for one in mail.of_role(role)] for role in ("from", "to", "cc")},
        "reply_to": [address_json(one) for one in mail.of_role("reply_to")],
        "contacts": [ref_json(one) for one in mail.contacts],
        "leads": [ref_json(one) for one in mail.leads],
        "text": mail.text,
        "is_html": mail.is_html,
        "size": mail.size,
        "problem": mail.problem or None,
        "attachments": [attachment_json(one) for one in mail.attachments],
    }


def _in_brackets(message_id: str) -> str | None:
    """Return a Message-ID as it stands in a mail."""
    return f"<{message_id}>" if message_id else None


def mail_answer(session: "Session", mail: "MailMessage") -> Answer:
    """Return the answer of a command about one mail: for people its lines, then its text."""
    row, deal = mail.row, mail.row.association.deal
    facts = [
        (_("Subject"), row.subject),
        (_("Date"), format_datetime(row.date, session.zone, session.language)),
        (_("From"), people_line(mail.of_role("from"))),
        (_("To"), people_line(mail.of_role("to"))),
        (_("Cc"), people_line(mail.of_role("cc"))),
        (_("Contacts"), ", ".join(one.name for one in mail.contacts)),
        (_("Leads"), ", ".join(one.name for one in mail.leads)),
        (_("Deal"), deal.name if deal is not None else ""),
        (_("Why"), row.association.reason),
        (_("Attachments"), ", ".join(one.name for one in mail.attachments)),
        (_("Problem"), _(mail.problem) if mail.problem else ""),
        (_("Id"), row.id),
    ]
    table = Table((), [fact for fact in facts if fact[1]])
    return Answer(mail_json(mail, session.zone), table, below=tuple(mail.text.split("\n")))


def address_json(one: "MailAddress") -> dict[str, Json]:
    """Return who stands in a line of a mail."""
    return {"email": one.email, "name": one.name or None}


def attachment_json(one: "MailAttachment") -> dict[str, Json]:
    """Return a part of a mail that isn't its text."""
    return {"id": one.id, "name": one.name, "content_type": one.content_type, "size": one.size}


def account_json(one: "MailAccount", zone: tzinfo) -> dict[str, Json]:
    """Return the settings of an account; its password is nowhere."""
    return {
        "id": one.id,
        "version": one.version,
        "user": ref_json(one.user),
        "address": one.address,
        "host": one.host,
        "port": one.port,
        "tls": one.tls.value,
        "login": one.login,
        "auth": one.auth.value,
        "provider": one.provider.value or None,
        "has_password": one.has_secret,
        "password_command": list(one.password_command) or None,
        "smtp_host": one.smtp_host,
        "smtp_port": one.smtp_port,
        "smtp_tls": one.smtp_tls.value,
        "sharing": one.sharing.value,
        "is_enabled": one.is_enabled,
        "connected_at": time_json(one.connected_at, zone),
        "last_sync_at": moment_json(one.last_sync_at, zone),
        "state": one.state.value,
        "state_detail": _(one.state_detail) or None,
    }


def account_answer(session: "Session", one: "MailAccount", notes: tuple[str, ...] = ()) -> Answer:
    """Return the answer of a command about one account."""
    return Answer(account_json(one, session.zone), notes=notes)


def folder_json(one: "MailFolder") -> dict[str, Json]:
    """Return a folder and where it stands."""
    return {
        "id": one.id,
        "name": one.name,
        "role": one.role.value or None,
        "is_read": one.is_selected,
        "state": one.state.value,
        "state_detail": _(one.state_detail) or None,
    }


def mail_header() -> tuple[str, ...]:
    """Return the headings of a list of mail."""
    return (_("Date"), _("Kind"), _("With"), _("Subject"), _("Deal"), _("Why"), _("Id"))


def mail_cells(session: "Session", row: "MailRow") -> tuple[str, ...]:
    """Return a row of such a list."""
    deal = row.association.deal
    return (
        format_datetime(row.date, session.zone, session.language),
        _("Sent") if row.direction.value == "sent" else _("Received"),
        row.counterpart.shown if row.counterpart is not None else "",
        row.subject,
        deal.name if deal is not None else "",
        row.association.reason,
        row.id,
    )


def moment_json(moment: datetime | None, zone: tzinfo) -> Json:
    """Return a moment in ISO 8601, or null."""
    return None if moment is None else time_json(moment, zone)


def _how(association: "MailAssociation") -> str:
    return association.decision.value if association.deal is not None else "none"


def _why(association: "MailAssociation") -> str | None:
    """Return why, in English whatever the language: programs read it."""
    with spoken("en"):
        return association.reason or None


def _row_json(row: "MailRow", zone: tzinfo) -> dict[str, Json]:
    return {
        "id": row.id,
        "version": row.version,
        "thread": row.thread_id,
        "subject": row.subject,
        "date": time_json(row.date, zone),
        "direction": row.direction.value,
        "source": row.source.value,
        "mailbox_owner": ref_json(row.holders[0]) if row.holders else None,
        "mailbox_owners": [ref_json(one) for one in row.holders],
        "deal": ref_json(row.association.deal),
        "association": _how(row.association),
        "association_reason": _why(row.association),
        "snippet": row.snippet,
        "has_attachments": row.has_attachments,
        "is_seen": row.is_seen,
    }
