"""The errors that reach a person. Each carries one sentence in the agent's language."""

from collections.abc import Mapping
from types import MappingProxyType


class CrmError(Exception):
    """Base of every error that is shown to an agent or printed by the command line.

    Args:
        message: One sentence that says what happened and whether anything was saved.
        hint: What to do next, or an empty string.
    """

    code = "failed"
    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotFound(CrmError):
    """The record doesn't exist, or the actor may not know that it does."""

    code = "not_found"


class Gone(NotFound):
    """The record lies in the bin, and the actor may know it: the message says who put it there and when."""


class NotAllowed(CrmError):
    """A policy refused the action."""

    code = "not_allowed"
    exit_code = 5


class Blocked(NotAllowed):
    """A person or number must not be called. Nothing was started; a reason overrides it.

    Args:
        message: What blocks the call, who said so, when and why, and that nothing was started.
        hint: How to call in spite of it.
        reasons: Each block as a sentence.
        number: The number that would have been dialled, as written.
        others: Other numbers of the person that nothing blocks, as written; none where the person is blocked.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        reasons: tuple[str, ...] = (),
        number: str = "",
        others: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, hint)
        self.reasons = reasons
        self.number = number
        self.others = others

    @property
    def data(self) -> dict[str, object]:
        """What blocks the call, as the command line prints it."""
        return {"reasons": list(self.reasons), "number": self.number, "others": list(self.others)}


class NotSignedIn(NotAllowed):
    """The operating-system account is no enabled user of the CRM."""

    code = "not_signed_in"


class Invalid(CrmError):
    """A value was refused. Nothing was saved.

    Args:
        message: The sentence for the whole form.
        hint: What to do next.
        fields: Reason per field name, for the places under the fields.
    """

    code = "invalid"

    def __init__(self, message: str, hint: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message, hint)
        self.fields: Mapping[str, str] = MappingProxyType(dict(fields or {}))


class Ambiguous(Invalid):
    """A name or address fits several records."""

    code = "ambiguous"


class Conflict(CrmError):
    """Somebody else changed the record meanwhile, or the state forbids the action.

    Args:
        message: The sentence for the agent.
        hint: What to do next.
        changed: Names of the fields that differ from what the agent had read.
        fields: What happened to each of them, as a sentence.
        who: Who changed them.
    """

    code = "conflict"

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        changed: tuple[str, ...] = (),
        fields: Mapping[str, str] | None = None,
        who: str = "",
    ) -> None:
        super().__init__(message, hint)
        self.changed = changed
        self.fields: Mapping[str, str] = MappingProxyType(dict(fields or {}))
        self.who = who


class Immutable(Conflict):
    """The record is final, like a completed call."""


class Misconfigured(CrmError):
    """The configuration file, a variable or an option is wrong."""

    code = "configuration"
    exit_code = 3


class StoreUnavailable(CrmError):
    """The store is missing, locked, full, read-only, damaged or of another version.

    Args:
        can_repeat: The same can be done again, by whoever typed it or by a job that goes on, once the cause
            is gone.
    """

    code = "store_unavailable"
    exit_code = 4

    def __init__(self, message: str, hint: str = "", *, can_repeat: bool = False) -> None:
        super().__init__(message, hint)
        self.can_repeat = can_repeat


class Unavailable(CrmError):
    """A remote service did not answer; trying again later may help."""

    code = "unavailable"
    exit_code = 7


class NoTerminal(CrmError):
    """The console was asked for where there is no terminal to draw it on."""

    code = "no_terminal"
    exit_code = 2
