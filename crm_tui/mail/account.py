"""One pass over the folders of an account: the newest mail of each first, then older mail in turns."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.domain.mail_folders import FolderRole, FolderState, MailFolder
from crm_tui.mail.arrivals import Trouble
from crm_tui.mail.client import ImapLine
from crm_tui.mail.errors import ServerSays
from crm_tui.mail.intake import Intake
from crm_tui.mail.sync import Done, FolderSync, Pace
from crm_tui.mail.threads import in_thread

_TURN = 5
"""Batches of older mail that a folder gets before it is the next one's turn."""


@dataclass(frozen=True, slots=True)
class PassDone:
    """What a pass has done.

    Attributes:
        new: Messages the mailbox hadn't held.
        refused: Folders that the server doesn't open.
    """

    new: int = 0
    refused: int = 0


class AccountSync:
    """Passes over the folders of one account, over one connection.

    Args:
        trouble: Remembers across connections at which messages they broke.
    """

    def __init__(self, line: ImapLine, intake: Intake, trouble: Trouble, pace: Pace | None = None) -> None:
        self._line = line
        self._intake = intake
        self._trouble = trouble
        self._pace = pace or Pace()

    async def run(self, *, thorough: bool = False) -> PassDone:
        """Bring all selected folders up to what the server has.

        New mail of every folder comes before older mail of any, and again between the turns of the older.

        Args:
            thorough: Compare the sets of UIDs even if nothing speaks for it.
        """
        listed = await in_thread(self._line, self._line.folders)
        folders = _readable(await self._intake.list_folders(listed))
        new = refused = 0
        first = True
        while folders:
            waiting = []
            for folder in folders:
                done = await self._folder(folder, 1 if first else _TURN, thorough and first)
                new += done.new
                refused += done.state is FolderState.REFUSED
                if done.more:
                    waiting.append(folder.id)
            known = {folder.id: folder for folder in await self._intake.folders()}
            folders = [known[folder_id] for folder_id in waiting if folder_id in known]
            first = False
        return PassDone(new, refused)

    async def inbox(self) -> PassDone:
        """Bring the inbox alone up to date."""
        inbox = await self.find_inbox()
        if inbox is None:
            return PassDone()
        done = await self._folder(inbox, None, False)
        return PassDone(done.new, int(done.state is FolderState.REFUSED))

    async def find_inbox(self) -> MailFolder | None:
        """Return the folder where new mail is waited for; None if it isn't selected or can't be read."""
        for folder in _readable(await self._intake.folders()):
            if folder.role is FolderRole.INBOX and folder.state is not FolderState.REFUSED:
                return folder
        return None

    async def _folder(self, folder: MailFolder, fill: int | None, thorough: bool) -> Done:
        sync = FolderSync(self._line, self._intake, folder, self._trouble, self._pace)
        try:
            return await sync.run(fill=fill, thorough=thorough)
        except ServerSays as error:
            # One folder that can't be read must not keep the others from being read.
            await self._intake.set_state(folder.id, FolderState.REFUSED, error.message)
            return Done(FolderState.REFUSED)


def _readable(folders: Sequence[MailFolder]) -> list[MailFolder]:
    return [one for one in folders if one.is_selected and one.state is not FolderState.GONE]
