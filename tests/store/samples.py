"""The least that a record of each module needs."""

from collections.abc import Mapping

from crm_tui.domain.modules import Module

LEAST: Mapping[Module, Mapping[str, object]] = {
    Module.LEAD: {"last_name": "Suzuki", "company": "Acme"},
    Module.CONTACT: {"last_name": "Suzuki"},
    Module.ACCOUNT: {"name": "Suzuki"},
    Module.DEAL: {"name": "Suzuki"},
    Module.CASE: {"subject": "Suzuki"},
    Module.CAMPAIGN: {"name": "Suzuki"},
    Module.TASK: {"subject": "Suzuki"},
    Module.EVENT: {"subject": "Suzuki", "starts_at": "+1h", "ends_at": "+2h"},
}
"""Values per module; every name is the same, so that one search finds all."""

NAME_FIELD: Mapping[Module, str] = {
    module: next(name for name in ("last_name", "name", "subject") if name in values)
    for module, values in LEAST.items()
}
"""The field that names a record."""
