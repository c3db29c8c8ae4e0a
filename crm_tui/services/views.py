"""Views: built-in, private and shared ones, and the last one that each agent used."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field, is_sortable, label_of
from crm_tui.domain.ids import is_id, new_id
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.queries import Criterion
from crm_tui.domain.records import Ref
from crm_tui.domain.view_codec import criterion_from_json, criterion_to_json, sort_from_json, sort_to_json
from crm_tui.domain.views import (
    LONGEST_NAME,
    MOST_COLUMNS,
    MOST_CRITERIA,
    NEVER,
    View,
    ViewDraft,
    built_in,
    find_built_in,
    standard_view,
)
from crm_tui.errors import Ambiguous, Conflict, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.policies.records import can_view
from crm_tui.policies.views import can_change, can_share
from crm_tui.services.core import Core
from crm_tui.services.criteria import typed
from crm_tui.services.list_fields import area_fields, offered
from crm_tui.services.records import refuse
from crm_tui.store.models.types import NOBODY
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.repositories.views import ViewRepository, ViewRow, row_of
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork
from crm_tui.text import clean_input


class ViewService:
    """Views of records and of activities."""

    def __init__(self, core: Core) -> None:
        self._core = core

    # Reading

    async def fields(self, actor: Actor, area: Area) -> tuple[Field, ...]:
        """Return the fields that a view may name, in the order in which they are offered."""
        await self._require_area(actor, area)
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)
        return offered(self._core, area)

    async def list(self, actor: Actor, area: Area) -> tuple[View, ...]:
        """Return the views that the actor may use: built-in ones, their own, shared ones."""
        await self._require_area(actor, area)
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)
            rows = await ViewRepository(connection).all(actor, area)
            stored = [await self._view(connection, actor, row) for row in rows]
        return (*built_in(area), *stored)

    async def get(self, actor: Actor, view_id: str) -> View:
        """Return a view that isn't built in.

        Raises:
            NotFound: There is none, or it is somebody else's own.
        """
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)
            row = await ViewRepository(connection).get(actor, view_id) if is_id(view_id) else None
            if row is None or can_view(actor, row.area) is not True:
                raise NotFound(_("There is no such view."))
            return await self._view(connection, actor, row)

    async def find(self, actor: Actor, text: str, area: Area | None = None) -> View:
        """Return the view with this code, id or exact name; one's own comes before those of others.

        Args:
            area: Whose view; None looks everywhere, and then finds no built-in one.

        Raises:
            NotFound: No view is called so.
            Ambiguous: Several are.
        """
        text = clean_input(text).strip()
        if area is not None and (known := find_built_in(area, text)) is not None:
            await self._require_area(actor, area)
            return known
        if is_id(text.lower()):
            found = await self.get(actor, text.lower())
            if area in (None, found.area):
                return found
            raise NotFound(_("There is no such view."))
        async with self._core.store.read() as connection:
            rows = [row for row in await ViewRepository(connection).all(actor, area) if row.name == text]
        rows = [row for row in rows if can_view(actor, row.area) is True]
        rows = [row for row in rows if row.owner.id == actor.id] or rows
        if not rows:
            raise NotFound(_("No view is called “%(text)s”.") % {"text": text[:80]})
        if len(rows) > 1:
            listed = ", ".join(f"{row.name} ({row.area.value} {row.id})" for row in rows)
            raise Ambiguous(
                _("Several views are called “%(text)s”.") % {"text": text[:80]},
                _("Name one by its id: %(list)s.") % {"list": listed},
            )
        return await self.get(actor, rows[0].id)

    async def last(self, actor: Actor, area: Area) -> View:
        """Return the view that the actor used last; the standard one if that is gone."""
        async with self._core.store.read() as connection:
            code = await SettingsRepository(connection).preference(actor.id, _preference(area))
        if not isinstance(code, str):
            return standard_view(area)
        if (known := find_built_in(area, code)) is not None:
            return known
        try:
            view = await self.get(actor, code)
        except NotFound:
            return standard_view(area)
        return view if view.area is area else standard_view(area)

    # Writing

    async def remember(self, actor: Actor, view: View) -> None:
        """Keep ``view`` as the one that the actor used last."""
        async with self._core.store.write(actor) as uow:
            repository = SettingsRepository(uow.connection)
            await repository.set_preference(actor.id, _preference(view.area), view.code)
            await uow.commit()

    async def checked(self, actor: Actor, area: Area, draft: ViewDraft) -> View:
        """Return ``draft`` as a view that could be saved, for a look at what it would list.

        Raises:
            Invalid: With a reason per part: ``name``, ``columns``, ``sort``, ``criteria.1`` and so on.
        """
        await self._require_area(actor, area)
        return await self._checked(actor, area, draft, named=False)

    async def add(self, actor: Actor, area: Area, draft: ViewDraft) -> View:
        """Add a view that belongs to the actor.

        Raises:
            Invalid: With a reason per part; nothing was saved.
            NotAllowed: It shall be shared, and the actor may not do that.
        """
        actor = await self._core.current(actor)
        await self._require_area(actor, area)
        if draft.shared:
            await self._core.require(actor, can_share(actor), "share view")
        view = await self._checked(actor, area, draft)
        view_id = new_id()
        async with self._core.store.write(actor) as uow:
            repository = ViewRepository(uow.connection)
            await _refuse_taken(repository, actor.id, view, None)
            await repository.insert(row_of(view_id, area, actor.id, uow.at, _columns(view)))
            uow.record(AuditEntry("view add", None, view_id, view.name, _changes(None, view)))
            _tell(uow, view)
            await uow.commit()
        return await self.get(actor, view_id)

    async def edit(self, actor: Actor, view_id: str, draft: ViewDraft, version: int | None = None) -> View:
        """Change a view.

        Args:
            version: The version that the change is based on; None takes the present one.

        Raises:
            Conflict: Somebody changed it meanwhile.
            Invalid: With a reason per part; nothing was saved.
        """
        actor = await self._core.current(actor)
        before = await self.get(actor, view_id)
        await self._core.require(actor, can_change(actor, before), "edit view", None, view_id)
        if draft.shared and not before.shared:
            await self._core.require(actor, can_share(actor), "share view", None, view_id)
        view = await self._checked(actor, before.area, draft)
        seen = before.version if version is None else version
        owner = before.owner.id if before.owner else actor.id
        async with self._core.store.write(actor) as uow:
            repository = ViewRepository(uow.connection)
            await _refuse_taken(repository, owner, view, view_id)
            if not await repository.update(view_id, seen, {**_columns(view), "modified_at": uow.at}):
                raise _changed_meanwhile()
            uow.record(AuditEntry("view edit", None, view_id, view.name, _changes(before, view)))
            _tell(uow, before, view)
            await uow.commit()
        return await self.get(actor, view_id)

    async def delete(self, actor: Actor, view_id: str, version: int | None = None) -> None:
        """Remove a view; lists that show it go on with the standard one when they are opened again.

        Raises:
            Conflict: Somebody changed it meanwhile.
        """
        await self.delete_all(actor, {view_id: version})

    async def delete_all(self, actor: Actor, versions: Mapping[str, int | None]) -> None:
        """Remove views, all or none.

        Args:
            versions: Per id the version that was shown; None takes the present one.
        """
        actor = await self._core.current(actor)
        views = [await self.get(actor, view_id) for view_id in versions]
        for view in views:
            await self._core.require(actor, can_change(actor, view), "delete view", None, view.code)
        async with self._core.store.write(actor) as uow:
            for view in views:
                seen = versions[view.code] or view.version
                if not await ViewRepository(uow.connection).delete(view.code, seen):
                    raise _changed_meanwhile()
                uow.record(AuditEntry("view delete", None, view.code, view.name))
                _tell(uow, view)
            await uow.commit()

    # Parts

    async def _require_area(self, actor: Actor, area: Area) -> None:
        module = Module.TASK if area is Area.ACTIVITY else Module(area.value)
        await self._core.require(actor, can_view(actor, area), "views", module)

    async def _checked(self, actor: Actor, area: Area, draft: ViewDraft, *, named: bool = True) -> View:
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)
        fields = area_fields(self._core, area)
        name = " ".join(clean_input(draft.name).split())
        errors = _name_errors(area, name) if named else {}
        criteria = []
        for number, criterion in enumerate(draft.criteria, start=1):
            try:
                criteria.append(await typed(self._core, actor, fields, criterion))
            except Invalid as error:
                errors[f"criteria.{number}"] = next(iter(error.fields.values()), error.message)
        errors |= _list_errors(fields, draft)
        if errors:
            refuse(errors)
        return View(
            area,
            "",
            name,
            tuple(criteria),
            draft.match_any,
            tuple(draft.columns),
            draft.sort,
            shared=draft.shared,
        )

    async def _view(self, connection: Connection, actor: Actor, row: ViewRow) -> View:
        """Return a stored view as it can be used now; see `crm_tui.domain.views.NEVER`."""
        fields = area_fields(self._core, row.area)
        problems: list[str] = []
        criteria = []
        for stored in row.criteria:
            criterion, problem = await self._usable(connection, actor, fields, stored)
            criteria.append(criterion)
            problems += [problem] if problem else []
        columns = [name for name in row.columns if name in fields]
        problems += [_gone("column", name) for name in row.columns if name not in fields]
        sort = sort_from_json(row.sort)
        if sort is not None and sort.field not in fields:
            problems.append(_gone("sort", sort.field))
            sort = None
        return View(
            row.area,
            row.id,
            row.name,
            tuple(criteria),
            row.match_any,
            tuple(columns),
            sort,
            row.owner,
            row.shared,
            row.version,
            tuple(problems),
        )

    async def _usable(
        self, connection: Connection, actor: Actor, fields: dict[str, Field], stored: dict[str, Any]
    ) -> tuple[Criterion, str]:
        try:
            criterion = criterion_from_json(stored)
        except ValueError:
            return NEVER, _gone("condition", str(stored.get("field", "")))
        if criterion.field not in fields:
            return NEVER, _gone("condition", criterion.field)
        criterion = await _with_names(connection, actor, criterion)
        try:
            return await typed(self._core, actor, fields, criterion), ""
        except Invalid as error:
            reason = next(iter(error.fields.values()), error.message)
            name = label_of(fields[criterion.field])
            return NEVER, _("The condition on “%(field)s” no longer fits: %(reason)s") % {
                "field": name,
                "reason": reason,
            }


async def _with_names(connection: Connection, actor: Actor, criterion: Criterion) -> Criterion:
    """Name the records of a condition; one that the actor may not see has no name and no id for them."""
    if isinstance(criterion.value, tuple):
        values = [await _named(connection, actor, v) if isinstance(v, Ref) else v for v in criterion.value]
        return replace(criterion, value=tuple(values))
    if isinstance(criterion.value, Ref):
        return replace(criterion, value=await _named(connection, actor, criterion.value))
    return criterion


async def _named(connection: Connection, actor: Actor, ref: Ref) -> Ref:
    if ref.module is Module.USER:
        user = await UserRepository(connection).by_id(ref.id)
        return ref if user is None else replace(ref, name=user.display_name)
    record = await RecordRepository(connection, ref.module).get(actor, ref.id)
    return record.ref if record is not None else Ref(ref.module, NOBODY, "?")


def _tell(uow: UnitOfWork, *views: View) -> None:
    """Consoles that show a shared view read it again."""
    if any(view.shared for view in views):
        uow.touched_all()


def _preference(area: Area) -> str:
    return f"view.{area.value}"


def _columns(view: View) -> dict[str, Any]:
    return {
        "name": view.name,
        "is_shared": view.shared,
        "match_any": view.match_any,
        "criteria": [criterion_to_json(criterion) for criterion in view.criteria],
        "columns": list(view.columns),
        "sort": sort_to_json(view.sort),
    }


def _changes(before: View | None, after: View) -> dict[str, Any]:
    old = {} if before is None else _columns(before)
    return {name: [old.get(name), value] for name, value in _columns(after).items() if old.get(name) != value}


async def _refuse_taken(repository: ViewRepository, owner_id: str, view: View, but: str | None) -> None:
    if await repository.has_name(owner_id, view.area, view.name, but):
        refuse({"name": _("There is another view of this name.")})


def _name_errors(area: Area, name: str) -> dict[str, str]:
    if not 0 < len(name) <= LONGEST_NAME:
        return {"name": _("A name has 1 to %(limit)d characters.") % {"limit": LONGEST_NAME}}
    if find_built_in(area, name) is not None or is_id(name.lower()):
        return {"name": _("A view of the program is called so; choose another name.")}
    return {}


def _list_errors(fields: dict[str, Field], draft: ViewDraft) -> dict[str, str]:
    """Return what is wrong with columns, order and the number of conditions."""
    errors: dict[str, str] = {}
    unknown = [name for name in draft.columns if name not in fields]
    if unknown:
        errors["columns"] = _("Unknown field: %(names)s.") % {"names": ", ".join(unknown)}
    elif len(draft.columns) > MOST_COLUMNS:
        errors["columns"] = _("At most %(limit)d columns.") % {"limit": MOST_COLUMNS}
    if draft.sort is not None and draft.sort.field not in fields:
        errors["sort"] = _("Unknown field: %(names)s.") % {"names": draft.sort.field}
    elif draft.sort is not None and not is_sortable(fields[draft.sort.field]):
        errors["sort"] = _("A list can't be sorted by this field.")
    if len(draft.criteria) > MOST_CRITERIA:
        errors["criteria"] = _("At most %(limit)d conditions.") % {"limit": MOST_CRITERIA}
    return errors


def _gone(part: str, name: str) -> str:
    sentences = {
        "condition": _("The condition on “%(field)s” fits nothing: there is no such field any more."),
        "column": _("The column “%(field)s” is left out: there is no such field any more."),
        "sort": _("It isn't sorted by “%(field)s”: there is no such field any more."),
    }
    return sentences[part] % {"field": name}


def _changed_meanwhile() -> Conflict:
    return Conflict(
        _("Somebody else changed this view meanwhile. Nothing was saved."),
        _("Look at it again, then repeat the change."),
    )
