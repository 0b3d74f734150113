"""Kodi's player, watched for the scrobbler: callbacks are passed on, position and length are sampled."""

from __future__ import annotations

from typing import Callable

import xbmc

from ...identification.exclusions import STACK
from ...identification.identify import PlayingItem, is_channel
from ...scrobbling.scrobbler import Scrobbler
from ...scrobbling.session import Session
from .. import preferences
from ..system import condition
from . import library
from .live_tv import Channel

SAMPLE_EVERY = 1.0
"""Seconds."""
JUST_BEGUN = 60.0
"""Position in seconds before which whoever watches from there on has watched the video. On a slow device Kodi can play
long before its services run."""
DESCRIBE_AFTER = 3.0
"""Seconds from the start until the video is looked at once more: tags may come late."""


class WatchedPlayer(xbmc.Player):
    """A task. Kodi calls the ``on…`` methods inside the monitor's wait, on the service's thread.

    When a video ends, the player speaks of the next one already, or of none (measured on Kodi 20.1): what counts is
    what was sampled before. ``advance_all`` is called after each callback. ``clock`` gives seconds.
    """

    def __init__(self, scrobbler: Scrobbler, advance_all: Callable[[], object], clock: Callable[[], float]) -> None:
        super().__init__()
        self._scrobbler = scrobbler
        self._advance_all = advance_all
        self._clock = clock
        self._file = ""
        self._describe_at: float | None = None
        self._sample_at = 0.0
        self._length = 0.0
        self._channel: Channel | None = None

    def begin(self) -> None:
        """Once, before the first turn: what plays already is followed if it is in its first minute.

        It may be another profile's: Kodi plays on while it loads one.
        """
        file, position = self._playing_file(), self._position()
        if not file or not self.isPlayingVideo():
            return
        playing = library.playing_item(file)
        if position < JUST_BEGUN:
            self._file = file
            self._begin(playing)
            if condition("Player.Paused"):
                self._scrobbler.paused(file)
        else:
            self._scrobbler.marks.plays_already(Session(playing=playing).library_keys)

    def advance(self) -> None:
        """Take a sample, if something plays and one is due."""
        now = self._clock()
        if not self._file or now < self._sample_at:
            return
        self._sample_at = now + SAMPLE_EVERY
        if not self.isPlaying():  # the callback is on its way; Kodi logs its exceptions as errors, caught or not
            return
        try:
            file, position, length = self.getPlayingFile(), self.getTime(), self.getTotalTime()
        except RuntimeError:  # it has ended between two questions
            return
        if self._channel is not None:
            if self._channel.look():
                self._scrobbler.started(self._channel.playing)
            position, length = self._channel.place
        self._length = length
        self._scrobbler.sampled(file, position, length)
        if self._describe_at is not None and now >= self._describe_at and file == self._file:
            self._describe_at = None
            self._scrobbler.described(library.playing_item(file))

    def seconds_to_wait(self) -> float | None:
        """Seconds until the next sample; None while nothing plays."""
        return max(0.0, self._sample_at - self._clock()) if self._file else None

    def close(self, _timeout: float) -> None:
        """The scrobbler puts on the disk what is due."""

    def onPlayBackStarted(self) -> None:  # noqa: N802  # Kodi's name
        """A video opens, maybe at the address of the last one: until it is there, samples may be of either."""
        self._file = ""

    def onAVStarted(self) -> None:  # noqa: N802  # Kodi's name
        """A video or song has begun, a part of a stack too."""
        self._file = self._playing_file()
        if self._file and self.isPlayingVideo():
            self._begin(library.playing_item(self._file))
        else:
            self._file = ""
        self._advance_all()

    def onAVChange(self) -> None:  # noqa: N802  # Kodi's name
        """The length may be known now."""
        self._sample_at = 0.0
        self._advance_all()

    def onPlayBackPaused(self) -> None:  # noqa: N802  # Kodi's name
        """The user pauses."""
        self._scrobbler.paused(self._playing_file())
        self._advance_all()

    def onPlayBackResumed(self) -> None:  # noqa: N802  # Kodi's name
        """The user goes on; or another video was opened over this one."""
        self._scrobbler.resumed(self._playing_file())
        self._advance_all()

    def onPlayBackSeek(self, time: int, seekOffset: int) -> None:  # noqa: N802, N803  # Kodi's names
        """The user has jumped to ``time`` in milliseconds; the player still gives the old position.

        In a stack it counts from the part's start (measured on Kodi 20.1), on live TV from the moment of tuning in:
        there the next sample tells.
        """
        file = self._playing_file()
        self._scrobbler.sought(file)
        if file == self._file and not file.startswith(STACK) and self._channel is None:
            self._scrobbler.sampled(file, time / 1000, self._length)
        self._sample_at = self._clock() + SAMPLE_EVERY
        self._advance_all()

    def onPlayBackStopped(self) -> None:  # noqa: N802  # Kodi's name
        """The user has stopped it."""
        self._end()

    def onPlayBackEnded(self) -> None:  # noqa: N802  # Kodi's name
        """It came to its end; in a playlist the next one is open already."""
        self._end()

    def onPlayBackError(self) -> None:  # noqa: N802  # Kodi's name
        """It could not go on."""
        self._end()

    def _begin(self, playing: PlayingItem) -> None:
        self._sample_at = self._length = 0.0
        self._describe_at, self._channel = self._clock() + DESCRIBE_AFTER, None
        if is_channel(playing) and preferences.watching().pvr:
            self._describe_at, self._channel = None, Channel(playing, self._clock)
        self._scrobbler.started(self._channel.playing if self._channel else playing)

    def _end(self) -> None:
        self._file, self._describe_at, self._channel = "", None, None
        self._scrobbler.stopped()
        self._advance_all()

    def _position(self) -> float:
        try:
            return self.getTime() if self.isPlaying() else 0.0
        except RuntimeError:  # it has ended between two questions
            return 0.0

    def _playing_file(self) -> str:
        try:
            return self.getPlayingFile() if self.isPlaying() else ""
        except RuntimeError:  # it has ended between two questions
            return ""
