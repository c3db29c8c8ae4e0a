"""What every measurement needs: rows of the table, CPU time of processes, interleaved ratios."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result.

    Attributes:
        name: What was measured, and in what.
        value: A ratio to a yardstick of the same run, or a count.
        goal: What it should be at most; None where there is no goal.
        detail: The numbers behind it; times in it hold for this machine only.
    """

    name: str
    value: float
    goal: float | None = None
    detail: str = ""

    @property
    def verdict(self) -> str:
        """``ok`` within the goal, ``over`` beyond it, ``""`` where there is none."""
        if self.goal is None:
            return ""
        return "ok" if self.value <= self.goal else "over"


async def interleaved(subject: Work, yardstick: Work, rounds: int) -> tuple[float, float, float]:
    """Return the ratio of two works and the median CPU seconds of each.

    They take turns, so that whatever else the machine does meets both.
    """
    await subject()
    await yardstick()
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for work, spent in zip((subject, yardstick), times, strict=True):
            began = time.process_time()
            await work()
            spent.append(time.process_time() - began)
    ours, theirs = (statistics.median(spent) for spent in times)
    return ours / max(theirs, 1e-9), ours, theirs


def bare_start() -> float:
    """Return the CPU seconds of a Python that starts and does nothing."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def family(pid: int) -> list[int]:
    """Return a process and all that it started."""
    found = [pid]
    for parent in found:
        for listing in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in listing.read_text().split()]
    return found


def cpu_of(pids: Sequence[int]) -> float:
    """Return the CPU seconds that processes and their ended children have used."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def private_bytes(pids: Sequence[int]) -> int:
    """Return the memory that belongs to these processes alone."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Private_Clean:", "Private_Dirty:")):
                total += int(line.split()[1]) * 1024
    return total


def own_bytes() -> int:
    """Return the memory of this process that stands for no file."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def wakeups(pids: Sequence[int]) -> int:
    """Return how often the threads of these processes have waited for something so far."""
    total = 0
    for pid in pids:
        for status in Path(f"/proc/{pid}/task").glob("*/status"):
            for line in status.read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
    return total


def machine() -> str:
    """Describe the machine in words, without names."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    version = ".".join(map(str, sys.version_info[:3]))
    return f"{os.cpu_count()} processors ({model or 'unknown'}), {memory:.0f} GiB of memory, Python {version}"
