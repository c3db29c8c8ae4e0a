"""A mail as lines of terminal cells: its head, its attachments, its text with quotes folded away.

Mail is written by anybody. Whatever stands in it is cleaned before it is measured, nothing of it is read as
markup or becomes a link, and a line without a blank is broken as any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from crm_tui.domain.mail import Decision, MailAddress, MailMessage
from crm_tui.domain.mail_writing import FORWARD_TITLES
from crm_tui.formats import format_datetime, format_size
from crm_tui.i18n import N_, _, language, ngettext
from crm_tui.text import cell_len, fit, safe
from screens.mail_rows import DEAL_MARK, holders_text

MOST_TEXT: Final = 600_000
"""Characters of a text that are shown; the parser keeps fewer."""

MOST_NAMED: Final = 20
"""Addressees and attachments that are named while a mail isn't unfolded."""

_MOST_LINES: Final = 3
"""Lines that the addressees of one role take while a mail isn't unfolded."""

FOLDED_FROM: Final = 4
"""Quoted lines that are folded away; fewer are no longer than the line that stands for them."""

_TAB: Final = 4
_QUOTE: Final = re.compile(r"\s*[>＞]")
_FORWARDED: Final = re.compile(
    rf"\s*-{{2,}}\s*({'|'.join(['original message', *FORWARD_TITLES.values()])})\s*-{{2,}}\s*", re.I
)
_ROLES: Final = {"from": N_("From"), "to": N_("To"), "cc": N_("Cc"), "reply_to": N_("Reply to")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is painted, cleaned.

    Attributes:
        style: ``""``, ``bold``, ``muted``, ``quote``, ``deal`` or ``warning``.
    """

    text: str
    style: str = ""


def mail_lines(
    message: MailMessage, zone: tzinfo, width: int, *, unfolded: bool, key: str = ""
) -> list[Line]:
    """Return a whole mail.

    Args:
        zone: In which the date is shown.
        width: Terminal cells of a line.
        unfolded: Show quotes, addressees and attachments all, however many they are.
        key: The key that unfolds them, "" where there is none.
    """
    lines = head_lines(message, zone, width, unfolded=unfolded, key=key)
    lines.append(Line("─" * width, "muted"))
    if not message.text.strip():
        lines.append(Line(fit(_("This mail has no text."), width).rstrip(), "muted"))
    lines += text_lines(message.text, width, unfolded=unfolded, key=key)
    return lines


def head_lines(
    message: MailMessage, zone: tzinfo, width: int, *, unfolded: bool, key: str = ""
) -> list[Line]:
    """Return who, when, which deal, whose mail and what is attached."""
    row = message.row
    fields = [(_("Subject"), row.subject or _("(no subject)"), "bold")]
    for role, label in _ROLES.items():
        addresses = message.of_role(role)
        if addresses and not (role == "reply_to" and _same(addresses, message.of_role("from"))):
            room = 0 if unfolded else max(1, width - width // 3 - 2)
            fields.append((_(label), _addresses(addresses, room, key), ""))
    fields.append((_("Date"), format_datetime(row.date, zone, language()), ""))
    fields.append((_("Deal"), deal_line(message), "deal" if row.association.deal is not None else ""))
    people = ", ".join(ref.name for ref in message.people)
    fields.append((_("Belongs to"), people or _("nobody in the CRM"), "" if people else "muted"))
    if row.holders:
        fields.append((_("Mailbox of"), holders_text(row.holders), "muted"))
    if message.attachments:
        fields.append((_("Attachments"), attachments_text(message, unfolded=unfolded), ""))
    if message.problem:
        fields.append((_("Note"), _(message.problem), "warning"))
    return list(_labelled(fields, width))


def deal_line(message: MailMessage) -> str:
    """Return the deal of a mail and why it belongs there, or why to none."""
    association = message.row.association
    if association.deal is not None:
        reason = association.reason
        return f"{DEAL_MARK} {association.deal.name}" + (f" ({reason})" if reason else "")
    if association.decision is Decision.NONE and association.outcome is None:
        return "–"
    return f"– ({association.reason})"


def attachments_text(message: MailMessage, *, unfolded: bool) -> str:
    """Return names and sizes of the attachments of a mail."""
    shown = message.attachments if unfolded else message.attachments[:MOST_NAMED]
    names = [f"{_name(one.name)} ({format_size(one.file_size)})" for one in shown]
    return _with_rest(names, len(message.attachments) - len(shown))


def text_lines(text: str, width: int, *, unfolded: bool, key: str = "") -> list[Line]:
    """Return the text of a mail in lines of ``width`` cells; a quote is folded to one line."""
    cleaned = safe(text, limit=MOST_TEXT, newlines=True)
    lines: list[Line] = []
    for is_quote, paragraphs in _blocks(cleaned.split("\n")):
        if is_quote and not unfolded and len(paragraphs) >= FOLDED_FROM:
            lines.append(Line(fit(_folded(len(paragraphs), key), width).rstrip(), "muted"))
        else:
            style = "quote" if is_quote else ""
            lines += [Line(part, style) for one in paragraphs for part in broken(one, width)]
    return lines


def _folded(number: int, key: str) -> str:
    text = ngettext("… %(number)s quoted line", "… %(number)s quoted lines", number) % {"number": number}
    return f"{text} ({_('%(key)s shows them') % {'key': key}})" if key else text


def broken(paragraph: str, width: int) -> Iterator[str]:
    """Yield the lines of one paragraph, broken at a blank where there is one in the last half of a line.

    A paragraph may be a megabyte long.
    """
    text = paragraph.expandtabs(_TAB)
    if len(text) <= width and cell_len(text) <= width:
        yield text
        return
    start = 0
    while start < len(text):
        end = _fitting(text, start, width)
        if end < len(text):
            blank = text.rfind(" ", start + (end - start) // 2, end + 1)
            end = blank if blank > start else end
        yield text[start:end]
        start = end + (text[end : end + 1] == " ")


def _fitting(text: str, start: int, width: int) -> int:
    """Return where the longest piece ends that begins at ``start`` and fits, one character at least."""
    high = min(start + width, len(text))
    if cell_len(text[start:high]) <= width:
        return high
    # No character takes more than two cells.
    low = start + max(1, width // 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if cell_len(text[start:middle]) <= width else (low, middle)
    return low


def _blocks(paragraphs: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Yield stretches of quoted and of own lines; what follows an Outlook separator is quoted to the end."""
    block: list[str] = []
    was_quote = forwarded = False
    for paragraph in paragraphs:
        forwarded = forwarded or _FORWARDED.fullmatch(paragraph[:200]) is not None
        is_quote = forwarded or _QUOTE.match(paragraph[:20]) is not None
        if block and is_quote is not was_quote:
            yield was_quote, block
            block = []
        block.append(paragraph)
        was_quote = is_quote
    if block:
        yield was_quote, block


def _labelled(fields: Sequence[tuple[str, str, str]], width: int) -> Iterator[Line]:
    label_width = min(max(cell_len(label) for label, _text, _style in fields), width // 3)
    for label, text, style in fields:
        head = fit(label, label_width)
        for part in broken(safe(text, limit=MOST_TEXT), max(1, width - label_width - 2)):
            yield Line(f"{head}  {part}", style)
            head = " " * label_width


def _addresses(addresses: Sequence[MailAddress], room: int, key: str) -> str:
    """Return addressees in words.

    Args:
        room: Cells of a line; as many are named as fit into a few lines. 0 names all.
        key: The key that shows all.
    """
    texts = [f"{safe(one.name)} <{safe(one.email)}>" if one.name else safe(one.email) for one in addresses]
    if not room:
        return ", ".join(texts)
    for number in range(min(len(texts), MOST_NAMED), 0, -1):
        text = _with_rest(texts[:number], len(texts) - number)
        if key and number < len(texts):
            text += f" ({_('%(key)s shows them') % {'key': key}})"
        if cell_len(text) <= room * _MOST_LINES and len(list(broken(text, room))) <= _MOST_LINES:
            break
    return text


def _with_rest(names: Sequence[str], rest: int) -> str:
    text = ", ".join(names)
    if not rest:
        return text
    return text + ", " + ngettext("%(number)s more", "%(number)s more", rest) % {"number": rest}


def _same(some: Sequence[MailAddress], others: Sequence[MailAddress]) -> bool:
    return {one.email for one in some} == {one.email for one in others}


def _name(name: str) -> str:
    return safe(name, limit=120) or _("(no name)")
