"""The answer of a policy."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something isn't allowed, as a sentence for the agent.

    Attributes:
        hidden: The actor may not even know that the record exists.
    """

    message: str
    hidden: bool = False


Verdict = Literal[True] | Reason
