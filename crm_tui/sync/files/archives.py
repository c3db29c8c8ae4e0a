"""Archives: which files they have, and one of them opened. Nothing is ever unpacked onto the disk."""

from collections.abc import Sequence
from typing import IO, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from crm_tui.sync.files.facts import Member
from crm_tui.sync.files.problems import Unreadable
from crm_tui.sync.files.texts import Opener

MOST_MEMBERS: Final = 100_000
"""Backups of other programs have attachments beside their tables."""

MOST_UNPACKED: Final = 512 * 1024 * 1024
_UTF_8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1


def open_archive(file: IO[bytes]) -> ZipFile:
    """Return an archive.

    Raises:
        Unreadable: It has too many files.
        BadZipFile: It is damaged.
    """
    try:
        archive = ZipFile(file)
    except (ValueError, OSError, NotImplementedError) as error:
        raise BadZipFile(str(error)) from error
    if len(archive.infolist()) > MOST_MEMBERS:
        raise Unreadable("members", found=len(archive.infolist()), limit=MOST_MEMBERS)
    return archive


def listed(archive: ZipFile) -> Sequence[Member]:
    """Return the files of an archive in its order, without folders and what Macs add."""
    return [
        Member(name_of(info), info.file_size)
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]


def name_of(info: ZipInfo) -> str:
    """Return a file's name. Japanese Windows writes names in CP932 without saying so."""
    if info.flag_bits & _UTF_8_NAME or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def member_opener(archive: ZipFile, name: str) -> Opener:
    """Return what opens a file of an archive.

    Raises:
        Unreadable: It isn't there, too large, or can't be unpacked.
    """
    found = [info for info in archive.infolist() if not info.is_dir() and name_of(info) == name]
    if not found:
        raise Unreadable("no_member", name=name)
    info = found[0]
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable("password")
    if info.file_size > MOST_UNPACKED:
        raise Unreadable("unpacked", limit=MOST_UNPACKED // 2**20)

    def open_file() -> IO[bytes]:
        try:
            # Never more than the size that was checked, whatever the packed data hold.
            return archive.open(info)
        except NotImplementedError as error:
            raise Unreadable("compression") from error
        except BadZipFile as error:
            raise Unreadable("damaged") from error

    return open_file


def check_size(archive: ZipFile) -> None:
    """Expect that a workbook isn't a bomb by what it says of itself.

    Raises:
        Unreadable: It would be too large.
    """
    if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED:
        raise Unreadable("unpacked", limit=MOST_UNPACKED // 2**20)
