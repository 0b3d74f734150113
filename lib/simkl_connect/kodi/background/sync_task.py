"""The sync of the library, as the service has it: loaded when it is first wanted, so that others do without it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Callable, NamedTuple

from ...environment import Environment
from ...errors import StorageFailed
from ...identification.decisions import Decisions
from ...models import Secret
from ...sync import ACCOUNT
from ...ui.commands import Command
from .. import preferences

if TYPE_CHECKING:
    from .syncing import Syncing

SCAN_STARTED, SCAN_FINISHED = "VideoLibrary.OnScanStarted", "VideoLibrary.OnScanFinished"
CLEAN_STARTED, CLEAN_FINISHED = "VideoLibrary.OnCleanStarted", "VideoLibrary.OnCleanFinished"
ROW_UPDATED, ROW_REMOVED, PLAY_STOPPED = "VideoLibrary.OnUpdate", "VideoLibrary.OnRemove", "Player.OnStop"
HEARD = (SCAN_STARTED, SCAN_FINISHED, CLEAN_STARTED, CLEAN_FINISHED, ROW_UPDATED, ROW_REMOVED, PLAY_STOPPED)
"""The notifications of Kodi's that :meth:`SyncTask.heard` wants."""

_log = logging.getLogger(__name__)


class Callbacks(NamedTuple):
    """What the sync needs of the other tasks.

    ``is_playing``: whether a video plays. ``expect_echo`` gets kind, row and playcount before they are written.
    ``grant_rejected`` gets an access token that Simkl has refused. ``decisions``: the user's.
    """

    is_playing: Callable[[], bool]
    expect_echo: Callable[[str, int, int], None]
    grant_rejected: Callable[[Secret], None]
    decisions: Decisions


class SyncTask:
    """A task around :class:`~.syncing.Syncing`. All methods belong to the service's thread."""

    def __init__(self, environment: Environment, callbacks: Callbacks) -> None:
        self._environment = environment
        self._callbacks = callbacks
        self._syncing: Syncing | None = None
        self._commands: list[Command] = []
        self._settings_changed = True
        self._is_on = False
        self._is_used: bool | None = None

    def command(self, command: Command) -> None:
        """One of :data:`~simkl_connect.ui.commands.SYNC_COMMANDS`, carried out at the next :meth:`advance`."""
        self._commands.append(command)

    def settings_changed(self) -> None:
        """Look at the settings at the next :meth:`advance`."""
        self._settings_changed = True

    def decisions_changed(self) -> None:
        """What was left alone or compared as something else until now is to be compared anew."""
        if self._syncing is not None:
            self._syncing.decisions_changed()

    def heard(self, method: str, data: str) -> None:
        """A notification of :data:`HEARD`, with its data as JSON."""
        if self._syncing is not None:
            self._syncing.heard(method, data)

    def advance(self) -> None:
        """One step of what is under way, or of what was asked for."""
        if self._syncing is None and (self._commands or self._is_wanted()):
            from .syncing import Syncing  # 0.8 MiB

            self._syncing = Syncing(self._environment, self._callbacks)
        if self._syncing is not None:
            commands, self._commands = self._commands, []
            has_changed, self._settings_changed = self._settings_changed, False
            self._syncing.advance(commands, has_changed)

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing."""
        return None if self._syncing is None else self._syncing.seconds_to_wait()

    def close(self, timeout: float) -> None:
        """End. What is missing is done after the next start."""
        if self._syncing is not None:
            self._syncing.close(timeout)

    def _is_wanted(self) -> bool:
        """Whether somebody is signed in and has it on, or it has once been used: then it follows the library."""
        if self._is_used is None:
            try:
                self._is_used = bool(self._environment.database.read(ACCOUNT))
            except StorageFailed as failed:
                _log.warning("sync: %s", failed)
                self._is_used = False
        if not self._is_used and self._settings_changed:
            self._settings_changed = False
            self._is_on = any(preferences.syncing())
        return self._is_used or (self._is_on and self._environment.tokens.token() is not None)
