"""Records named on the command line: by id, by mail address, by exact name."""

from collections.abc import Sequence

from crm_tui.commands.session import Session
from crm_tui.domain.modules import PEOPLE, RELATABLE, SINGULAR, Module
from crm_tui.domain.records import Ref
from crm_tui.errors import Ambiguous, NotFound
from crm_tui.i18n import _


async def find_ref(session: Session, text: str, modules: Sequence[Module]) -> Ref:
    """Return the one record of ``modules`` that ``text`` names; ``contact:NAME`` says which module is meant.

    Raises:
        NotFound: There is none, or the actor may not see it.
        Ambiguous: There are several.
    """
    return _the_one(await _everywhere(session, text, modules), text)


async def find_person(session: Session, text: str) -> Ref:
    """Return the lead or contact that ``text`` names; raises as ``find_ref``."""
    return await find_ref(session, text, PEOPLE)


async def find_relatable(session: Session, text: str) -> Ref:
    """Return the account, deal, case or campaign that ``text`` names; raises as ``find_ref``."""
    return await find_ref(session, text, RELATABLE)


async def _everywhere(session: Session, text: str, modules: Sequence[Module]) -> list[Ref]:
    prefix, colon, rest = text.partition(":")
    named = [module for module in modules if colon and module.value == prefix.strip().lower()]
    found = []
    for module in named or modules:
        if not session.actor.grant(module).view:
            continue
        try:
            record = await session.services.records(module).resolve(session.actor, rest if named else text)
        except NotFound:
            continue
        found.append(record.ref)
    return found


async def find_user(session: Session, text: str) -> Ref:
    """Return the user that ``text`` names by login, id, mail address or full name, disabled ones too.

    Raises:
        NotFound: There is none.
        Ambiguous: There are several.
    """
    wanted = text.casefold()
    found = [
        user.ref
        for user in await session.services.users.list(session.actor)
        if wanted in (user.name.casefold(), user.id, user.email.casefold(), user.full_name.casefold())
    ]
    return _the_one(found, text)


def _the_one(found: Sequence[Ref], text: str) -> Ref:
    if not found:
        raise NotFound(_("There is no record %(name)s.") % {"name": repr(text)})
    if len(found) > 1:
        listed = ", ".join(f"{_(SINGULAR[ref.module])} {ref.id}" for ref in found)
        raise Ambiguous(
            _("%(name)s fits several records.") % {"name": repr(text)},
            _("Give the id of one of them: %(list)s.") % {"list": listed},
        )
    return found[0]
