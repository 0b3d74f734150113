"""What the activity page shows at one moment: lists, menus, pictures and messages, and what their presses do."""

from __future__ import annotations

from typing import Callable, NamedTuple, Sequence

Press = Callable[[], None]
"""What a press of OK does."""


class Row(NamedTuple):
    """Of a list: two lines, and a moment beside the first. ``sign`` names a picture, ``tone`` its colour. ``key`` says
    which one it is."""

    title: str
    what: str = ""
    when: str = ""
    sign: str = ""
    tone: str = "plain"
    key: int = 0


class Button(NamedTuple):
    """One that can be pressed."""

    label: str
    press: Press


class Screen(NamedTuple):
    """What is shown. ``mode``: ``list``, ``menu``, ``picture`` or ``message``, see the skin file. ``strip``: the line
    above the list, a problem if ``is_alert``.

    ``rows`` are those of a list, and ``press_row`` is called with the place of the one that is pressed. ``items`` are
    the entries of a menu. ``selected``: the place of the row or entry that has the focus at first. ``back``: what Back
    does.
    """

    mode: str
    back: Press
    strip: str = ""
    is_alert: bool = False
    rows: Sequence[Row] = ()
    selected: int = 0
    press_row: Callable[[int], None] = lambda _place: None
    items: Sequence[Button] = ()
    title: str = ""
    note: str = ""
    message: str = ""
    sign: str = ""
    tone: str = "plain"
    picture: str = ""
    buttons: Sequence[Button] = ()
