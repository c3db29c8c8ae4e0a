"""Finding the contact and the account that a row of a table means."""

from collections.abc import Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.duplicates import company_words, is_same_company
from crm_tui.domain.ids import is_id
from crm_tui.domain.imports.associations import AssociationRow
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.names import display_name
from crm_tui.domain.naming import spaced
from crm_tui.domain.records import Ref
from crm_tui.domain.search_terms import fold, query_phrases
from crm_tui.domain.typed_text import TypedText
from crm_tui.errors import Ambiguous, Invalid
from crm_tui.i18n import _
from crm_tui.store.repositories.lookup import CANDIDATES, LookupRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.text import clean_input


class Ends:
    """The ends of the associations of one chunk; what was found once isn't looked for again."""

    def __init__(self, connection: Connection, actor: Actor) -> None:
        self._connection = connection
        self._actor = actor
        self._known: dict[tuple[Module, str], list[Ref]] = {}

    async def prepare(self, rows: Sequence[AssociationRow]) -> None:
        """Look for everything that some rows name at once; what isn't found here is looked for one by one."""
        wanted: dict[Module, set[str]] = {Module.CONTACT: set(), Module.ACCOUNT: set()}
        for row in rows:
            wanted[Module.CONTACT] |= {_name(row), _plain(row.email)}
            wanted[Module.ACCOUNT].add(_plain(row.account))
        for module, texts in wanted.items():
            texts = {text for text in texts if text and not is_id(text.lower())}
            found = await RecordRepository(self._connection, module).all_named(self._actor, texts)
            for text in texts:
                by_name, by_address = found.get(text, []), found.get(text.lower(), []) if "@" in text else []
                if by_name or by_address:
                    self._known[module, text] = list(
                        {ref.id: ref for ref in (*by_name, *by_address)}.values()
                    )

    async def contact(self, row: AssociationRow) -> Ref:
        """Return the contact of a row: by its id, its mail address, its name; the address counts more.

        Raises:
            Invalid: None is named, or several are meant.
            NotFound: There is none that the actor may see.
        """
        name, email = _name(row), _plain(row.email)
        if not name and not email:
            raise _named_none("contact", _("The row names no contact."))
        if not email or is_id(name.lower()):
            return _the_one(await self._found(Module.CONTACT, name), name, "contact")
        found = await self._found(Module.CONTACT, email)
        if len(found) > 1 and name:
            found = [one for one in found if one.name == name] or found
        return _the_one(found, email, "contact")

    async def account(self, row: AssociationRow) -> Ref:
        """Return the account of a row, by its id or its name.

        Raises:
            Invalid: None is named, or several are meant.
            NotFound: There is none that the actor may see.
        """
        name = _plain(row.account)
        if not name:
            raise _named_none("account", _("The row names no account."))
        return _the_one(await self._found(Module.ACCOUNT, name), name, "account")

    async def _found(self, module: Module, text: str) -> list[Ref]:
        key = module, text
        if key not in self._known:
            self._known[key] = await self._look(module, text)
        return self._known[key]

    async def _look(self, module: Module, text: str) -> list[Ref]:
        repository = RecordRepository(self._connection, module)
        if is_id(text.lower()):
            record = await repository.get(self._actor, text.lower())
            return [] if record is None else [record.ref]
        found = await repository.named(self._actor, text)
        if not found and module in PEOPLE and (names := spaced(text)):
            found = await repository.called(self._actor, names)
        return found or await self._in_other_notation(module, text)

    async def _in_other_notation(self, module: Module, text: str) -> list[Ref]:
        """Return what is called so in other width or case; of a company also without its legal form."""
        phrases = query_phrases(company_words(text) if module is Module.ACCOUNT else text)
        if not phrases or "@" in text:
            return []
        typed, lookup = TypedText(phrases), LookupRepository(self._connection)
        hits = await lookup.find(self._actor, (module,), typed, CANDIDATES)
        refs = [Ref(module, hit.record_id, hit.name) for hit in hits]
        same = [ref for ref in refs if fold(ref.name) == fold(text)]
        if same or module is not Module.ACCOUNT:
            return same
        return [ref for ref in refs if is_same_company(ref.name, text)]


def _plain(text: str) -> str:
    return " ".join(clean_input(text).split())


def _name(row: AssociationRow) -> str:
    return _plain(row.contact) or display_name(_plain(row.first_name), _plain(row.last_name))


def _named_none(end: str, reason: str) -> Invalid:
    return Invalid(reason, fields={end: reason})


def _the_one(found: Sequence[Ref], text: str, end: str) -> Ref:
    if len(found) == 1:
        return found[0]
    if not found:
        reason = _("No record is called “%(text)s”.") % {"text": text[:80]}
        raise Invalid(reason, fields={end: reason})
    reason = _("Several records are called “%(text)s”; give the id.") % {"text": text[:80]}
    raise Ambiguous(reason, fields={end: reason})
