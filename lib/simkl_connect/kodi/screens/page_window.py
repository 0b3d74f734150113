"""The activity page's window: screens go in, presses come out."""

from __future__ import annotations

import xbmcgui

from .. import PAGE_XML
from ..system import selected_place
from .window import LEAVING, PropertyWindow

TYPE_CHECKING = False  # that of ``typing`` would be loaded before the window opens
if TYPE_CHECKING:
    from typing import Sequence

    from ...ui.page_screen import Button, Press, Row, Screen

LIST, FIRST_BUTTON, FIRST_ITEM = 50, 110, 121
"""Ids of controls. Buttons and entries of the menu are numbered on from theirs."""
BUTTONS, ITEMS = 3, 8
"""How many the skin file has room for."""

FOCUS_MOVES_FOR = 20
"""Ticks; so long after it was asked for the focus still moves, on a busy device."""


class PageWindow(PropertyWindow):
    """Draws one :class:`Screen` at a time, and what differs in the next."""

    xml = PAGE_XML

    def __init__(self, *_xml: str) -> None:
        super().__init__()
        self._screen: Screen | None = None
        self._items: list[xbmcgui.ListItem] = []
        self._rows: list[Row] = []
        self._presses: list[Press] = []
        self._focus = self._left = 0
        self._is_reached = True
        self._asked: dict[int, int] = {}

    def onClick(self, control_id: int) -> None:  # noqa: N802  # Kodi's name
        """A press of OK, a tap or a click."""
        screen = self._screen
        if screen is None:
            return
        if control_id == LIST and screen.mode == "list":
            place = self.place
            if place < len(screen.rows):
                self._presses.append(lambda: screen.press_row(place))
            return
        buttons = screen.items if screen.mode == "menu" else screen.buttons
        place = control_id - (FIRST_ITEM if screen.mode == "menu" else FIRST_BUTTON)
        if 0 <= place < len(buttons):
            self._presses.append(buttons[place].press)

    def onAction(self, action: xbmcgui.Action) -> None:  # noqa: N802  # Kodi's name
        """Back, Stop and their like."""
        if action.getId() in LEAVING and self._screen is not None:
            self._presses.append(self._screen.back)

    def take_press(self) -> Press | None:
        """What was pressed since the last call; later presses were meant for what it leads to, and are forgotten."""
        pressed, self._presses = self._presses[:1], []
        return pressed[0] if pressed else None

    @property
    def place(self) -> int:
        """Of the row that has the focus, or had it last."""
        return selected_place(LIST)

    def _put(self, screen: Screen) -> None:
        for name, value in {
            "strip": screen.strip,
            "alert": "true" if screen.is_alert else "",
            "title": screen.title,
            "note": screen.note,
            "message": screen.message,
            "sign": screen.sign,
            "tone": screen.tone,
            "qr": screen.picture,
            **_labels("item", screen.items, ITEMS),
            **_labels("button", screen.buttons, BUTTONS),
            "mode": screen.mode,
        }.items():
            self.put(name, value)

    def draw(self, screen: Screen, is_new: bool) -> None:
        """``is_new``: it is another screen than the last one, not the same with other contents: the focus is set."""
        last, self._screen = self._screen, screen
        self._put(screen)
        if screen.mode == "list":
            self._draw_rows(screen, is_new)
        if is_new or last is None or last.mode != screen.mode:
            self._left, self._focus, self._is_reached = _focus_of(self), _focus_for(screen), False

    def settle(self) -> None:
        """Called at every tick: puts the focus where it belongs, until it is there or the user has moved on.

        Kodi moves it some frames after it was asked to, and only to what it has drawn; so what an earlier screen has
        asked for can still come true on a later one.
        """
        if self._is_reached and not self._asked:
            return
        focus = _focus_of(self)
        is_late = focus in self._asked and focus != self._focus
        self._asked = {asked: looks - 1 for asked, looks in self._asked.items() if looks and asked != focus}
        if is_late or (not self._is_reached and focus != self._focus and focus in (0, self._left)):
            self._asked[self._focus] = FOCUS_MOVES_FOR
            self.setFocusId(self._focus)
        else:
            self._is_reached = True

    def _draw_rows(self, screen: Screen, is_new: bool) -> None:
        last, self._rows = self._rows, list(screen.rows)
        if not is_new and [row.key for row in last] == [row.key for row in screen.rows]:
            for item, before, row in zip(self._items, last, screen.rows):
                if row != before:
                    _fill(item, row)
            return
        self._items = [_fill(xbmcgui.ListItem(offscreen=True), row) for row in screen.rows]
        try:
            # A new object each time: an older one keeps controls that a reload of the skin has freed. It is held until
            # the end, for the controls that it has given go with it
            window = xbmcgui.Window(self.id)
            rows = window.getControl(LIST)
        except RuntimeError:  # the skin is being reloaded
            return
        assert isinstance(rows, xbmcgui.ControlList)
        if last:
            rows.reset()
        rows.addItems(list(self._items))
        if last or screen.selected:
            rows.selectItem(min(screen.selected, max(0, len(screen.rows) - 1)))


def _fill(item: xbmcgui.ListItem, row: Row) -> xbmcgui.ListItem:
    item.setLabel(row.title)
    item.setProperties({"what": row.what, "when": row.when, "sign": row.sign, "tone": row.tone})
    return item


def _labels(name: str, buttons: Sequence[Button], room: int) -> dict[str, str]:
    labels = [button.label for button in buttons[:room]]
    return {f"{name}_{place}": label for place, label in enumerate(labels + [""] * (room - len(labels)))}


def _focus_for(screen: Screen) -> int:
    """The id of what has the focus at first. Of several buttons it is the last, which leaves, as Back does."""
    if screen.mode == "list":
        return LIST
    if screen.mode == "menu":
        return FIRST_ITEM + screen.selected
    return FIRST_BUTTON + max(0, len(screen.buttons) - 1)


def _focus_of(window: xbmcgui.WindowXMLDialog) -> int:
    try:
        return window.getFocusId()
    except RuntimeError:  # nothing has it
        return 0
