"""The keys of a record's page that switch what its related list of mail holds."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from crm_tui.i18n import N_
from screens.lead_keys import LeadKeys
from screens.mail_tab import MailTabTable

if TYPE_CHECKING:
    from screens.widgets.related_list import RelatedList


class MailSwitchKeys(LeadKeys):
    """A detail screen whose list of mail is switched while it is in front, wherever the focus is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "v",
            "choose_scope",
            N_("This deal, or its contacts"),
            id="related.mail_scope",
            show=False,
            tooltip=N_("Show the mail associated with this deal, or all mail of its contacts."),
        ),
        Binding(
            "s",
            "choose_source",
            N_("Source"),
            id="related.mail_source",
            show=False,
            tooltip=N_("Mail sent from here, that of all who share theirs, or that of one of them."),
        ),
    ]

    if TYPE_CHECKING:

        @property
        def related(self) -> RelatedList: ...

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys to the list of mail; only that of a deal has a scope."""
        if action == "choose_source":
            return self._mail is not None
        if action == "choose_scope":
            return self._mail is not None and self._mail.has_scope
        return super().check_action(action, parameters)

    def action_choose_scope(self) -> None:
        """Show the mail of the deal instead of that of its contacts, or the other way round."""
        if self._mail is not None:
            self._mail.turn_scope()

    def action_choose_source(self) -> None:
        """Let the agent choose whose mail is listed."""
        if self._mail is not None:
            self._mail.run_mail(self._mail.choose_source)

    @property
    def _mail(self) -> MailTabTable | None:
        """The list of mail, if it is in front."""
        table = self.related.table if self.is_mounted else None
        return table if isinstance(table, MailTabTable) else None
