"""Where contacts and tasks of a mailbox are: its folders and lists, each with its delta query."""

from collections.abc import Mapping
from typing import Any, Final

from crm_tui.sync.errors import ServerRefuses
from crm_tui.sync.outlook.graph_items import id_of, segment
from crm_tui.sync.outlook.graph_line import Graph

DEFAULT: Final = "default_folder"
"""Under which a cursor keeps the id of the default folder: an empty one can't be asked for it."""

_UNNAMED: Final = "contacts"
"""The default folder where nothing says its id."""

_FLAGGED: Final = "flaggedEmails"
"""The list of mails that are flagged, which are no tasks of their own."""

_DEFAULT_DELTA: Final = "/me/contacts/delta"
DEFAULT_LIST: Final = "/me/contacts?$top=50"
"""What is read of a server that has no delta queries of contacts: all of them, each time."""

_MOST: Final = 1000
_ABSENT: Final = frozenset({400, 404, 405, 501})


async def contact_places(graph: Graph, before: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the folders of contacts with their delta queries, and what to remember for the next round.

    The default folder isn't among those that a mailbox lists; its contacts name it.

    Args:
        before: The cursor of the round before, by folder.
    """
    default, is_unnamed = before.get(DEFAULT, ""), _UNNAMED in before
    if not default and not is_unnamed:
        default, is_unnamed = await _default_folder(graph)
    folders = await _folders(graph, "/me/contactFolders")
    found = {name: f"{contacts_of(name)}/delta" for name in dict.fromkeys([default, *folders]) if name}
    if _UNNAMED in before:
        found[_UNNAMED] = _DEFAULT_DELTA
    elif is_unnamed:
        found |= await _unnamed(graph, is_needed=not found)
    return found, {DEFAULT: default} if default else {}


def contacts_of(folder: str) -> str:
    """Return the path of the contacts of a folder, as `contact_places` names it."""
    return "/me/contacts" if folder == _UNNAMED else f"/me/contactFolders/{segment(folder)}/contacts"


async def task_places(graph: Graph) -> dict[str, str]:
    """Return the lists of tasks with their delta queries."""
    lists = await _listed(graph, "/me/todo/lists")
    ids = [id_of(one) for one in lists if one.get("wellknownListName") != _FLAGGED]
    return {name: f"/me/todo/lists/{segment(name)}/tasks/delta" for name in ids if name}


async def _default_folder(graph: Graph) -> tuple[str, bool]:
    """Return the id of the default folder, "" for none; and whether contacts are there that don't say it."""
    try:
        answer = await graph.get("/me/contacts?$top=1&$select=id,parentFolderId")
    except ServerRefuses as error:
        if error.status not in _ABSENT:
            raise
        return "", True
    value = answer.get("value")
    for one in value if isinstance(value, list) else ():
        folder = one.get("parentFolderId") if isinstance(one, dict) else None
        return (id_of({"id": folder}), False) if folder else ("", True)
    return "", False


async def _folders(graph: Graph, target: str) -> list[str]:
    """Return the ids of the folders under the default one, and those inside of them."""
    found: dict[str, None] = {}
    waiting = [target]
    while waiting and len(found) < _MOST:
        listed = await _listed(graph, waiting.pop(), may_lack=True)
        new = [name for one in listed if (name := id_of(one)) and name not in found]
        found |= dict.fromkeys(new)
        waiting += [f"/me/contactFolders/{segment(name)}/childFolders" for name in new]
    return list(found)


async def _listed(graph: Graph, target: str, *, may_lack: bool = False) -> list[dict[str, Any]]:
    """Return all of a list; it has pages too."""
    found: list[dict[str, Any]] = []
    link = target
    while link and len(found) < _MOST:
        try:
            answer = await graph.get(link)
        except ServerRefuses as error:
            if may_lack and error.status in _ABSENT:
                return found
            raise
        value = answer.get("value")
        found += [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        following = answer.get("@odata.nextLink")
        link = following if isinstance(following, str) and following != link else ""
    return found


async def _unnamed(graph: Graph, *, is_needed: bool) -> dict[str, str]:
    """Return the query of the default folder where it has no id; a plain list at worst."""
    if await _has(graph, _DEFAULT_DELTA):
        return {_UNNAMED: _DEFAULT_DELTA}
    return {_UNNAMED: DEFAULT_LIST} if is_needed else {}


async def _has(graph: Graph, target: str) -> bool:
    """Return whether a server has such a query."""
    try:
        await graph.get(target)
    except ServerRefuses as error:
        if error.status not in _ABSENT:
            raise
        return False
    return True
