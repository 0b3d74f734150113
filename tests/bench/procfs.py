"""What Linux knows of a process, from ``/proc``."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

_PYTHON_THREAD = "LanguageInvoker"


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


def thread_cpu(pid: int, thread_id: int) -> float:
    """Seconds that a thread has used so far. Raises OSError if it has ended."""
    return int(Path(f"/proc/{pid}/task/{thread_id}/schedstat").read_text().split()[0]) / 1e9


def python_cpu(pid: int) -> float:
    """Seconds, of all threads that run Python now."""
    return sum(thread_cpu(pid, thread_id) for thread_id in python_threads(pid))


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
