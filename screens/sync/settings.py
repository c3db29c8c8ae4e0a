"""What is taken over from an account, and how often by itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.records import Value
from crm_tui.domain.sync.accounts import (
    BY_HAND,
    MAILBOX_ITEMS,
    OutlookSettings,
    SyncAccount,
    SyncKind,
    interval_text,
)
from crm_tui.errors import CrmError, Invalid
from crm_tui.i18n import N_, _
from crm_tui.text import clean_input, safe
from screens.fields_modal import FieldsModal, Save
from screens.form_context import form_context
from screens.sync.texts import ITEM_LABELS, title_of
from screens.sync.work import categories
from screens.widgets.call_form import ResultForm
from screens.widgets.form_field import FormContext

if TYPE_CHECKING:
    from screens.base import CrmScreen

_INTERVALS: Final = (BY_HAND, 15, 30, 60, 4 * 60, 24 * 60)
"""Minutes between two automatic runs that are offered."""

_INTERVAL, _CATEGORY = "sync_interval", "sync_category"
_ALL: Final = "all"
"""Code of no category; those of categories begin with a colon, so that none is taken for it."""

_INTERVAL_FIELD: Final = Field(
    "interval",
    N_("Synchronise"),
    FieldType.PICKLIST,
    required=True,
    picklist=_INTERVAL,
    hint=N_("By itself, while a console of yours is open."),
)
_CATEGORY_LIST: Final = Field(
    "category",
    N_("Category"),
    FieldType.PICKLIST,
    required=True,
    picklist=_CATEGORY,
    hint=N_("Only items of this Outlook category are taken over."),
)
_CATEGORY_LINE: Final = Field(
    "category",
    N_("Category"),
    max_length=255,
    hint=N_("Only items of this Outlook category are taken over; empty for all."),
)
_WHAT: Final = tuple(Field(f"what_{one}", ITEM_LABELS[one], FieldType.BOOL) for one in MAILBOX_ITEMS)


class SettingsModal(FieldsModal):
    """Edits the settings of an account.

    Args:
        account: As it is now.
        known: Categories that its mailbox has; None where nobody could ask, and one is typed.
        save: Takes what was chosen.
    """

    def __init__(self, account: SyncAccount, known: Sequence[str] | None, save: Save) -> None:
        self._lists = _choices(account, known)
        super().__init__(
            _("Settings"), title_of(account), _fields(account, known), save, _initial(account, known)
        )

    def make_form(self, fields: Sequence[Field]) -> ResultForm:
        """Return a form with the choices of this dialog."""
        around = form_context(self)
        return ResultForm(fields, FormContext(self._lists, around.zone, around.find, around.pick))


async def ask_settings(screen: "CrmScreen[Any]", account: SyncAccount) -> bool:
    """Ask, and save the settings; return whether there are other ones now. To be awaited in a worker."""
    known: Sequence[str] | None = None
    if account.kind is SyncKind.OUTLOOK and account.has_secret:
        try:
            known = await categories(screen.services, screen.actor, account)
        except CrmError as error:
            # What the mailbox has is a help; without it a category is typed.
            screen.show_error(error)

    async def save(values: Mapping[str, object]) -> None:
        settings, minutes = _decided(account, values)
        await screen.services.sync_accounts.change(
            screen.actor,
            account.id,
            settings=settings,
            interval_minutes=minutes,
            version=account.version,
        )

    if await screen.app.push_screen_wait(SettingsModal(account, known, save)) is not True:
        return False
    screen.app.notice(_("The settings are saved."))
    return True


def _fields(account: SyncAccount, known: Sequence[str] | None) -> tuple[Field, ...]:
    if account.kind is not SyncKind.OUTLOOK:
        return (_INTERVAL_FIELD,)
    return (*_WHAT, _CATEGORY_LINE if known is None else _CATEGORY_LIST, _INTERVAL_FIELD)


def _choices(account: SyncAccount, known: Sequence[str] | None) -> Picklists:
    minutes = sorted({*_INTERVALS, account.interval_minutes})
    intervals = tuple(_choice(str(one), interval_text(one)) for one in minutes)
    if known is None:
        return Picklists({_INTERVAL: intervals})
    present = OutlookSettings.of(account.settings).category
    names = dict.fromkeys([*([present] if present else []), *known])
    listed = (_choice(_ALL, _("All items")), *(_choice(f":{one}", safe(one, limit=60)) for one in names))
    return Picklists({_INTERVAL: intervals, _CATEGORY: listed})


def _choice(code: str, label: str) -> Choice:
    return Choice(code, label, label)


def _initial(account: SyncAccount, known: Sequence[str] | None) -> dict[str, Value]:
    settings = OutlookSettings.of(account.settings)
    category: Value = settings.category
    if known is not None:
        category = f":{settings.category}" if settings.category else _ALL
    what: dict[str, Value] = {f"what_{one}": one in settings.what for one in MAILBOX_ITEMS}
    return {**what, "category": category, "interval": str(account.interval_minutes)}


def _decided(account: SyncAccount, values: Mapping[str, object]) -> tuple[dict[str, Any] | None, int]:
    """Return settings and interval as the service takes them."""
    minutes = int(str(values["interval"]))
    if account.kind is not SyncKind.OUTLOOK:
        return None, minutes
    what = tuple(one for one in MAILBOX_ITEMS if values.get(f"what_{one}"))
    if not what:
        reason = _("Choose at least one.")
        raise Invalid(_("Nothing was saved."), fields={f"what_{MAILBOX_ITEMS[0]}": reason})
    typed = str(values.get("category") or "")
    category = "" if typed == _ALL else typed.removeprefix(":")
    settings = OutlookSettings(clean_input(category).strip(), what)
    return {**account.settings, **settings.as_settings()}, minutes
