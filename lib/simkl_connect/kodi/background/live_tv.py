"""The channel that is tuned in, followed by its guide: no callback tells when the next programme begins."""

from __future__ import annotations

from typing import Callable

from ...identification.identify import PlayingItem
from ...identification.programme import Programme
from . import library

LOOK_EVERY = 30.0
"""Seconds between two looks at the guide; the time shift may be moved meanwhile."""
_AFTER_THE_END = 1.0
"""Seconds from a programme's end until the next one is looked for."""


class Channel:
    """``tuned``: what plays, as Kodi says it. ``clock`` gives seconds."""

    def __init__(self, tuned: PlayingItem, clock: Callable[[], float]) -> None:
        self._tuned = tuned
        self._clock = clock
        self._programme: Programme | None = None
        self._looked_at = self._look_at = 0.0
        self.look()

    @property
    def playing(self) -> PlayingItem:
        """The programme; the channel where the guide says nothing."""
        return self._tuned if self._programme is None else self._tuned._replace(item=self._programme.item)

    @property
    def place(self) -> tuple[float, float]:
        """Position in the programme and its length, in seconds; 0 and 0 where the guide says nothing."""
        if self._programme is None:
            return 0.0, 0.0
        position = self._programme.position + self._clock() - self._looked_at
        return min(position, self._programme.length), self._programme.length

    def look(self) -> bool:
        """Asks the guide if it is time. True: another programme runs than at the last look."""
        now, before = self._clock(), self._programme
        if now < self._look_at:
            return False
        self._programme, self._looked_at, self._look_at = library.programme(self._tuned.item), now, now + LOOK_EVERY
        if self._programme is not None:
            left = self._programme.length - self._programme.position
            self._look_at = min(self._look_at, now + left + _AFTER_THE_END)
        return (before.begins if before else "") != (self._programme.begins if self._programme else "")
