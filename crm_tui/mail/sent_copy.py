"""The copy of a sent mail in the mailbox it was sent from."""

from typing import Final

from crm_tui.domain.mail_folders import FolderRole
from crm_tui.domain.mail_outgoing import CopyState
from crm_tui.mail.client import ImapLine

_FOLDER: Final = "Sent"
"""Made where a mailbox has no folder of sent mail."""

_KEEPS_SENT: Final = "X-GM-EXT-1"
"""Gmail files what it sends."""

_HOSTS_KEEPING_SENT: Final = ("office365.com", "outlook.com", "gmail.com", "googlemail.com")


def file_sent(line: ImapLine, smtp_host: str, message_id: str, raw: bytes) -> CopyState:
    """Put a mail into the folder of sent mail unless it is there; return who did so.

    It may have been put there by a try whose answer was lost: its Message-ID tells.

    Args:
        smtp_host: The server that sent it.
        message_id: Without brackets.

    Raises:
        ServerSays: The server doesn't take it.
        LineDown: The connection is lost; it may be there or not.
    """
    if _KEEPS_SENT in line.capabilities or _is_keeping(smtp_host):
        return CopyState.BY_SERVER
    folders = [one.name for one in line.folders() if one.role is FolderRole.SENT and one.can_be_read]
    if not folders:
        line.create(_FOLDER)
        folders = [_FOLDER]
    line.examine(folders[0])
    if not line.find(message_id):
        line.append(folders[0], raw)
    return CopyState.DONE


def _is_keeping(smtp_host: str) -> bool:
    host = smtp_host.rstrip(".").lower()
    return any(host == one or host.endswith(f".{one}") for one in _HOSTS_KEEPING_SENT)
