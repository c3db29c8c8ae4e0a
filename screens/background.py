"""Starts work that goes on beside what the agent does."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVarTuple

from textual.dom import DOMNode
from textual.worker import Worker

Args = TypeVarTuple("Args")


def in_background(
    node: DOMNode,
    group: str,
    work: Callable[[*Args], Awaitable[object]],
    *args: *Args,
    exclusive: bool = False,
) -> Worker[Any]:
    """Run work beside what the agent does; what it can't do is shown, see `screens.base.WorkerErrors`.

    Args:
        node: Whose work it is: it ends with the node, and at the latest with the console.
        group: What it belongs to.
        work: Begins it. It is called when its turn has come, and never if the node has ended before: a
            coroutine that was made in advance would be left behind.
        args: What it is called with.
        exclusive: End the work of the node's group that is under way.
    """
    begun = partial(work, *args)
    return node.run_worker(begun, group=group, exclusive=exclusive, exit_on_error=False)
