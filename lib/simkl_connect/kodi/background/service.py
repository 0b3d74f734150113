"""The service: one loop on Kodi's monitor tick that advances every task, and hears what Kodi calls back."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Callable, Mapping

import xbmc

from ... import clock
from ...auth.authorizer import Authorizer, NotConfigured
from ...auth.pending_sign_in import PendingSignIn
from ...auth.phases import Phase
from ...auth.refresh_requests import RefreshRequests
from ...auth.shared_state import Outcome, SharedState
from ...auth.token_refresher import Notice, TokenRefresher
from ...environment import Environment
from ...errors import Problem
from ...http.worker import Worker
from ...json_values import to_object
from ...scrobbling.callbacks import Callbacks
from ...scrobbling.scrobbler import Scrobbler
from ...storage.database import Database
from ...storage.legacy import Legacy
from ...storage.limits import SharedLimits
from ...storage.settings_mirror import SettingsMirror
from ...storage.token_store import TokenStore
from ...ui.commands import ACTIONS, ALLOW, AUTHORIZE, CANCEL, CHOOSE, REFRESH, SIGN_OUT, SYNC_COMMANDS, WAKE, Command
from ...ui.view import View
from .. import connection, files, ipc, preferences
from ..log import log
from ..log_handler import log_to_kodi
from ..own_addon import AddonGone, own_addon
from ..settings import KodiSettings
from ..system import hold_screensaver, is_enabled, platform
from . import library, sync_task
from .alarm import Alarm
from .notifications import notify, notify_connected, notify_scrobble
from .player import WatchedPlayer
from .tasks import LAST_WAIT, Task, TaskLoop

if TYPE_CHECKING:
    from ...http.session import Session

CLOSING = 0.3
"""Seconds that Kodi is held up at the most for a request that does not end."""
LIBRARY_UPDATED, DEVICE_WOKE = "VideoLibrary.OnUpdate", "System.OnWake"
NAME_KNOWN = 10.0
"""Seconds in which a sign-in usually finds out the account's name; one that could not be saved does not ask."""


class Service(xbmc.Monitor):
    """Kodi's monitor: its callbacks run inside ``waitForAbort``, on the thread of the loop.

    Raises AddonGone if the add-on was disabled while this was loaded: no monitor was there to hear a stop.
    """

    def __init__(self) -> None:
        super().__init__()
        log_to_kodi()
        if not is_enabled():
            raise AddonGone
        self._version = own_addon().getAddonInfo("version")
        self._platform = platform()
        self._base_url = preferences.api_url()
        self._database = database = Database(files.database())
        backend = KodiSettings()
        tokens = TokenStore(database, time.time, predecessor=Legacy(files.local_data_folder(), backend.read))
        limits = SharedLimits(files.limits(), clock.now)
        worker = Worker(self._open_session, clock.now, _wake, limits)
        environment = Environment(clock.now, time.time, random.random, worker, database, tokens)
        self._mirror = SettingsMirror(tokens, database, backend, clock.now)
        self._refresher = TokenRefresher(environment, preferences.client_id, notify)
        self._refresh_requests = RefreshRequests(tokens, self._refresher, self._publish_shared)
        self._authorizer = Authorizer(
            environment,
            PendingSignIn(database, clock.now, time.time, clock.boot_id()),
            self._configured_client_id,
            self._publish,
            self._token_stored,
            self._signed_in,
        )
        self._scrobbler = Scrobbler(
            environment,
            Callbacks(
                preferences.LastKnown(),
                library.look_up,
                ipc.publish_activity,
                notify_scrobble,
                self._refresher.grant_rejected,
                preferences.exclude_folder,
            ),
        )
        self._player = player = WatchedPlayer(self._scrobbler, self._advance, clock.now)
        self._sync = sync_task.SyncTask(
            environment,
            sync_task.Callbacks(
                player.isPlayingVideo,
                self._scrobbler.marks.expect_echo,
                self._refresher.grant_rejected,
                self._scrobbler.decisions,
            ),
        )
        # the worker first, which is closed last: it ends the requests of the others
        signing_in = (worker, self._authorizer, self._refresher, self._refresh_requests)
        watching = (player, self._scrobbler, self._sync)
        self._loop = TaskLoop((*signing_in, *watching, tokens, self._mirror), self._mistaken)
        self._alarm = Alarm(_wake, clock.now)
        self._handlers: Mapping[str, tuple[Task, Callable[[Command], None]]] = {
            AUTHORIZE: (self._authorizer, self._authorize),
            CANCEL: (self._authorizer, self._cancel),
            SIGN_OUT: (self._authorizer, self._sign_out),
            REFRESH: (self._refresh_requests, self._refresh),
            **dict.fromkeys(ACTIONS, (self._scrobbler, self._act)),
            **dict.fromkeys(SYNC_COMMANDS, (self._sync, self._sync.command)),
        }

    def run(self) -> None:
        """Returns when Kodi says stop."""
        try:
            self._begin()
            while not self.waitForAbort(self._turn()):
                continue
        finally:
            self.close()

    def close(self) -> None:
        """End what is under way."""
        try:
            self._alarm.cancel()
            self._loop.close(CLOSING)
            self._database.close()
        finally:
            ipc.withdraw()

    def onNotification(self, sender: str, method: str, data: str) -> None:  # noqa: N802  # Kodi's name
        """Called by Kodi within ``waitForAbort``."""
        received = ipc.received(sender, method, data)
        if method in sync_task.HEARD:
            self._call(self._sync, lambda: self._sync.heard(method, data))
        if received is not None:
            self._handle(received)
            self._advance()
        elif method in (LIBRARY_UPDATED, DEVICE_WOKE):
            self._call(self._scrobbler, lambda: self._heard(method, data))
            self._advance()

    def onSettingsChanged(self) -> None:  # noqa: N802  # Kodi's name
        """Called by Kodi within ``waitForAbort``, after every change, our own too."""
        self._mirror.look_again()
        self._sync.settings_changed()
        self._call(self._scrobbler, self._scrobbler.settings_changed)

    def _begin(self) -> None:
        if self._database.set_aside:
            notify(Notice.SETTINGS_LOST)
        self._call(self._player, self._player.begin)
        self._authorizer.resume()

    def _handle(self, command: Command) -> None:
        if command.name in self._handlers:
            self._loop.resume()
            task, handler = self._handlers[command.name]
            self._call(task, lambda: handler(command))

    def _call(self, task: Task, handler: Callable[[], None]) -> None:
        try:
            handler()
        except Exception as error:  # noqa: BLE001  # Kodi would log it with all that it quotes
            self._loop.pause(task, error)

    def _authorize(self, command: Command) -> None:
        self._authorizer.authorize(command.request)

    def _cancel(self, _command: Command) -> None:
        self._authorizer.cancel()

    def _act(self, command: Command) -> None:
        self._scrobbler.retry_now()
        self._scrobbler.act(command.name, command.values)
        if command.name in (ALLOW, CHOOSE):
            self._sync.decisions_changed()

    def _sign_out(self, command: Command) -> None:
        if command.values.get("clear") is True:
            self._scrobbler.clear()
        if command.values.get("drop") is True:
            self._scrobbler.drop_waiting()
        self._authorizer.reset(command.request)
        self._refresher.sign_out()
        self._mirror.look_again()

    def _refresh(self, command: Command) -> None:
        self._refresh_requests.ask(command.request, command.values.get("refused"))

    def _heard(self, method: str, data: str) -> None:
        """Something that happened in Kodi, or that another add-on says has happened."""
        if method == DEVICE_WOKE:
            self._scrobbler.retry_now()
            return
        self._scrobbler.library_updated(to_object(data))

    def _signed_in(self, name: str) -> None:
        notify_connected(name)
        self._scrobbler.retry_now()

    def _turn(self) -> float:
        """Between two waits of the loop. Returns the seconds to wait."""
        seconds = self._loop.advance()
        self._alarm.wait_begins(seconds)
        return seconds

    def _advance(self) -> None:
        """In a callback, within a wait."""
        self._alarm.needed_in(self._loop.advance())

    def _mistaken(self, task: Task) -> None:
        if task is self._authorizer:
            self._publish(View(request=self._view.request, phase=Phase.FAILED.value, problem=Problem.INTERNAL.value))

    def _publish(self, view: View) -> None:
        self._view = view
        ipc.publish(view.to_json())
        if not view.user_code:
            hold_screensaver(False)  # for a dialog that was killed and could not let it go

    def _publish_shared(self, answers: Mapping[str, Outcome]) -> None:
        ipc.publish_shared(SharedState(platform=self._platform, answers=answers).to_json())

    def _token_stored(self) -> None:
        self._refresher.look_again(name_in=NAME_KNOWN)
        self._mirror.look_again()

    def _configured_client_id(self) -> str:
        """Raises NotConfigured."""
        client_id = preferences.client_id()
        if not client_id:
            raise NotConfigured(Problem.CLIENT_ID_MISSING)
        if not self._base_url:
            raise NotConfigured(Problem.API_URL_REFUSED)
        return client_id

    def _open_session(self) -> Session:
        return connection.open_session(self._base_url, self._version, self._platform)


def _wake() -> None:
    """Have the service advance; any thread may call it. Nothing but a callback reaches a wait that has begun."""
    ipc.send(WAKE, "")


def run() -> None:
    """What ``service.py`` calls. Returns when Kodi ends, or ends the add-on."""
    log("service started")
    try:
        Service().run()
    except AddonGone:
        # Kodi crashes if it says stop to a service that ends by itself meanwhile
        xbmc.Monitor().waitForAbort(LAST_WAIT)
    finally:
        log("service ended")
