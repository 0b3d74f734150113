"""One run of the real ``kodi.bin`` on a profile and a display: from the start until it is gone."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from typing import Mapping, Protocol

from .namespace import with_mounts
from .ports import Lease
from .process import GuardedProcess
from .profile import Profile
from .rpc import JsonRpc, RpcError
from .waiting import wait_for

TAIL = 40
"""Lines of Kodi's log that an error shows."""

_NOISE = "remote mapping for"
"""In dozens of lines of every log, a second after the start."""

_HOME = "Window.IsVisible(home)"
_NAME = "System.FriendlyName"


class KodiError(Exception):
    """Kodi is missing, died, or did not do what it was told; the text ends with the end of its log."""

    def __init__(self, what: str, profile: Profile | None = None) -> None:
        super().__init__(f"{what}\n{log_tail(profile)}" if profile else what)


def log_tail(profile: Profile, lines: int = TAIL) -> str:
    """The end of Kodi's log, or of what it printed if it got no further than that."""
    text = profile.log_text()
    source = "kodi.log" if text else profile.output_file.name
    if not text and profile.output_file.exists():
        text = profile.output_file.read_text(errors="replace")
    telling = [line for line in text.splitlines() if _NOISE not in line]
    return "\n".join([f"--- the end of {source}:", *telling[-lines:]])


class Display(Protocol):
    """Where Kodi draws."""

    environment: dict[str, str]


class Instance:
    """A booted Kodi. ``boot_seconds`` is how long it took from the start of the process to the home screen."""

    def __init__(self, profile: Profile, display: Display, environment: Mapping[str, str]) -> None:
        """Start the process; :meth:`wait_until_home` is the next thing to call."""
        self._profile = profile
        self._lease = Lease()  # each boot has its own: the last one's ports may not be free again
        self.ports = self._lease.ports
        self.rpc = JsonRpc(self.ports.web)
        self.boot_seconds = 0.0
        with ExitStack() as stack:
            stack.callback(self._lease.close)
            self._start(profile, {**display.environment, **environment})
            stack.pop_all()

    @property
    def pid(self) -> int:
        """The process id of ``kodi.bin``."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.alive

    @property
    def exit_code(self) -> int | None:
        """None while it runs; 128 + n if signal n ended it."""
        return self._process.exit_code

    def require_alive(self) -> None:
        """Raise :class:`KodiError` if the process is gone."""
        if not self.alive:
            raise KodiError(f"Kodi has ended with exit code {self.exit_code}", self._profile)

    def wait_until_home(self, timeout: float) -> None:
        """Wait for JSON-RPC to answer and the home screen to be there, at most ``timeout`` seconds."""
        try:
            wait_for(self._is_home, "Kodi's home screen", timeout)
        except TimeoutError as error:
            raise KodiError(str(error), self._profile) from error
        self.boot_seconds = time.monotonic() - self._started

    def quit(self, timeout: float) -> float:
        """Have Kodi quit as its power menu does; the seconds until the process was gone."""
        self.require_alive()
        started = time.monotonic()
        with suppress(OSError):  # it can be faster to go than to answer
            self.rpc.call("Application.Quit")
        try:
            wait_for(lambda: not self.alive, "Kodi to quit", timeout)
        except TimeoutError as error:
            raise KodiError(str(error), self._profile) from error
        return time.monotonic() - started

    def kill(self) -> None:
        """SIGKILL; returns when it is gone. Does nothing if it is gone already."""
        self._process.stop()
        self._lease.close()

    def _start(self, profile: Profile, environment: Mapping[str, str]) -> None:
        profile.prepare_boot(self.ports)
        runtime = profile.setup.runtime
        arguments = ["--windowing=x11", *([] if profile.windowed else ["--standalone"])]
        videos = [profile.setup.library.media] if profile.setup.library else []
        command = runtime.command(arguments, profile.home, videos)
        if profile.setup.mounts:
            command = with_mounts(profile.setup.mounts, command)
        full = {**_environment(profile), **environment}
        self._started = time.monotonic()
        self._process = GuardedProcess(command, full, profile.output_file, "SIGKILL", runtime.binary.parent)

    def _is_home(self) -> bool:
        self.require_alive()
        try:
            if not self.rpc.booleans((_HOME,))[_HOME]:
                return False
            name = self.rpc.labels((_NAME,))[_NAME]
        except (OSError, RpcError):  # not listening yet; methods appear a moment later than the port
            return False
        if name != self._profile.name:
            raise KodiError(f"another Kodi ({name!r}) answers on port {self.ports.web}", self._profile)
        return True


# Variables that Kodi sets itself, some a moment after its start. Setting a new one while another thread reads any
# crashes in getenv (about one boot in five hundred); changing one that is there does not.
_SET_BY_KODI = {
    "LIRC_SOCKET_PATH": "/var/run/lirc/lircd",
    "OS": "Linux",
    "PYTHONOPTIMIZE": "1",
    "TZ": "Etc/UTC",
}

_ONE_CORE = {"LP_NUM_THREADS": "0"}
"""While a video plays Kodi draws without a pause: this takes 0.95 cores instead of 1.9 of two, and seeks as fast."""


def _environment(profile: Profile) -> dict[str, str]:
    """All that Kodi gets to see: no other Python on its path, no message bus, no sound server, no proxies."""
    runtime = profile.home / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {
        "HOME": str(profile.home),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "XDG_RUNTIME_DIR": str(runtime),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent",
        "KODI_AE_SINK": "ALSA",
        **_SET_BY_KODI,
        **(_ONE_CORE if profile.setup.library else {}),
    }
