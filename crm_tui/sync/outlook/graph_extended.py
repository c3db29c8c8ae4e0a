"""Properties of contacts that Graph v1.0 has no names for: fax, other and assistant's telephone number.

Delta queries don't offer them. A round that brings every contact lists them beforehand, fifty contacts at a
time; for others, and where a server doesn't list them, each contact is asked for its own.
"""

from typing import Final
from urllib.parse import quote

from crm_tui.sync.errors import ServerRefuses
from crm_tui.sync.outlook.graph_items import EXTENDED, Json, extended_of, id_of, segment
from crm_tui.sync.outlook.graph_line import Graph

_NOT_OFFERED: Final = frozenset({400, 405, 501})
_MOST_PAGES: Final = 20_000


class ExtendedProperties:
    """What a mailbox says of them in one round."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._is_offered = True
        self._listed: dict[str, tuple[str, dict[str, str]]] = {}

    async def list_all(self, place: str) -> None:
        """Read those of all contacts of a place.

        Where nobody has any, the server may not list them at all; then each contact is asked.

        Args:
            place: The path of a collection of contacts.
        """
        found: dict[str, tuple[str, dict[str, str]]] = {}
        followed: set[str] = set()
        link = f"{place}?{_query('id,changeKey')}&$top=50"
        try:
            while link and link not in followed and len(followed) < _MOST_PAGES:
                followed.add(link)
                answer = await self._graph.get(link)
                value = answer.get("value")
                for one in value if isinstance(value, list) else ():
                    if isinstance(one, dict):
                        found[id_of(one)] = (_version(one), extended_of(one))
                following = answer.get("@odata.nextLink")
                link = following if isinstance(following, str) else ""
        except ServerRefuses:
            return
        if any(values for _version, values in found.values()):
            self._listed.update(found)

    async def of(self, raw: Json) -> dict[str, str] | None:
        """Return the properties of a contact by id; None where nothing is known of them."""
        if "singleValueExtendedProperties" in raw:
            return extended_of(raw)
        version, values = self._listed.pop(id_of(raw), ("", {}))
        if version and version == _version(raw):
            return values
        if not self._is_offered:
            return None
        try:
            found = await self._graph.get(f"/me/contacts/{segment(id_of(raw))}?{_query('id')}")
        except ServerRefuses as error:
            self._is_offered = error.status not in _NOT_OFFERED
            return None
        return extended_of(found)


def _query(names: str) -> str:
    wanted = " or ".join(f"id eq '{name}'" for name in EXTENDED)
    query = f"$select={names}&$expand=singleValueExtendedProperties($filter={wanted})"
    return quote(query, safe="$=&(),")


def _version(raw: Json) -> str:
    found = raw.get("changeKey")
    return found if isinstance(found, str) else ""
