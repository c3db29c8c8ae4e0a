"""The form of a case: the account follows the contact, as long as the agent says nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from textual import on, work

from crm_tui.domain.associations import Association
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.i18n import _
from screens.choice_modal import ChoiceModal
from screens.record_form import RecordFormScreen
from screens.widgets.form import Form
from screens.widgets.form_field import FormContext
from screens.widgets.lookup import ReferenceField

_OTHER = "other"


class CaseFormScreen(RecordFormScreen):
    """Edits a case. Choosing the contact fills in their account; where they have several, F4 offers those."""

    def __init__(
        self, module: Module, record: Record | None = None, prefill: Mapping[str, Value] | None = None
    ) -> None:
        super().__init__(module, record, prefill)
        self._accounts: Sequence[Association] = ()
        # An account that came along with the contact goes along with the next one too.
        self._filled = self.prefill.get("account") if self.prefill.get("contact") else None
        self._decided = False

    def context(self) -> FormContext:
        """Return what fields need; the account is first looked for among those of the contact."""
        usual = super().context()

        async def pick(modules: tuple[Module, ...], text: str) -> Ref | None:
            if modules == (Module.ACCOUNT,) and not text and len(self._accounts) > 1:
                chosen = await self._choose_account()
                if chosen != _OTHER:
                    return self._ref(chosen)
            return await usual.pick(modules, text)

        return replace(usual, pick=pick)

    def new_values(self) -> dict[str, object]:
        """Leave an account of which nothing was said to the service, which knows that of the contact."""
        values = self.form.values()
        if not values.get("account") and not self._decided:
            del values["account"]
        return values

    def on_mount(self) -> None:
        """Look up the accounts of a contact that was given, once the form shows it."""
        self.call_next(self._begin)

    def _begin(self) -> None:
        if self._contact is not None:
            self._contact_chosen(self._contact, fill=self.record is None)

    @on(Form.Changed)
    def _followed(self, event: Form.Changed) -> None:
        if event.field.name == "contact":
            self._contact_chosen(self._contact, fill=True)
        elif event.field.name == "account" and self._account.ref != self._filled:
            self._decided = True

    @work(group="case.account", exclusive=True, exit_on_error=False)
    async def _contact_chosen(self, contact: Ref | None, *, fill: bool) -> None:
        self._accounts = ()
        if contact is not None and self.allowed("view", Module.ACCOUNT):
            self._accounts = await self.services.contacts.accounts(self.actor, contact.id)
        first = self._accounts[0] if self._accounts else None
        if fill and not self._decided and self._account.value in (None, self._filled):
            usual = first if first is not None and (first.primary or len(self._accounts) == 1) else None
            self._filled = Ref(Module.ACCOUNT, usual.account_id, usual.name) if usual is not None else None
            self._account.choose(self._filled)
        self._account.tell(self._offer())

    def _offer(self) -> str:
        if len(self._accounts) < 2:
            return ""
        return _("%(number)d accounts of the contact: F4 offers them.") % {"number": len(self._accounts)}

    async def _choose_account(self) -> str | None:
        options = [(one.account_id, _described(one)) for one in self._accounts]
        options.append((_OTHER, _("Another account")))
        current = self._account.ref
        chosen: str | None = await self.app.push_screen_wait(
            ChoiceModal(_("Which account?"), options, current=current.id if current is not None else "")
        )
        return chosen

    def _ref(self, account_id: str | None) -> Ref | None:
        names = {one.account_id: one.name for one in self._accounts}
        return Ref(Module.ACCOUNT, account_id, names[account_id]) if account_id in names else None

    @property
    def _contact(self) -> Ref | None:
        return cast(ReferenceField, self.form["contact"]).ref

    @property
    def _account(self) -> ReferenceField:
        return cast(ReferenceField, self.form["account"])


def _described(association: Association) -> str:
    facts = [_("primary")] if association.primary else []
    facts += [association.role] if association.role else []
    return f"{association.name} – {', '.join(facts)}" if facts else association.name
