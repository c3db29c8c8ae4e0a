"""Which mail an agent wants to see in related lists."""

from dataclasses import dataclass, field
from typing import Final

from crm_tui.domain.mail import DealScope, MailSource
from crm_tui.i18n import N_

SCOPE_LABELS: Final = {
    DealScope.DEAL: N_("Mail associated with this deal"),
    DealScope.CONTACTS: N_("Mail of this deal's contacts"),
}


@dataclass(slots=True)
class MailSwitches:
    """What an agent chose last; it stays so while the console is open.

    Attributes:
        scope: On a deal: the mail associated with it, or all mail of its contacts.
        source: Whose mail; at first all in sight, so that nothing seems to be missing.
    """

    scope: DealScope = DealScope.DEAL
    source: MailSource = field(default_factory=MailSource)
