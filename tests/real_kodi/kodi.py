"""A real Kodi to test with: boots, is asked and told things, and is gone at the end, whatever happened in between."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Mapping, TypeVar

from PIL import Image

from .announcements import Announcements, Notification
from .display import DeveloperDisplay, VirtualDisplay
from .events import listening, send_builtin
from .instance import Instance, KodiError, log_tail
from .process import thread_names
from .profile import Profile, Setup
from .template import databases
from .waiting import wait_for

Seen = TypeVar("Seen")

HOME_WINDOW = 10000
_TURN = "real_kodi.turn"
_PYTHON_THREAD = "LanguageInvoker"


class Kodi:
    """One Kodi on a fresh profile; use it in a ``with`` statement, which boots it.

    ``environment`` is added to Kodi's own, which is empty but for what Kodi needs. With ``on_screen`` Kodi appears in a
    window on the display of the environment, otherwise on an invisible one of its own. With ``wait_for_service`` a boot
    is over only when a Python service runs. Any number of them work at once.
    """

    def __init__(
        self,
        setup: Setup,
        environment: Mapping[str, str] | None = None,
        on_screen: bool = False,
        wait_for_service: bool = False,
        boot_timeout: float = 60.0,
    ) -> None:
        """Nothing is started yet. ``boot_timeout`` in seconds."""
        self.setup = setup
        self.environment = dict(environment or {})
        self._on_screen = on_screen
        self._wait_for_service = wait_for_service
        self._boot_timeout = boot_timeout
        self._turns = count(1)
        self._lasting = ExitStack()  # what is there until the end
        self._running = ExitStack()  # what is there until Kodi is restarted

    def __enter__(self) -> Kodi:
        with ExitStack() as stack:
            stack.callback(self._clean_up)
            self.profile = Profile(self.setup, self._databases(), self._on_screen)
            self._lasting.callback(self.profile.remove)
            self._display = self._make_display()
            self._lasting.callback(self._display.close)
            self._boot()
            stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._clean_up()

    # --- the process

    @property
    def pid(self) -> int:
        """The process id of ``kodi.bin``."""
        return self._instance.pid

    @property
    def alive(self) -> bool:
        """Whether Kodi runs."""
        return self._instance.alive

    @property
    def exit_code(self) -> int | None:
        """None while Kodi runs; 128 + n if signal n has ended it."""
        return self._instance.exit_code

    @property
    def boot_seconds(self) -> float:
        """From the start of the process to the home screen."""
        return self._instance.boot_seconds

    def quit(self, timeout: float = 60.0) -> float:
        """Quit Kodi as its power menu does; the seconds until the process was gone."""
        return self._instance.quit(timeout)

    def kill(self) -> None:
        """End Kodi on the spot (SIGKILL), as a power cut does."""
        self._instance.kill()

    def restart(self, environment: Mapping[str, str] | None = None) -> None:
        """Quit Kodi if it runs and boot it again on the same profile, with another ``environment`` if one is given."""
        if self.alive:
            self.quit()
        self._running.close()
        if environment is not None:
            self.environment = dict(environment)
        self._boot()

    # --- telling it things

    def rpc(self, method: str, **params: object) -> Any:
        """The result of a JSON-RPC call."""
        self._instance.require_alive()
        return self._instance.rpc.call(method, **params)

    def action(self, name: str) -> None:
        """Have the active window do ``name`` (``select``, ``back``, ``down`` …), past the keymap."""
        self.rpc("Input.ExecuteAction", action=name)

    def press(self, button: str, keymap: str = "R1") -> None:
        """Press a button of the remote (``select``, ``back``, ``down`` …), or a key with ``keymap="KB"``."""
        self.rpc("Input.ButtonEvent", button=button, keymap=keymap)

    def builtin(self, text: str) -> None:
        """Run a built-in function, ``RunScript(…)`` for one. There is no answer: wait for what it does."""
        self._instance.require_alive()
        send_builtin(self._instance.ports.event, text)

    def catch_up(self) -> None:
        """Wait until Kodi has done all it was told before: its main loop takes keys and built-ins in their order."""
        turn = str(next(self._turns))
        self.builtin(f"SetProperty({_TURN},{turn},{HOME_WINDOW})")
        self.wait_for(lambda: self.property(_TURN) == turn, "Kodi's main loop to come round")

    # --- asking it things

    def labels(self, *infolabels: str) -> dict[str, str]:
        """The values of info labels, by name."""
        self._instance.require_alive()
        return self._instance.rpc.labels(infolabels)

    def booleans(self, *conditions: str) -> dict[str, bool]:
        """The values of boolean conditions, by condition."""
        self._instance.require_alive()
        return self._instance.rpc.booleans(conditions)

    def label(self, infolabel: str) -> str:
        """The value of one info label."""
        return self.labels(infolabel)[infolabel]

    def boolean(self, condition: str) -> bool:
        """The value of one boolean condition."""
        return self.booleans(condition)[condition]

    def control(self, control_id: int) -> str:
        """The text of a control of the active window."""
        return self.label(f"Control.GetLabel({control_id})")

    def property(self, name: str, window: int = HOME_WINDOW) -> str:
        """A property of a window; empty if it has none of that name."""
        return self.label(f"Window({window}).Property({name})")

    def python_runs(self) -> int:
        """How many scripts and services run: Kodi gives each a thread of this name."""
        return thread_names(self.pid).count(_PYTHON_THREAD)

    def setting_file(self) -> dict[str, str]:
        """The settings of the add-on as they are on the disk; none if there is no file yet."""
        return wait_for(self._read_setting_file, "a whole settings.xml", 2.0)[0]

    def log(self, previous: bool = False) -> str:
        """Kodi's log since it booted, or that of the ``previous`` boot."""
        return self.profile.log_text(previous)

    def notifications(self) -> tuple[Notification, ...]:
        """Everything Kodi has announced since its home screen was there."""
        return self._announcements.received()

    def picture(self) -> Image.Image:
        """What is on the screen now."""
        return self._display.picture()

    def still_picture(self, timeout: float = 10.0) -> Image.Image:
        """What is on the screen as soon as it stops changing: when fades and slides are over."""
        pictures = [self.picture()]

        def unchanged() -> bool:
            pictures.append(self.picture())
            return pictures[-1].tobytes() == pictures.pop(0).tobytes()

        self.wait_for(unchanged, "the screen to keep still", timeout)
        return pictures[0]

    def screenshot(self, path: Path) -> Path:
        """Write what is on the screen now to ``path``, a PNG of every pixel."""
        self.picture().save(path, "PNG", compress_level=1)
        return path

    # --- waiting for it

    def wait_for(self, predicate: Callable[[], Seen | None], what: str, timeout: float = 10.0) -> Seen:
        """The first true value of ``predicate``; an error after ``timeout`` seconds tells what Kodi showed instead."""

        def look() -> Seen | None:
            self._instance.require_alive()
            return predicate()

        return wait_for(look, what, timeout, self._situation)

    def wait_for_python(self, timeout: float = 10.0) -> None:
        """Wait until a script or a service runs; what it has done by then is for its own property to tell."""
        self.wait_for(self.python_runs, "a script or service to run", timeout)

    # --- inside

    def _databases(self) -> Path:
        return self.setup.library.databases if self.setup.library else databases(self.setup.runtime)

    def _make_display(self) -> VirtualDisplay | DeveloperDisplay:
        if self._on_screen:
            return DeveloperDisplay()
        return VirtualDisplay(self.setup.width, self.setup.height, self.profile.output_file)

    def _boot(self) -> None:
        self._instance = Instance(self.profile, self._display, self.environment)
        self._running.callback(self._instance.kill)
        self._instance.wait_until_home(self._boot_timeout)
        self.wait_for(lambda: listening(self._instance.ports.event), "Kodi's event server")
        self._announcements = Announcements(self._instance.ports.tcp)
        self._running.callback(self._announcements.close)
        if self._wait_for_service:
            self.wait_for_python()

    def _clean_up(self) -> None:
        try:
            self._running.close()
        finally:
            self._lasting.close()

    def _read_setting_file(self) -> tuple[dict[str, str]] | None:
        try:
            return (self.profile.addon_settings(),)
        except ElementTree.ParseError:  # Kodi is writing it
            return None

    def _situation(self) -> str:
        shown = self.labels("System.CurrentWindow", "System.CurrentControl")
        return f"{shown}\n{log_tail(self.profile, 15)}"


__all__ = ["Kodi", "KodiError", "Setup"]
