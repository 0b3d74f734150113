# ruff: noqa: N802, N803, TID251  # Kodi's names
from __future__ import annotations

from pathlib import Path

import pytest
import xbmcgui
from simkl_connect.kodi.lettering import Lettering

MEDIA = Path(__file__).parents[2] / "resources/skins/Default/media/simkl-connect"
LABEL, LETTERS = 100, range(200, 209)
LEFT, TOP, WIDTH, HEIGHT = 96, 470, 1104, 167


class Box(xbmcgui.ControlLabel):
    def __init__(self) -> None:
        pass

    def getX(self) -> int:
        return LEFT

    def getY(self) -> int:
        return TOP

    def getWidth(self) -> int:
        return WIDTH

    def getHeight(self) -> int:
        return HEIGHT


class Letter(xbmcgui.ControlImage):
    def __init__(self) -> None:
        self.visible = False
        self.picture = ""
        self.x = self.y = self.width = self.height = self.changes = 0

    def setVisible(self, visible: bool) -> None:
        self.visible = visible
        self.changes += 1

    def setImage(self, imageFilename: str, useCache: bool = True) -> None:
        self.picture = Path(imageFilename).name

    def setPosition(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def setWidth(self, width: int) -> None:
        self.width = width

    def setHeight(self, height: int) -> None:
        self.height = height


class Window(xbmcgui.Window):
    def __init__(self) -> None:
        self.letters = {control_id: Letter() for control_id in LETTERS}

    def getControl(self, controlId: int) -> xbmcgui.Control:
        return Box() if controlId == LABEL else self.letters[controlId]

    @property
    def shown(self) -> list[Letter]:
        return [letter for letter in self.letters.values() if letter.visible]


@pytest.fixture
def window() -> Window:
    return Window()


def code(to_the_right: bool = False) -> Lettering:
    return Lettering(LABEL, LETTERS, str(MEDIA / "code"), to_the_right)


@pytest.mark.parametrize("text", ["5G6JA", "ABCD-EFGH", "WWWWWWWWW", "I"])
def test_letters_stand_side_by_side_in_the_middle_of_their_box(window: Window, text: str) -> None:
    assert code().write(window, text)
    letters = window.shown
    assert [letter.picture for letter in letters] == [f"{ord(character):02x}.png" for character in text]
    for left, right in zip(letters, letters[1:]):
        assert right.x - (left.x + left.width) in (-1, 0, 1)
    begin, end = letters[0].x, letters[-1].x + letters[-1].width
    assert (begin - LEFT) - (LEFT + WIDTH - end) in range(-3, 4)
    assert begin >= LEFT
    assert end <= LEFT + WIDTH + 1
    assert {letter.y + letter.height // 2 for letter in letters} <= {TOP + HEIGHT // 2, TOP + HEIGHT // 2 + 1}


def test_a_long_text_is_drawn_smaller(window: Window) -> None:
    code().write(window, "WWWWWWWWW")
    assert window.shown[0].height < HEIGHT


def test_to_the_right_ends_at_the_edge(window: Window) -> None:
    code(to_the_right=True).write(window, "12")
    assert window.shown[-1].x + window.shown[-1].width in range(LEFT + WIDTH - 1, LEFT + WIDTH + 2)


@pytest.mark.parametrize("text", ["ab", "ÄÖ", "0123456789"])
def test_what_it_cannot_write_it_leaves_alone(window: Window, text: str) -> None:
    assert not code().write(window, text)
    assert window.shown == []


def test_nothing_is_written_at_once(window: Window) -> None:
    assert code().write(window, "")


def test_only_what_differs_is_touched(window: Window) -> None:
    line = code()
    line.write(window, "111")
    line.write(window, "110")
    assert [letter.changes for letter in window.letters.values()] == [1, 1, 2, 0, 0, 0, 0, 0, 0]
    line.write(window, "")
    assert window.shown == []
