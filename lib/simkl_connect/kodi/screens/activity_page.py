"""The activity page: fills its window, follows the database, and sends what is pressed to the service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Callable

import xbmc
import xbmcaddon

from ... import clock
from ...activity.possible import NEVER, Action
from ...activity.reasons import Status
from ...identification.media_json import dump_media
from ...media import Media
from ...storage.snapshots import Snapshots
from ...ui import commands
from ...ui.activity_view import Alert, Page, Video, page_of
from ...ui.links import title_address
from ...ui.page_screen import Button, Press, Row, Screen
from .. import ADDON_ID, files, ipc, preferences, texts
from . import account, bug_report, page_texts
from .page_texts import PageTexts
from .page_window import ITEMS, PageWindow
from .pictures import Pictures, qr_picture

if TYPE_CHECKING:
    from .title_chooser import TitleChooser

TICK = 0.1
"""Seconds between two looks at the remote control; Kodi delivers presses no faster."""
LOOK_EVERY = 0.5
"""Seconds between two looks at whether the database has changed."""
NOTICE_FOR = 8.0
"""Seconds that the answer to a press is shown."""
ONE_LINE = 90
"""Letters that fit into a line above the list, which has two."""
SIGNS = {
    Status.WATCHING: ("starting", "good"),
    Status.PAUSED: ("last_minute", "plain"),
    Status.WATCHED: ("connected", "good"),
    Status.WAITING: ("retrying", "wait"),
    Status.SKIPPED: ("denied", "plain"),
    Status.FAILED: ("failed", "bad"),
}
"""Picture and colour."""
NEVER_WHAT = {action: what for what, action in NEVER.items()}
COMMANDS = {
    Action.SEND_AGAIN: commands.SEND_AGAIN,
    Action.UNDO: commands.UNDO,
    Action.ALLOW: commands.ALLOW,
}
TO_SIGN_IN = (Alert.NOT_CONNECTED, Alert.SIGN_IN_ENDED, Alert.READ_ONLY)
"""Problems that a new sign-in solves."""


def present(window: PageWindow, request: str, addon: xbmcaddon.Addon, monitor: xbmc.Monitor) -> None:
    """Fills the window until somebody leaves, another dialog has taken over, or Kodi or the service ends.

    ``request``: the name of this dialog. ``addon`` and ``monitor`` were made before the window opened: later Kodi may
    not know the add-on any more, and it signals its abort only once.
    """

    def is_wanted() -> bool:
        return not monitor.abortRequested() and ipc.owns_dialog(request)

    if not ipc.owns_dialog(request):  # a press a little later has opened another dialog: the pictures are that one's
        return
    reader, shown = Snapshots(files.database()), Pictures(files.data_folder())
    page = ActivityPage(window, addon, reader, shown, is_wanted)
    try:
        page.advance(clock.now())
        while not monitor.waitForAbort(TICK) and ipc.owns_dialog(request) and window.is_open and not page.is_left:
            page.advance(clock.now())
    finally:
        page.close()
        reader.close()
        if ipc.owns_dialog(request) or not ipc.is_dialog_claimed():
            shown.clear()


class ActivityPage:
    """The screens lie on each other: the list of videos, what can be done about one, the search for its title."""

    def __init__(
        self,
        window: PageWindow,
        addon: xbmcaddon.Addon,
        reader: Snapshots,
        shown: Pictures,
        is_wanted: Callable[[], bool],
    ) -> None:
        self.is_left = False
        """Whether the user has left the page."""
        self._window = window
        self._addon = addon
        self._reader = reader
        self._pictures = shown
        self._is_wanted = is_wanted
        self._text = PageTexts(addon, preferences.LastKnown()().minimum)
        self._page = Page()
        self._chooser: TitleChooser | None = None
        self._selected = 0
        self._screens: list[tuple[Callable[[], Screen], str]] = [(self._videos, "videos")]
        self._drawn = ""
        self._is_due = True
        self._look_at = 0.0
        self._notice, self._notice_until = "", 0.0

    def advance(self, now: float) -> None:
        """Takes a press, an answer and what has changed in the database, and draws the screen if it is another."""
        self._window.settle()
        press = self._window.take_press()
        if press is not None:
            press()
        if self._chooser is not None:
            self._chooser.advance()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            self._look()
        if self._notice and now >= self._notice_until:
            self._notice, self._is_due = "", True
        if self._is_due and not self.is_left:
            self._draw()

    def close(self) -> None:
        """Ends a search that is under way."""
        if self._chooser is not None:
            self._chooser.close()
            self._chooser = None

    def _look(self) -> None:
        snapshot = self._reader.read()
        if snapshot is None:
            return
        if len(self._screens) == 1 and self._page.videos:
            self._remember_place()
        self._page, self._is_due = page_of(snapshot), True

    def _remember_place(self) -> None:
        place = self._window.place
        if place < len(self._page.videos):
            self._selected = self._page.videos[place].row

    def _draw(self) -> None:
        self._is_due = False
        name = self._screens[-1][1]
        screen = self._screens[-1][0]()
        self._window.put("who", self._text.who(self._page))
        self._window.draw(screen, name != self._drawn)
        self._drawn = name

    def _redraw(self) -> None:
        self._is_due, self._drawn = True, ""

    def _push(self, build: Callable[[], Screen], name: str) -> None:
        if len(self._screens) == 1:
            self._remember_place()
        self._screens.append((build, name))
        self._redraw()

    def _home(self, notice: str = "") -> None:
        """Back to the list of videos; ``notice`` is shown above it for a while."""
        del self._screens[1:]
        self.close()
        self._pictures.clear()
        self._notice, self._notice_until = notice, clock.now() + NOTICE_FOR
        self._redraw()

    def _leave(self) -> None:
        self.is_left = True

    # --- the list of videos

    def _videos(self) -> Screen:
        text, page = self._text, self._page
        alert, waiting = text.alert(page), text.waiting(page)
        between = "\n" if len(alert) <= ONE_LINE else " "
        problem = between.join(part for part in (alert, waiting) if part)
        screen = Screen("list", self._leave, buttons=self._buttons(), is_alert=bool(alert) and not self._notice)
        if not page.videos:
            message = "\n".join(part for part in (self._notice, problem, text(page_texts.EMPTY)) if part)
            sign = ("failed", "wait") if alert else ("starting", "plain")
            return screen._replace(mode="message", message=message, sign=sign[0], tone=sign[1])
        rows = [self._row(video) for video in page.videos]
        places = [place for place, video in enumerate(page.videos) if video.row == self._selected]
        return screen._replace(
            strip=self._notice or problem or text(page_texts.HINT),
            rows=rows,
            selected=places[0] if places else 0,
            press_row=lambda place: self._open_menu(page.videos[place]),
        )

    def _row(self, video: Video) -> Row:
        sign, tone = SIGNS[video.status] if video.status is not None else ("", "plain")
        if video.undone:
            sign, tone = "denied", "plain"
        return Row(video.title, self._text.what(video), self._text.when(video.at), sign, tone, video.row)

    def _buttons(self) -> list[Button]:
        text, page = self._text, self._page
        buttons = [Button(text(page_texts.BUG_REPORT), self._write_report), Button(text(texts.CLOSE), self._leave)]
        if page.alert in TO_SIGN_IN:
            buttons.insert(0, Button(text(page_texts.AUTHORIZE), self._authorize))
        elif page.waiting:
            buttons.insert(0, Button(text(page_texts.SEND_NOW), self._send_now))
        return buttons

    def _send_now(self) -> None:
        ipc.send(commands.SEND_NOW, ipc.new_request())
        self._home(self._text(page_texts.SENDING))

    def _authorize(self) -> None:
        xbmc.executebuiltin(f"RunScript({ADDON_ID},{commands.AUTHORIZE})")
        self._leave()

    def _write_report(self) -> None:
        path = bug_report.write(self._page, self._addon)
        number = page_texts.REPORT_SAVED if path else page_texts.REPORT_NOT_SAVED
        self._home(self._text(number).format(path=path))

    # --- what can be done about one

    def _open_menu(self, video: Video) -> None:
        self._push(lambda: self._menu(video), f"menu {video.row}")

    def _menu(self, pressed: Video) -> Screen:
        """As things are by now; the last entry leaves, and has the focus where the others change something."""
        video = next((one for one in self._page.videos if one.row == pressed.row), pressed)
        presses = [(action, self._press_of(action, video)) for action in video.actions[: ITEMS - 1]]
        items = [Button(self._text(page_texts.ACTIONS[action]), press) for action, press in presses]
        what = self._text.what(video)
        is_harmless = bool(items) and video.actions[0] in (Action.CHOOSE, Action.SEND_AGAIN, Action.OPEN)
        return Screen(
            "menu",
            self._home,
            items=[*items, Button(self._text(page_texts.BACK), self._home)],
            selected=0 if is_harmless else len(items),
            title=video.title,
            note=what if items else f"{what}  {self._text(page_texts.NOTHING_TO_DO)}".strip(),
        )

    def _press_of(self, action: Action, video: Video) -> Press:
        if action is Action.CHOOSE:
            return lambda: self._choose(video)
        if action is Action.OPEN:
            return lambda: self._open_on_simkl(video)
        if action in NEVER_WHAT:
            return lambda: self._command(commands.NEVER, page_texts.LEFT_ALONE, row=video.row, what=NEVER_WHAT[action])
        return lambda: self._command(COMMANDS[action], page_texts.ASKED_FOR, row=video.row)

    def _command(self, command: str, notice: int, **values: str | int) -> None:
        ipc.send(command, ipc.new_request(), **values)
        self._home(self._text(notice))

    def _open_on_simkl(self, video: Video) -> None:
        address = title_address(video.media[0])
        path = self._pictures.add(qr_picture(address))
        message = self._text(page_texts.SCAN).format(title=video.title) if path else address
        screen = Screen(
            "picture" if path else "message",
            self._home,
            message=message,
            picture=path,
            buttons=[Button(self._text(page_texts.BACK), self._home)],
        )
        self._push(lambda: screen, "picture")

    # --- its title

    def _choose(self, video: Video) -> None:
        from . import title_chooser  # with the worker for requests, a tenth of the time that the page takes to open

        token = account.token()
        if token is None:
            self._home(self._text(page_texts.NOT_CONNECTED))
            return
        context = title_chooser.Context(
            self._text, token, self._is_wanted, self._redraw, lambda media: self._chosen(video, media), self._home
        )
        self._chooser = title_chooser.TitleChooser(context, video)
        self._push(self._chooser.screen, "title")
        self._chooser.begin()

    def _chosen(self, video: Video, media: Media) -> None:
        self._command(commands.CHOOSE, page_texts.ASKED_FOR, row=video.row, media=json.dumps(dump_media(media)))
