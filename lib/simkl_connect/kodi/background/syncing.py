"""The sync of the library in Kodi: what the service hears, is asked for, and shows of it."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Mapping, Sequence

from ...activity.activity import add_unknown
from ...environment import Environment
from ...errors import Problem, StorageFailed
from ...json_values import as_object, to_object
from ...media import Show
from ...scrobbling.callbacks import may_write, owner_of, owners_of
from ...scrobbling.marks import read_update
from ...sync import ACCOUNT, OFFERED, PREVIEW
from ...sync.library_sync import LibrarySync, SignedIn
from ...sync.preview import Preview, dump_preview
from ...sync.run import Directions
from ...sync.state import SyncState
from ...sync.titles import MOVIE, SHOW, Title
from ...sync.unmarked import Unmarked
from ...ui.commands import SYNC, SYNC_ANSWER, SYNC_CANCEL, SYNC_OFFERED, SYNC_UNDO, Command
from .. import ipc, json_rpc, preferences, texts
from ..settings import KodiSettings
from . import library
from .notifications import notify_sync
from .sync_bar import SyncBar
from .sync_task import (
    CLEAN_FINISHED,
    CLEAN_STARTED,
    PLAY_STOPPED,
    ROW_REMOVED,
    ROW_UPDATED,
    SCAN_FINISHED,
    SCAN_STARTED,
    Callbacks,
)

LONGEST_QUESTION = 900.0
"""Seconds after which a question that nobody answers is taken back."""
SETTINGS_RETRY = 5.0
"""Seconds until settings are written again that Kodi has lost, as it does while their page is open."""
ID_WITHIN = 60.0
"""Seconds after a sign-in in which the account's id may still be on its way."""
_BEGUN = {SCAN_STARTED: "scan", CLEAN_STARTED: "clean"}
_OVER = {SCAN_FINISHED: "scan", CLEAN_FINISHED: "clean"}
_ENDED = ("done", "failed", "cancelled")

_log = logging.getLogger(__name__)


class Syncing:
    """What :class:`~simkl_connect.kodi.background.sync_task.SyncTask` does once it is loaded."""

    def __init__(self, environment: Environment, callbacks: Callbacks) -> None:
        self._environment, self._callbacks = environment, callbacks
        self._database, self._tokens = environment.database, environment.tokens
        self._settings = KodiSettings()
        self._bar = SyncBar()
        self._scans = {"scan"} if library.is_scanning() else set()
        self._directions = Directions(False, False)
        self._excluded: tuple[str, ...] = ()
        self._unsaved: dict[str, str] = {}
        self._save_at = self._asked_at = 0.0
        self._is_begun = False
        self._account = self._request = ""
        self._shows_bar = self._shows_end = self._is_undo = False
        self._unmarked = Unmarked(environment.database, environment.clock)
        self._sync = LibrarySync(
            SyncState(environment.database, self._unmarked),
            environment.worker,
            self._rpc,
            self._signed_in,
            callbacks.grant_rejected,
            lambda: self._directions,
            self._is_busy,
            self._is_excluded,
            callbacks.decisions,
            self._publish,
            self._ask,
            environment.clock,
            environment.wall_clock,
        )

    def decisions_changed(self) -> None:
        """What was left alone or compared as something else until now is to be compared anew."""
        self._sync.library_changed()

    def heard(self, method: str, data: str) -> None:
        """A notification of :data:`~simkl_connect.kodi.background.sync_task.HEARD`."""
        self._scans.update({_BEGUN[method]} if method in _BEGUN else ())
        self._scans.discard(_OVER.get(method, ""))
        if method in _BEGUN or method in _OVER:
            return
        said = to_object(data)
        if not said:
            return
        item = as_object(said.get("item", said))
        kind, row_id = item.get("type"), item.get("id")
        if method == PLAY_STOPPED:
            if kind != "song":
                self._sync.played()
        elif method == ROW_REMOVED:
            if kind in ("movie", "episode") and isinstance(row_id, int):
                self._sync.row_removed(str(kind), row_id)
                self._unmarked.forget([(MOVIE if kind == "movie" else SHOW, row_id)])
                self._sync.library_changed()  # a row that is read anew from its files comes back with another id
        elif said.get("added") is True:
            self._sync.library_changed()
        update = read_update(said) if method == ROW_UPDATED else None
        if update is not None:
            self._unmarked.note(MOVIE if update.kind == "movie" else SHOW, update.row, update.playcount)

    def advance(self, commands: Sequence[Command], settings_changed: bool) -> None:
        """One step of what is under way, or of what was asked for."""
        self._unmarked.advance()
        try:
            self._begin(settings_changed)
            for command in commands:
                self._obey(command)
            self._save()
        except StorageFailed as failed:
            _log.warning("sync: %s", failed)
            self._fail(Problem.STORAGE.value)
        progress = self._sync.progress
        if progress.status == "asking" and self._environment.clock() - self._asked_at > LONGEST_QUESTION:
            self._sync.cancel()
        self._sync.advance()
        progress = self._sync.progress
        if self._shows_bar and progress.status in texts.SYNC_PROGRESS and not self._is_busy():
            self._bar.show(progress)
        else:
            self._bar.close()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do by the clock alone; None: nothing."""
        wait = self._sync.seconds_to_wait()
        if not self._unsaved:
            return wait
        save_in = max(0.0, self._save_at - self._environment.clock())
        return save_in if wait is None else min(wait, save_in)

    def close(self, timeout: float) -> None:
        """End. What is missing is done after the next start."""
        self._bar.close()
        self._sync.close(timeout)
        self._unmarked.advance(is_last=True)

    def _begin(self, settings_changed: bool) -> None:
        """What comes before anything else: whose library this is, and what the user wants."""
        is_first = not self._is_begun
        if is_first:
            self._account = self._database.read(ACCOUNT)
            self._drop_preview()
            self._is_begun = True
        if is_first or settings_changed:
            before = self._directions, self._excluded
            self._excluded = preferences.watching().excluded
            if not self._unsaved:
                self._directions = Directions(*preferences.syncing())
            if not is_first and before != (self._directions, self._excluded):
                self._sync.library_changed()  # what was left aside until now is to be compared, too
        self._look_at_account()

    def _look_at_account(self) -> None:
        """With another account than the one that the user has said yes for, nothing is done before the next yes."""
        if not self._account or self._tokens.token() is None or self._account in owners_of(self._tokens):
            return
        since = self._environment.wall_clock() - (self._tokens.connected_at() or 0.0)
        if self._tokens.account().account_id or not 0 <= since < ID_WITHIN:
            self._account = ""
            if any(self._directions):
                self._choose(Directions(False, False))

    def _obey(self, command: Command) -> None:
        if command.name == SYNC:
            self._start(command.request, command.values.get("asks") is not False)
        elif command.name == SYNC_ANSWER:
            values = command.values
            self._answer(Directions(values.get("to_simkl") is True, values.get("to_kodi") is True))
        elif command.name == SYNC_CANCEL:
            self._sync.cancel()
        elif command.name == SYNC_UNDO:
            self._sync.cancel()
            self._request = command.request
            self._shows_bar = self._shows_end = self._is_undo = True
            self._sync.undo()
        elif command.name == SYNC_OFFERED:
            self._database.write({OFFERED + owner: "1" for owner in owners_of(self._tokens)})

    def _start(self, request: str, asks: bool) -> None:
        self._sync.cancel()
        self._request = request
        if asks and self._is_busy():
            self._fail(texts.BUSY)
            return
        self._shows_bar, self._shows_end, self._is_undo = True, not asks, False
        if asks or any(self._directions):
            self._sync.start(asks)
        else:
            self._sync.library_changed()  # while it was off, nobody looked
            self._sync.start(asks, Directions(True, True))

    def _answer(self, directions: Directions) -> None:
        self._choose(directions)
        self._drop_preview()
        self._shows_bar = self._shows_end = any(directions)
        if self._sync.progress.status == "asking":
            self._sync.answer(directions)
        elif any(directions):  # it was asked too long ago
            self._sync.library_changed()
            self._sync.start(asks=False)

    def _choose(self, directions: Directions) -> None:
        self._directions = directions
        names = (preferences.SYNC_TO_SIMKL, preferences.SYNC_TO_KODI)
        self._unsaved = {name: "true" if is_on else "false" for name, is_on in zip(names, directions)}
        self._save_at = 0.0

    def _save(self) -> None:
        """Keeps the directions that were chosen, until Kodi has them."""
        if self._unsaved and self._environment.clock() >= self._save_at:
            self._save_at = self._environment.clock() + SETTINGS_RETRY
            with suppress(StorageFailed):  # tried again
                self._settings.write(self._unsaved)
                if self._settings.read(self._unsaved) == self._unsaved:
                    self._unsaved = {}

    def _signed_in(self) -> SignedIn | None:
        token = self._tokens.token()
        owners = owners_of(self._tokens)
        if token is None or not may_write(token) or self._account not in {"", *owners}:
            return None
        self._account = self._account or owner_of(self._tokens)
        return SignedIn(self._account, token, owners) if self._account else None

    def _is_busy(self) -> bool:
        return bool(self._scans) or self._callbacks.is_playing()

    def _is_excluded(self, file: str, title: Title) -> bool:
        decisions = self._callbacks.decisions
        is_show = title.kind == SHOW
        return decisions.is_excluded(file) or (
            is_show and decisions.excludes_show(Show(title.title, title.year, title.ids))
        )

    def _rpc(self, method: str, parameters: Mapping[str, object]) -> object:
        playcount = parameters.get("playcount")
        if isinstance(playcount, int) and playcount > 0:
            for kind in ("movie", "episode"):
                row_id = parameters.get(f"{kind}id")
                if isinstance(row_id, int):
                    self._callbacks.expect_echo(kind, row_id, playcount)
        return json_rpc.result_of(method, parameters)

    def _ask(self, preview: Preview) -> None:
        self._asked_at = self._environment.clock()
        self._drop_preview()
        self._database.push(PREVIEW, dump_preview(preview))

    def _drop_preview(self) -> None:
        rows = [row_id for row_id, _ in self._database.rows(PREVIEW)]
        if rows:
            self._database.remove(rows)

    def _fail(self, problem: str) -> None:
        at = int(self._environment.wall_clock())
        self._publish({"status": "failed", "sent": 0, "written": 0, "left_alone": 0, "at": at, "problem": problem})

    def _publish(self, news: Mapping[str, object]) -> None:
        if news["status"] in _ENDED:
            try:
                self._end(news)
            except StorageFailed as failed:
                _log.warning("sync: %s", failed)
        ipc.publish_sync({**news, "request": self._request})

    def _end(self, news: Mapping[str, object]) -> None:
        shows_end, self._shows_bar, self._shows_end = self._shows_end, False, False
        if shows_end and news["status"] != "cancelled":
            notify_sync(news, self._is_undo)
        self._drop_preview()
        media, self._sync.progress.not_found = self._sync.progress.not_found, []
        if media:
            add_unknown(self._database, media, self._environment.wall_clock())
