"""Mail on its way out: what an agent writes, what an answer and a forwarded mail begin with."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from crm_tui.clock import local_zone
from crm_tui.domain.addressees import Addressee, has_control, is_email, read_addressees, typed_line
from crm_tui.domain.mail import MailAddress, MailMessage, people_line
from crm_tui.domain.mail_prediction import Direction
from crm_tui.domain.records import Ref
from crm_tui.errors import Invalid
from crm_tui.formats import format_datetime
from crm_tui.i18n import _, language

MOST_ADDRESSEES: Final = 100
"""People that one mail goes to; RFC 5321, 4.5.3.1.8, has servers take as many at least."""

LONGEST_SUBJECT: Final = 1_000
LONGEST_TEXT: Final = 1_000_000
"""Characters of a text."""

_QUOTED: Final = 100_000
"""Characters of a mail that are quoted."""

FORWARD_TITLES: Final = {"en": "Forwarded message", "ja": "元のメッセージ"}
"""What stands above the text of a forwarded mail, by the language of who forwards it.

Readers of mail know it by these words, whatever their own language, and fold away what follows.
"""

_NUMBERED: Final = r"(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4})?"
_REPLY: Final = re.compile(rf"\s*(?:re|ｒｅ|返信){_NUMBERED}\s*[:：]", re.IGNORECASE)
_FORWARD: Final = re.compile(rf"\s*(?:fwd?|ｆｗ|転送){_NUMBERED}\s*[:：]", re.IGNORECASE)


class WritingKind(StrEnum):
    """What a mail that is written does."""

    NEW = "new"
    REPLY = "reply"
    REPLY_ALL = "reply_all"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A mail as an agent writes it.

    Attributes:
        account_id: The account it is sent from.
        to: Addressees as typed; so are ``cc`` and ``bcc``.
        attachments: Paths of files, and ids of attachments of the mail that is forwarded.
        answers: Id of the mail that it answers or forwards.
        deal_id: A deal that it is put to by hand once it is sent.
        add_to: Records that it is added to once it is sent.
    """

    account_id: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    text: str = ""
    attachments: tuple[str, ...] = ()
    kind: WritingKind = WritingKind.NEW
    answers: str | None = None
    deal_id: str | None = None
    add_to: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a mail goes to, checked; nobody stands in it twice."""

    to: tuple[Addressee, ...]
    cc: tuple[Addressee, ...] = ()
    bcc: tuple[Addressee, ...] = ()

    @property
    def everybody(self) -> tuple[Addressee, ...]:
        """All of them."""
        return (*self.to, *self.cc, *self.bcc)


def checked(draft: MailDraft) -> Envelope:
    """Return whom a draft goes to.

    Raises:
        Invalid: With a sentence per field; nothing was sent.
    """
    errors: dict[str, str] = {}
    lines: dict[str, tuple[Addressee, ...]] = {}
    seen: set[str] = set()
    for name in ("to", "cc", "bcc"):
        people, problems = read_addressees(getattr(draft, name))
        if problems:
            errors[name] = " ".join(problems)
        lines[name] = tuple(one for one in people if one.key not in seen)
        seen.update(one.key for one in people)
    if not seen and not errors:
        errors["to"] = _("Say to whom the mail goes.")
    elif len(seen) > MOST_ADDRESSEES:
        errors["to"] = _("A mail goes to %(most)d people at most.") % {"most": MOST_ADDRESSEES}
    if has_control(draft.subject):
        errors["subject"] = _("Control characters and line breaks can't stand in the subject.")
    elif len(draft.subject) > LONGEST_SUBJECT:
        errors["subject"] = _("A subject has %(most)d characters at most.") % {"most": LONGEST_SUBJECT}
    if len(draft.text) > LONGEST_TEXT:
        errors["text"] = _("A text has %(most)d characters at most.") % {"most": LONGEST_TEXT}
    if errors:
        message = _("The mail can't be sent like this: %(reason)s") % {"reason": next(iter(errors.values()))}
        raise Invalid(message, _("Nothing was sent."), fields=errors)
    return Envelope(**lines)


def reply_to(
    message: MailMessage, own: Collection[str], everybody: bool = False, *, zone: tzinfo | None = None
) -> MailDraft:
    """Return what an answer begins with: whom it goes to, its subject, the quoted mail.

    Reply-To is honoured. A mail that was sent from one of the agent's own addresses is answered to whom it
    went. The account is left to the caller.

    Args:
        own: Addresses of the agent, left out of the answer.
        everybody: Answer all who got the mail.
        zone: For the time in the quotation; the system's unless given.
    """
    mine = {one.lower() for one in own}
    sender = message.of_role("reply_to") or message.of_role("from")
    is_mine = any(one.email.lower() in mine for one in message.of_role("from"))
    if is_mine or (message.row.direction is Direction.SENT and not sender):
        sender = message.of_role("to")
    to = [*sender, *message.of_role("to")] if everybody else [*sender]
    left = _without(to, mine) or _without(sender, set())
    cc = _without(message.of_role("cc"), mine | {one.key for one in left}) if everybody else ()
    return MailDraft(
        to=typed_line(left),
        cc=typed_line(cc),
        subject=prefixed(message.row.subject, "Re:"),
        text=quoted(message, zone),
        kind=WritingKind.REPLY_ALL if everybody else WritingKind.REPLY,
        answers=message.row.id,
    )


def forwarded(message: MailMessage, *, zone: tzinfo | None = None) -> MailDraft:
    """Return what a forwarded mail begins with: subject, the mail as text, its attachments.

    Args:
        zone: For the time of the mail; the system's unless given.
    """
    head = [
        f"---------- {FORWARD_TITLES[language()]} ----------",
        _("From: %(people)s") % {"people": people_line(message.of_role("from"))},
        _("Date: %(time)s") % {"time": _time(message, zone)},
        _("Subject: %(subject)s") % {"subject": message.row.subject},
        _("To: %(people)s") % {"people": people_line(message.of_role("to"))},
    ]
    if message.of_role("cc"):
        head.append(_("Cc: %(people)s") % {"people": people_line(message.of_role("cc"))})
    return MailDraft(
        subject=prefixed(message.row.subject, "Fwd:"),
        text="\n\n" + "\n".join(head) + "\n\n" + message.text[:_QUOTED].rstrip() + "\n",
        attachments=tuple(one.id for one in message.attachments),
        kind=WritingKind.FORWARD,
        answers=message.row.id,
    )


def prefixed(subject: str, prefix: str) -> str:
    """Return a subject with ``Re:`` or ``Fwd:`` before it, once, whatever other programs wrote there."""
    known = _FORWARD if prefix == "Fwd:" else _REPLY
    rest = " ".join(subject.split())
    while (found := known.match(rest)) is not None:
        rest = rest[found.end() :].lstrip()
    return f"{prefix} {rest}".rstrip()[:LONGEST_SUBJECT]


def quoted(message: MailMessage, zone: tzinfo | None = None) -> str:
    """Return the text of a mail as an answer quotes it, after two empty lines to write on."""
    people = people_line(message.of_role("from")[:1])
    when = _time(message, zone)
    intro = _("%(people)s wrote on %(time)s:") % {"people": people, "time": when}
    lines = message.text[:_QUOTED].rstrip().split("\n")
    return "\n\n" + "\n".join([intro, *(_quoted_line(line) for line in lines)]) + "\n"


def thread_of(message: MailMessage) -> tuple[str, tuple[str, ...]]:
    """Return In-Reply-To and References of an answer to a mail (RFC 5322, 3.6.4), without brackets."""
    if not message.message_id:
        return "", message.references
    return message.message_id, tuple(dict.fromkeys((*message.references, message.message_id)))


def _quoted_line(line: str) -> str:
    return f">{line}" if line.startswith(">") else f"> {line}".rstrip()


def _without(people: Iterable[MailAddress], keys: Collection[str]) -> tuple[Addressee, ...]:
    found: dict[str, Addressee] = {}
    for one in people:
        addressee = Addressee(one.email, one.name)
        if addressee.key not in keys and is_email(one.email):
            found.setdefault(addressee.key, addressee)
    return tuple(found.values())


def _time(message: MailMessage, zone: tzinfo | None) -> str:
    return format_datetime(message.row.date, zone or local_zone(""), language())
