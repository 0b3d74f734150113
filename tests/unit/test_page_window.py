"""The activity page's window: where the focus goes, what a press means."""

from __future__ import annotations

from typing import Any

import pytest
from simkl_connect.kodi.screens import page_window
from simkl_connect.kodi.screens.page_window import FIRST_BUTTON, FIRST_ITEM, LIST, PageWindow
from simkl_connect.ui.page_screen import Button, Row, Screen


class Kodi(PageWindow):
    """Kodi's half: the focus moves ``late`` ticks after it was asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.focus, self.late = 0, 0
        self.asked: list[tuple[int, int]] = []
        self.ticks = 0

    def setProperty(self, key: str, value: str) -> None: ...  # noqa: N802  # Kodi's name

    def getFocusId(self) -> int:  # noqa: N802
        return self.focus

    def setFocusId(self, control_id: int) -> None:  # noqa: N802
        self.asked.append((self.ticks + self.late, control_id))

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.ticks += 1
            for due, control_id in [one for one in self.asked if one[0] < self.ticks]:
                self.asked.remove((due, control_id))
                self.focus = control_id
            self.settle()


def nothing() -> None: ...


LISTED = Screen("list", nothing, rows=(Row("A", key=1), Row("B", key=2)), buttons=(Button("Close", nothing),))
MESSAGE = Screen("message", nothing, buttons=(Button("Other", nothing), Button("Close", nothing)))
MENU = Screen("menu", nothing, items=(Button("Undo", nothing), Button("Back", nothing)), selected=1)


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Kodi:
    monkeypatch.setattr("xbmcgui.WindowXMLDialog.__init__", lambda _self: None)
    monkeypatch.setattr(Kodi, "_draw_rows", lambda *_: None)
    return Kodi()


@pytest.mark.parametrize(
    ("screen", "focus"),
    [(LISTED, LIST), (MESSAGE, FIRST_BUTTON + 1), (MENU, FIRST_ITEM + 1)],
    ids=lambda one: getattr(one, "mode", ""),
)
@pytest.mark.parametrize("late", [0, 1, 5])
def test_a_new_screen_gets_the_focus(window: Kodi, screen: Screen, focus: int, late: int) -> None:
    window.late = late
    window.draw(screen, True)
    window.tick(12)
    assert window.focus == focus


@pytest.mark.parametrize("late", [1, 4, 9])
def test_what_the_screen_before_has_asked_for_comes_too_late(window: Kodi, late: int) -> None:
    window.focus = LIST
    window.late = late
    window.draw(MESSAGE, True)
    window.tick()
    window.draw(LISTED, True)
    window.tick(40)
    assert window.focus == LIST


def test_where_the_user_has_moved_on_the_focus_stays(window: Kodi) -> None:
    window.draw(LISTED, True)
    window.tick(3)
    window.focus = FIRST_BUTTON
    window.tick(30)
    window.draw(LISTED, False)
    window.tick(3)
    assert window.focus == FIRST_BUTTON


def press(window: Kodi, control_id: int) -> Any:
    window.onClick(control_id)
    return window.take_press()


def test_a_press_means_what_is_on_the_screen(window: Kodi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_window, "selected_place", lambda _list: 1)
    rows: list[int] = []
    window.draw(LISTED._replace(press_row=rows.append), True)
    press(window, LIST)()
    assert rows == [1]
    assert press(window, FIRST_BUTTON) is nothing
    assert press(window, FIRST_BUTTON + 2) is None
    window.draw(MENU, True)
    assert press(window, LIST) is None
    assert press(window, FIRST_ITEM + 1) is nothing


def test_of_several_presses_the_first_counts(window: Kodi) -> None:
    window.draw(MENU, True)
    window.onClick(FIRST_ITEM)
    window.onClick(FIRST_ITEM + 1)
    assert window.take_press() is MENU.items[0].press
    assert window.take_press() is None
