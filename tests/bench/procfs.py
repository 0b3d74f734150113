"""What Linux knows of a process, from ``/proc``."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PYTHON_THREAD = "LanguageInvoker"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Thread:
    """What a thread has used so far: CPU in seconds, and how often it was woken after having waited."""

    cpu: float
    wakes: int


def python_thread(pid: int) -> int:
    """The id of the one thread that runs a service or script. Raises ValueError where there are several, or none."""
    (found,) = python_threads(pid)
    return found


def python_threads(pid: int) -> list[int]:
    """Those of Kodi's threads that run Python."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # the thread has ended in the meantime
            if (task / "comm").read_text().strip() == _PYTHON_THREAD:
                found.append(int(task.name))
    return found


def thread(pid: int, thread_id: int) -> Thread:
    """Raises OSError if it has ended."""
    task = Path(f"/proc/{pid}/task/{thread_id}")
    nanoseconds = int((task / "schedstat").read_text().split()[0])
    return Thread(nanoseconds / 1e9, _number("voluntary_ctxt_switches", task / "status"))


def python_cpu(pid: int) -> float:
    """Seconds, of all threads that run Python now."""
    return sum(thread(pid, thread_id).cpu for thread_id in python_threads(pid))


def cpu(pid: int) -> float:
    """Seconds, of all threads that there are and were."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory(pid: int) -> int:
    """Bytes that the process has for itself (anonymous PSS).

    Pages of files are left out: how many of them count would depend on what else runs from the same files.
    """
    return _number("Pss_Anon", Path(f"/proc/{pid}/smaps_rollup")) * 1024


def threads(pid: int) -> int:
    """How many there are."""
    return len(os.listdir(f"/proc/{pid}/task"))


def descriptors(pid: int) -> int:
    """Files, sockets and the like that are open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def _number(name: str, file: Path) -> int:
    found = re.search(rf"^{name}:\s*(\d+)", file.read_text(), re.MULTILINE)
    if not found:
        raise OSError(f"no {name} in {file}")
    return int(found[1])
