"""What a person does with a remote: look where the focus is, press an arrow, look again."""

from __future__ import annotations

import re
from collections import deque
from typing import Dict, Tuple

from .kodi import Kodi

ADDON_SETTINGS = 10140
"""The window id of an add-on's settings dialog."""

_Place = Tuple[str, str]
"""A control: its id and its label."""

_Way = Dict[_Place, Dict[str, _Place]]
"""Where which arrow leads, as far as it is known."""

_DIRECTIONS = ("down", "right", "left", "up")
_SWITCH = re.compile(r" \([* ]\)$")
"""What Kodi adds to the label of a switch: whether it is on."""

_LONGEST_WALK = 150
"""Presses of arrows."""


class NotFound(Exception):
    """The focus was moved everywhere it goes, and no control has that label; the text lists those there are."""


def open_settings(kodi: Kodi, addon_id: str | None = None) -> None:
    """Open the settings dialog of the add-on (the setup's own if none is given), and wait until it has the focus."""
    kodi.builtin(f"Addon.OpenSettings({addon_id or kodi.setup.addon_id})")
    wait_for_window(kodi, ADDON_SETTINGS)


def wait_for_window(kodi: Kodi, window: int | str, timeout: float = 10.0) -> None:
    """Wait until the window or dialog is the active one, drawn, and something in it has the focus."""
    conditions = (f"Window.IsActive({window})", f"Window.IsVisible({window})")
    kodi.wait_for(lambda: all(kodi.booleans(*conditions).values()), f"window {window}", timeout)
    kodi.wait_for(lambda: _place(kodi)[0] not in ("", "0"), f"a focused control in window {window}", timeout)


def wait_until_closed(kodi: Kodi, window: int | str, timeout: float = 10.0) -> None:
    """Wait until the window or dialog is gone."""
    kodi.wait_for(lambda: not kodi.boolean(f"Window.IsVisible({window})"), f"window {window} to close", timeout)


def focused(kodi: Kodi) -> str:
    """The label of the control that has the focus; of a switch without its state."""
    return _place(kodi)[1]


def move_to(kodi: Kodi, label: str) -> None:
    """Move the focus to the control with ``label``, exploring the screen with the arrows: down first, back up last.

    An arrow on a slider or a spinner changes its value: not for screens that have one.
    """
    way: _Way = {}
    place = _place(kodi)
    for _ in range(_LONGEST_WALK):
        if place[1] == label:
            return
        direction = _unexplored(way, place)
        if not direction:
            break
        reached = _step(kodi, direction)
        way.setdefault(place, {})[direction] = reached
        place = reached
    raise NotFound(f"no control {label!r}; the focus went to: {', '.join(dict.fromkeys(name for _, name in way))}")


def press(kodi: Kodi, label: str) -> None:
    """Move the focus to the control with ``label`` and press OK on it."""
    move_to(kodi, label)
    kodi.press("select")


def _unexplored(way: _Way, start: _Place) -> str:
    """The arrow that leads from ``start`` to the nearest place with an arrow not yet pressed; empty: there is none."""
    routes = deque([(start, "")])
    visited = {start}
    while routes:
        place, first = routes.popleft()
        for direction in _DIRECTIONS:
            if direction not in way.get(place, {}):
                return first or direction
        for direction, reached in way[place].items():
            if reached not in visited:
                visited.add(reached)
                routes.append((reached, first or direction))
    return ""


def _step(kodi: Kodi, direction: str) -> _Place:
    """Press one arrow; where the focus is then."""
    kodi.press(direction)
    kodi.catch_up()
    return _place(kodi)


def _place(kodi: Kodi) -> _Place:
    """The id and the label of the control that has the focus: neighbours may share a label."""
    labels = kodi.labels("System.CurrentControlID", "System.CurrentControl")
    return labels["System.CurrentControlID"], _SWITCH.sub("", labels["System.CurrentControl"])
