"""A program that is stopped by its process id, whatever becomes of the test run."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Mapping, Sequence

_GUARD = Path(__file__).with_name("guard.py")


class StartError(Exception):
    """A program could not be started; the text holds what it said."""


class GuardedProcess:
    """A running program, the child of a small guard (:mod:`real_kodi.guard`) that survives Ctrl-C and dies with us."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        output: Path,
        stop_signal: str = "SIGTERM",
        folder: Path | None = None,
    ) -> None:
        """Start ``command`` in ``folder``, its output appended to the file ``output``."""
        with output.open("ab") as log:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_GUARD), stop_signal, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=dict(environment),
                cwd=folder,
                start_new_session=True,
            )
        assert self._guard.stdout is not None
        announced = self._guard.stdout.readline().strip()
        if not announced:
            self.stop()
            raise StartError(f"{command[0]} did not start:\n{output.read_text(errors='replace')}")
        self.pid = int(announced)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._guard.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; 128 + n if signal n ended it."""
        return self._guard.poll()

    def stop(self) -> None:
        """Send the stop signal (then SIGKILL, 3 s later) and wait until it is gone. Does nothing the second time."""
        assert self._guard.stdin is not None
        assert self._guard.stdout is not None
        self._guard.stdin.close()
        self._guard.wait()
        self._guard.stdout.close()


def thread_names(pid: int) -> list[str]:
    """The names of a process's threads, cut to 15 characters; none if it is gone."""
    names = []
    for task in Path(f"/proc/{pid}/task").glob("*/comm"):
        with suppress(OSError):  # the thread has ended in the meantime
            names.append(task.read_text().strip())
    return names
