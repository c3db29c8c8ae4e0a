"""Forms of records that are made of a mail: filled in by it, to be checked, corrected and saved."""

from collections.abc import Mapping

from textual.content import Content

from crm_tui.domain.mail import MailMessage
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.records import Record, Value
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.case_form import CaseFormScreen
from screens.record_form import RecordFormScreen


class OfMail(RecordFormScreen):
    """What such forms have in common: the mail is on the record, or on the contact of the case, once saved.

    Args:
        module: LEAD, CONTACT or CASE.
        mail: The mail.
        prefill: What it says.
    """

    def __init__(self, module: Module, mail: MailMessage, prefill: Mapping[str, Value]) -> None:
        super().__init__(module, None, prefill)
        self._mail = mail

    def on_mount(self) -> None:
        """Tell at once of records that look like what the mail says."""
        self._look_for_duplicates()

    @property
    def draft_key(self) -> str:
        """Name of the draft; each mail has its own."""
        return f"{self.module}:mail:{self._mail.row.id}"

    async def add_record(self, values: Mapping[str, object]) -> Record:
        """Save the record and let the mail stand there; z takes both back."""
        service = self.services.mail_records
        makers = {
            Module.LEAD: service.to_lead,
            Module.CONTACT: service.to_contact,
            Module.CASE: service.to_case,
        }
        return (await makers[self.module](self.actor, self._mail.row.id, values)).record

    def _title(self) -> Content:
        what = _("New: %(module)s") % {"module": _(SINGULAR[self.module])}
        subject = safe(self._mail.row.subject, limit=80) or _("(no subject)")
        return Content.assemble(what, "  ", (_("of the mail “%(subject)s”") % {"subject": subject}, "bold"))


class PersonOfMailScreen(OfMail):
    """The form of a lead or contact that is made of a mail."""


class CaseOfMailScreen(OfMail, CaseFormScreen):
    """The form of a case that is made of a mail."""
