"""Simkl Connect as it is met from outside: its screen, its published state, its settings on disk."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simkl_simulator import Simulator

from . import navigation
from .kodi import Kodi
from .paths import ADDON_ID

DIALOG, PAGE = "script-simkl-connect.xml", "script-simkl-connect-activity.xml"
QUESTION = "yesnodialog"
"""Kodi's own, with Yes and No."""
CODE, ADDRESS, MESSAGE, PROGRESS, TIME_LEFT, FIRST_BUTTON, SECOND_BUTTON = 100, 101, 102, 103, 105, 110, 111


@dataclass(frozen=True)
class Shown:
    """What the sign-in dialog's controls say."""

    phase: str
    code: str
    address: str
    message: str
    progress: str
    time_left: str
    first_button: str
    second_button: str


class Addon:
    """The add-on in a running Kodi."""

    def __init__(self, kodi: Kodi) -> None:
        self.kodi = kodi

    def press_authorize(self) -> None:
        """Opens the add-on's settings and presses Authorize there, as a person does."""
        navigation.open_settings(self.kodi, ADDON_ID)
        navigation.press(self.kodi, "Authorize")

    def run(self, command: str = "") -> None:
        """``RunScript`` with ``command``, or without."""
        self.kodi.builtin(f"RunScript({ADDON_ID}{',' if command else ''}{command})")

    def sign_in(self, simkl: Simulator) -> None:
        """From the command to an account's name in the settings; the dialog is still there for a moment."""
        self.run("authorize")
        simkl.approve(self.wait_for_code())
        self.wait_for_setting("account_name")

    @property
    def state(self) -> dict[str, Any]:
        """What the service publishes; empty if nothing."""
        published = self.kodi.property(f"{ADDON_ID}.state")
        state: dict[str, Any] = json.loads(published) if published else {}
        return state

    def wait_for_phase(self, *phases: str, timeout: float = 15.0) -> dict[str, Any]:
        """The published state once its phase is one of ``phases``."""
        self.kodi.wait_for(
            lambda: self.state.get("phase") in phases, f"the service to publish {' or '.join(phases)}", timeout
        )
        return self.state

    def wait_for_code(self, timeout: float = 15.0) -> str:
        """The user code once it stands on the screen."""
        return self.kodi.wait_for(
            lambda: self.kodi.control(CODE) if self.dialog_is_open else "", "a code in the dialog", timeout
        )

    def wait_for_message(self, message: str, timeout: float = 15.0) -> None:
        """Waits until the dialog's message begins so."""
        self.kodi.wait_for(
            lambda: self.kodi.control(MESSAGE).startswith(message), f"the message {message!r} in the dialog", timeout
        )

    @property
    def dialog_is_open(self) -> bool:
        """Whether the sign-in dialog is on the screen."""
        return self.kodi.boolean(f"Window.IsActive({DIALOG})")

    def wait_until_dialog_closed(self, timeout: float = 15.0) -> None:
        """Waits until no sign-in dialog is on the screen."""
        navigation.wait_until_closed(self.kodi, DIALOG, timeout)

    def decline_sync(self) -> None:
        """Says no to the question that follows the first sign-in where the library holds something."""
        navigation.wait_for_window(self.kodi, QUESTION)
        self.kodi.press("back")
        navigation.wait_until_closed(self.kodi, QUESTION)

    @property
    def shown(self) -> Shown:
        """All controls of the dialog, at one moment."""
        ids = (CODE, ADDRESS, MESSAGE, PROGRESS, TIME_LEFT, FIRST_BUTTON, SECOND_BUTTON)
        names = [f"Control.GetLabel({control})" for control in ids]
        labels = self.kodi.labels("Window.Property(phase)", *names)
        return Shown(labels["Window.Property(phase)"], *(labels[name] for name in names))

    @property
    def script_runs(self) -> bool:
        """Whether a script of the add-on runs, by Kodi's log. ``StopScript`` finds none by a path that two had."""
        log = self.kodi.log()
        begun = log.count("default.py): instantiating addon")
        return begun > len(re.findall(r"onExecutionDone\(\d+, \S*default\.py\)", log))

    def wait_until_script_ended(self) -> None:
        """Waits until Kodi has forgotten every script of the add-on."""
        self.kodi.wait_for(lambda: not self.script_runs, "the script to end")
        self.kodi.catch_up()

    @property
    def settings(self) -> dict[str, str]:
        """The add-on's settings, as the file on disk has them."""
        return self.kodi.setting_file()

    @property
    def database(self) -> Path:
        """The file of what must not be lost."""
        return self.kodi.profile.addon_data() / "simkl.db"

    def stored(self) -> dict[str, str]:
        """The values in the database; none if there is no file yet. Raises OperationalError while it is written."""
        if not self.database.exists():
            return {}
        with closing(sqlite3.connect(f"file:{self.database}?mode=rw", uri=True, timeout=1.0)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'value'").fetchall():
                return {}
            return dict(connection.execute("SELECT name, value FROM value"))

    def rows(self, kind: str) -> list[str]:
        """The items of a queue in the database, in order."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=rw", uri=True, timeout=1.0)) as connection:
            found = connection.execute("SELECT item FROM queued WHERE kind = ? ORDER BY id", (kind,))
            return [item for (item,) in found]

    def wait_for_setting(self, name: str, value: str | None = None, timeout: float = 15.0) -> str:
        """The setting on disk once it is ``value``, or anything but empty."""

        def there() -> str:
            found = self.settings.get(name, "")
            return found if value is None or found == value else ""

        return self.kodi.wait_for(there, f"the setting {name} on disk", timeout)

    def restart_with(self, **values: str) -> None:
        """Change what the database holds while Kodi is off, and start it again."""
        self.kodi.quit()
        with closing(sqlite3.connect(self.database)) as database, database:
            pairs = [(value, name) for name, value in values.items()]
            database.executemany("UPDATE value SET value = ? WHERE name = ?", pairs)
        self.kodi.restart()
