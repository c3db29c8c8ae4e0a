"""Finding the record that somebody named: by id, mail address or exact name."""

from collections.abc import Collection, Mapping, Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.ids import is_id
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.naming import spaced
from crm_tui.domain.participants import without_doubles
from crm_tui.domain.records import Participant, Ref, Value
from crm_tui.errors import Ambiguous, NotFound
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.services.gone import gone_error
from crm_tui.store.repositories.participants import ParticipantRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.store import Connection
from crm_tui.text import clean_input

_LISTED = 10


async def find_ref(core: Core, actor: Actor, module: Module, text: str) -> Ref:
    """Return the one record of ``module`` that ``text`` names, as far as the actor may see.

    Raises:
        NotFound: No record is called so.
        Ambiguous: Several are; the hint lists them.
    """
    text = clean_input(text).strip()
    async with core.store.read() as connection:
        if module is Module.USER:
            found = await _users(connection, text)
        elif is_id(text.lower()):
            record = await RecordRepository(connection, module).get(actor, text.lower())
            if record is None:
                raise await gone_error(connection, actor, module, text.lower())
            found = [record.ref]
        else:
            repository = RecordRepository(connection, module)
            found = await repository.named(actor, text)
            if not found and module in PEOPLE and (names := spaced(text)):
                found = await repository.called(actor, names)
    return the_one(found, text)


async def resolve(
    core: Core,
    actor: Actor,
    fields: Sequence[Field],
    values: Mapping[str, Value],
    known: Mapping[str, Value],
) -> tuple[dict[str, Value], dict[str, str]]:
    """Turn every reference among ``values`` into a `Ref` the actor may link to.

    Args:
        known: Values the record already has; a reference that stays is not looked up again.

    Returns:
        The values, and a reason per field whose record could not be found.
    """
    resolved, errors = dict(values), dict[str, str]()
    for field in fields:
        value = values.get(field.name)
        if field.is_linked and isinstance(value, tuple):
            try:
                resolved[field.name] = await _resolve_participants(core, actor, field, value)
            except (NotFound, Ambiguous) as error:
                errors[field.name] = str(error)
            continue
        if field.type is not FieldType.REFERENCE or value is None or value == known.get(field.name):
            continue
        try:
            resolved[field.name] = await _resolve_one(core, actor, field, value)
        except (NotFound, Ambiguous) as error:
            errors[field.name] = str(error)
    return resolved, errors


async def visible_names(
    connection: Connection, actor: Actor, module: Module, ids: Collection[str]
) -> dict[str, str]:
    """Return the present name of each of some records, by id.

    Raises:
        NotFound: One of them doesn't exist, or the actor may not see it.
    """
    wanted = set(ids)
    found = await RecordRepository(connection, module).names(actor, wanted) if wanted else {}
    if found.keys() != wanted:
        raise NotFound(_("There is no such record, or you may not see it."))
    return found


async def _resolve_one(core: Core, actor: Actor, field: Field, value: Value) -> Ref:
    if isinstance(value, Ref):
        return await find_ref(core, actor, value.module, value.id)
    text = str(value)
    prefix, colon, rest = text.partition(":")
    targets = [target for target in field.targets if colon and target.value == prefix.strip().lower()]
    if targets:
        return await find_ref(core, actor, targets[0], rest)
    found: list[Ref] = []
    for target in field.targets:
        try:
            found.append(await find_ref(core, actor, target, text))
        except NotFound:
            continue
    return the_one(found, text)


async def _resolve_participants(
    core: Core, actor: Actor, field: Field, given: Sequence[object]
) -> tuple[Participant, ...]:
    """Return who was named, with their present names and addresses, nobody twice."""
    refs = []
    for one in given:
        if isinstance(one, Participant) and (one.ref is not None or one.typed):
            found = await _resolve_one(core, actor, field, one.ref or one.typed)
            refs.append(Participant(found))
        elif isinstance(one, Participant):
            refs.append(one)
    async with core.store.read() as connection:
        return without_doubles(await ParticipantRepository(connection).with_addresses(refs))


async def _users(connection: Connection, text: str) -> list[Ref]:
    folded = text.casefold()
    return [
        Ref(Module.USER, user.id, user.display_name)
        for user in await UserRepository(connection).all()
        if user.is_active
        and folded in (user.id, user.name.casefold(), user.display_name.casefold(), user.email.casefold())
    ]


def the_one(found: Sequence[Ref], text: str) -> Ref:
    """Return the only record that ``text`` names.

    Raises:
        NotFound: There is none.
        Ambiguous: There are several; the hint lists them.
    """
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(_("No record is called “%(text)s”.") % {"text": text[:80]})
    listed = ", ".join(f"{ref.name} ({ref.module.value} {ref.id})" for ref in found[:_LISTED])
    raise Ambiguous(
        _("Several records are called “%(text)s”.") % {"text": text[:80]},
        _("Name one by its id: %(list)s.") % {"list": listed},
    )
