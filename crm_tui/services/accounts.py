"""Accounts: the companies that contacts work for."""

from crm_tui.domain.modules import Module
from crm_tui.services.records import RecordService


class AccountService(RecordService):
    """Accounts."""

    module = Module.ACCOUNT
    dependents = (
        (Module.NOTE, "parent"),
        (Module.CONTACT, "account"),
        (Module.DEAL, "account"),
        (Module.CASE, "account"),
        (Module.TASK, "related_to"),
        (Module.EVENT, "related_to"),
        (Module.CALL, "related_to"),
    )
