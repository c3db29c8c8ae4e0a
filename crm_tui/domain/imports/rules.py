"""What an import does with rows: with those that are there already, with what is too long, with names."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from crm_tui.domain.imports.batches import DuplicatePolicy
from crm_tui.domain.modules import Module

IMPORTABLE: Final = (
    Module.ACCOUNT,
    Module.CONTACT,
    Module.LEAD,
    Module.CAMPAIGN,
    Module.DEAL,
    Module.CASE,
    Module.TASK,
    Module.EVENT,
    Module.CALL,
    Module.NOTE,
)
"""Modules whose records come in, each behind those that it refers to."""

TOLD: Final[Mapping[Module, frozenset[str]]] = MappingProxyType(
    {
        Module.CALL: frozenset({"status", "phone", "wrap_up_seconds"}),
        Module.EVENT: frozenset({"status"}),
    }
)
"""Fields that nobody types, but that a file tells of what has happened."""


class Absence(StrEnum):
    """Why a record that an id at the source is linked with isn't to be had."""

    BINNED = "binned"
    """It was deleted here."""
    CONVERTED = "converted"
    """It is a record of another module by now: a lead became a contact."""
    HIDDEN = "hidden"
    """The actor may not see it: somebody else took it over."""


@dataclass(frozen=True, slots=True)
class ImportRules:
    """What decides what becomes of a row, beside the row and the records that are there.

    Attributes:
        module: What the rows are; None for several.
        policy: What happens to a row that is about a record which is there already, in the store or further
            up in the file.
        source: Whose ids `Incoming.remote_id` and `RemoteRef` are, as `sync_links.source` holds it; "" for
            none. A record that comes in is linked with its id there, and found by it the next time.
        shorten: Cut texts that are too long, and report it; else such a row is rejected.
        loose: Leave a reference empty that names nothing, and report it; else such a row is rejected.
        adds_accounts: Add an account that a row of another module names and that isn't there.
        is_live: Rows come as they change at the source, so that of several about a record the last counts;
            those of a file all say the same moment, and the first does.

    An empty value never takes away what a record has. A record that is linked with the id of a row and was
    deleted here, or is out of the actor's sight, stays as it is, and isn't added a second time.
    """

    module: Module | None
    policy: DuplicatePolicy = DuplicatePolicy.UPDATE
    source: str = ""
    shorten: bool = False
    loose: bool = False
    adds_accounts: bool = False
    is_live: bool = False
