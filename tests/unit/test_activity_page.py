"""The activity page without Kodi's window: which screens there are, what a press does, what the service is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from fake_kodi import FakeKodi
from fake_worker import FakeWorker
from simkl_connect.activity.reasons import Reason, Status
from simkl_connect.api.search import TV
from simkl_connect.errors import Problem, TransientError
from simkl_connect.http.messages import Response
from simkl_connect.identification.media_json import dump_media
from simkl_connect.kodi import texts
from simkl_connect.kodi.own_addon import own_addon
from simkl_connect.kodi.screens import activity_page, bug_report, keyboard, page_texts, title_chooser
from simkl_connect.kodi.screens.activity_page import ActivityPage
from simkl_connect.kodi.screens.pictures import Pictures
from simkl_connect.media import Movie
from simkl_connect.storage.snapshots import Snapshot
from simkl_connect.ui.page_screen import Press, Row, Screen

FILM = {"title": "Night Ferry", "status": "watched", "media": [dump_media(Movie("Night Ferry", 1998))]}
CLIP = {"title": "Clip", "status": "skipped", "reason": "too_short", "can": ["never_folder"]}
LOST = {"title": "The.Missing.S02E03.mkv", "status": "failed", "reason": "namesakes", "can": ["choose", "send_again"]}
MARK = {"owner": "7", "media": dump_media(Movie("Night Ferry", 1998)), "watched_at": 1000.0}
ADA = {"account_name": "Ada", "account_id": "7"}


class Window:
    """Takes the screens; the test presses."""

    def __init__(self) -> None:
        self.screen = Screen("", lambda: None)
        self.properties: dict[str, str] = {}
        self.place = 0
        self.pressed: Press | None = None

    def put(self, name: str, value: str) -> None:
        self.properties[name] = value

    def draw(self, screen: Screen, is_new: bool) -> None:
        self.screen = screen
        if is_new:
            self.place = screen.selected

    def settle(self) -> None: ...

    def take_press(self) -> Press | None:
        pressed, self.pressed = self.pressed, None
        return pressed


class Snapshots:
    def __init__(self) -> None:
        self.next: Snapshot | None = None

    def read(self) -> Snapshot | None:
        found, self.next = self.next, None
        return found


class Stage:
    """The page, the window that it draws, the worker that it asks."""

    def __init__(self, kodi: FakeKodi, folder: Path) -> None:
        self.kodi, self.window, self.reader, self.worker = kodi, Window(), Snapshots(), FakeWorker()
        self.page = ActivityPage(
            self.window,  # type: ignore[arg-type]
            own_addon(),
            self.reader,  # type: ignore[arg-type]
            Pictures(str(folder)),
            lambda: True,
        )
        self.now = 0.0

    def show(self, *rows: object, marks: tuple[object, ...] = (), connected: bool = True) -> None:
        stored = [[(number, json.dumps(row)) for number, row in enumerate(kind, 1)] for kind in (rows, marks)]
        self.reader.next = Snapshot(ADA, connected, stored[0], stored[1])
        self.advance()

    def advance(self, seconds: float = 1.0) -> None:
        self.now += seconds
        self.page.advance(self.now)

    def press(self, label: int) -> None:
        buttons = [*self.window.screen.items, *self.window.screen.buttons]
        (self.window.pressed,) = [button.press for button in buttons if button.label == f"text {label}"]
        self.advance()

    def press_row(self, place: int) -> None:
        self.window.place = place
        self.window.pressed = lambda: self.window.screen.press_row(place)
        self.advance()

    def back(self) -> None:
        self.window.pressed = self.window.screen.back
        self.advance()

    def answer(self, reply: object) -> str:
        response = reply if isinstance(reply, TransientError) else Response(200, {}, json.dumps(reply).encode())
        request = self.worker.answer(response)
        self.advance()
        return request.path

    @property
    def labels(self) -> list[str]:
        return [button.label for button in (*self.window.screen.items, *self.window.screen.buttons)]

    @property
    def sent(self) -> list[tuple[str, dict[str, Any]]]:
        calls = [json.loads(call)["params"] for call in self.kodi.calls]
        return [
            (call["message"], {name: value for name, value in call["data"].items() if name != "request"})
            for call in calls
        ]


@pytest.fixture
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    kodi.settings.update({"access_token": "a-token", "token_client_id": "app", "scrobble_minimum": "7"})
    kodi.texts[page_texts.REASONS[Reason.TOO_SHORT]] = "shorter than {minutes} min"
    kodi.texts[page_texts.PAUSED_AT] = "at {percent} %"
    kodi.texts[page_texts.NOTHING_FOUND] = "nothing for {words}"
    monkeypatch.setattr("xbmc.getRegion", {"dateshort": "%Y-%m-%d", "time": "%H:%M:%S"}.get)
    return kodi


@pytest.fixture
def stage(kodi: FakeKodi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage(kodi, tmp_path / "pictures")
    monkeypatch.setattr(title_chooser, "open_worker", lambda: stage.worker)
    monkeypatch.setattr("simkl_connect.clock.now", lambda: stage.now)
    return stage


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is entered on the keyboard, in turn; empty: cancelled. The proposals are put behind it."""
    words: list[str] = []

    def ask(_heading: str, proposed: str, _is_wanted: Callable[[], bool]) -> str:
        words.append(proposed)
        return words.pop(0)

    monkeypatch.setattr(keyboard, "ask_words", ask)
    yield words


def test_an_empty_page_says_what_will_be_there_and_ok_closes_it(stage: Stage) -> None:
    stage.show()
    assert (stage.window.screen.mode, stage.window.screen.message) == ("message", f"text {page_texts.EMPTY}")
    assert stage.labels == [f"text {page_texts.BUG_REPORT}", f"text {texts.CLOSE}"]


def test_each_video_has_a_row(stage: Stage) -> None:
    stage.show(CLIP, {**FILM, "at": 86400.0 * 365}, {"title": "A", "status": "paused", "progress": 41.4})
    screen = stage.window.screen
    assert screen.mode == "list"
    assert [(row.title, row.what) for row in screen.rows] == [
        ("A", "at 41 %"),
        ("Night Ferry", f"text {page_texts.STATUSES[Status.WATCHED]}"),
        ("Clip", "shorter than 7 min"),
    ]
    assert screen.rows[1].when.startswith("1971-01-01 ")


def test_a_new_video_leaves_the_focus_where_it_was(stage: Stage) -> None:
    stage.show(CLIP, LOST)
    stage.window.place = 1
    stage.show(CLIP, LOST, FILM)
    assert stage.window.screen.rows[stage.window.screen.selected].title == "Clip"


def test_what_waits_can_be_sent_now_and_the_answer_goes_after_a_while(stage: Stage) -> None:
    stage.show(CLIP)
    assert f"text {page_texts.SEND_NOW}" not in stage.labels
    stage.show(CLIP, marks=(MARK,))
    stage.press(page_texts.SEND_NOW)
    assert stage.sent == [("send_now", {})]
    assert stage.window.screen.strip == f"text {page_texts.SENDING}"
    stage.advance(activity_page.NOTICE_FOR)
    assert stage.window.screen.strip == f"text {page_texts.WAITING_SINCE}"


def test_a_problem_stands_on_top_and_a_sign_in_is_offered(stage: Stage) -> None:
    stage.show(CLIP, connected=False)
    assert stage.window.screen.is_alert
    assert stage.labels[0] == f"text {page_texts.AUTHORIZE}"


@pytest.mark.parametrize("leave", [lambda stage: stage.back(), lambda stage: stage.press(texts.CLOSE)])
def test_the_page_is_left_by_back_and_by_its_button(stage: Stage, leave: Callable[[Stage], None]) -> None:
    stage.show(CLIP)
    leave(stage)
    assert stage.page.is_left


def test_back_in_the_menu_leads_to_the_list_and_the_same_video(stage: Stage) -> None:
    stage.show(FILM, LOST, CLIP)
    stage.press_row(1)
    assert stage.window.screen.title == LOST["title"]
    stage.back()
    assert (stage.window.screen.mode, stage.window.screen.selected) == ("list", 1)
    assert not stage.page.is_left


@pytest.mark.parametrize(
    ("row", "first"),
    [(LOST, 0), (CLIP, 1), ({**FILM, "can": ["undo", "open"]}, 0), ({**FILM, "can": ["undo"]}, 1), ({"title": "A"}, 0)],
    ids=["harmless", "never", "open before undo", "undo", "nothing"],
)
def test_ok_pressed_twice_changes_nothing_for_good(stage: Stage, row: object, first: int) -> None:
    stage.show(row)
    stage.press_row(0)
    assert stage.window.screen.selected == first


@pytest.mark.parametrize(
    ("action", "label", "command", "values"),
    [
        ("send_again", 32461, "send_again", {"row": 1}),
        ("undo", 32465, "undo", {"row": 1}),
        ("allow", 32458, "allow", {"row": 1}),
        ("never_folder", 32462, "never", {"row": 1, "what": "folder"}),
        ("never_show", 32463, "never", {"row": 1, "what": "show"}),
        ("never_addon", 32464, "never", {"row": 1, "what": "addon"}),
    ],
)
def test_an_action_tells_the_service_and_leads_back(
    stage: Stage, action: str, label: int, command: str, values: dict[str, object]
) -> None:
    stage.show({**FILM, "can": [action]})
    stage.press_row(0)
    stage.press(label)
    assert stage.sent == [(command, values)]
    assert stage.window.screen.mode == "list"


def test_a_titles_page_is_a_qr_code(stage: Stage, tmp_path: Path) -> None:
    stage.show(FILM)
    stage.press_row(0)
    stage.press(32466)
    assert stage.window.screen.mode == "picture"
    assert Path(stage.window.screen.picture).read_bytes().startswith(b"\x89PNG")
    stage.back()
    assert list((tmp_path / "pictures").iterdir()) == []


TITLE = {"title": "The Missing", "year": 2014, "ids": {"simkl_id": 202}}
EPISODES = [{"season": season, "episode": number} for season in (1, 2) for number in (1, 2, 3)]


def search(stage: Stage, entered: list[str]) -> None:
    stage.show(LOST)
    stage.press_row(0)
    entered.append("missing")
    stage.press(32460)


def test_a_title_is_chosen_by_words_season_and_episode(stage: Stage, entered: list[str]) -> None:
    search(stage, entered)
    assert entered == ["The Missing"], "the proposal"
    assert stage.window.screen.message == f"text {page_texts.SEARCHING}"
    assert [stage.answer(reply) for reply in ([TITLE], [], None)] == ["/search/tv", "/search/anime", "/search/movie"]
    assert stage.window.screen.rows == [Row("The Missing", f"text {page_texts.KINDS[TV]} 2014")]
    stage.press_row(0)
    assert stage.answer(EPISODES) == "/tv/episodes/202"
    assert stage.window.screen.selected == 1, "the second season"
    stage.press_row(1)
    assert stage.window.screen.selected == 2, "the third episode"
    stage.press_row(2)
    ((command, values),) = stage.sent
    show = {"title": "The Missing", "year": 2014, "ids": {"simkl": "202"}}
    episode = {"season": 2, "number": 3, "title": "", "ids": {}}
    assert (command, values["row"]) == ("choose", 1)
    assert json.loads(values["media"]) == {"show": show, "episode": episode}
    assert stage.window.screen.strip == f"text {page_texts.ASKED_FOR}"


def test_a_film_is_chosen_at_once(stage: Stage, entered: list[str]) -> None:
    search(stage, entered)
    for reply in ([], [], [TITLE]):
        stage.answer(reply)
    stage.press_row(0)
    assert json.loads(stage.sent[0][1]["media"]) == {"movie": {**TITLE, "ids": {"simkl": "202"}}}


def test_back_goes_through_the_screens_one_by_one(stage: Stage, entered: list[str]) -> None:
    search(stage, entered)
    for reply in ([TITLE], [], []):
        stage.answer(reply)
    stage.press_row(0)
    stage.answer(EPISODES)
    stage.press_row(0)
    seen = []
    for _ in range(3):
        stage.back()
        seen.append(stage.window.screen.strip.split("  ")[0])
    assert seen == [f"text {page_texts.WHICH_SEASON}", f"text {page_texts.WHICH_TITLE}", f"text {page_texts.HINT}"]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (TransientError(Problem.OFFLINE, ""), f"text {texts.PROBLEMS['offline']}"),
        ({"error": "odd"}, f"text {texts.PROBLEMS['bad_answer']}"),
    ],
)
def test_a_search_that_fails_says_why_and_can_be_repeated(
    stage: Stage, entered: list[str], reply: object, message: str
) -> None:
    search(stage, entered)
    stage.answer(reply)
    assert stage.window.screen.message == message
    entered[:] = ["other"]
    stage.press(page_texts.OTHER_WORDS)
    assert stage.worker.waiting[0].request.query == {"q": "other"}


def test_nothing_found_says_so(stage: Stage, entered: list[str]) -> None:
    search(stage, entered)
    for _ in range(3):
        stage.answer([])
    assert stage.window.screen.message == "nothing for missing"


def test_a_search_that_is_left_asks_no_more(stage: Stage, entered: list[str]) -> None:
    search(stage, entered)
    stage.back()
    assert (stage.window.screen.mode, stage.worker.waiting) == ("list", [])


def test_a_keyboard_that_is_cancelled_changes_nothing(stage: Stage, entered: list[str]) -> None:
    stage.show(LOST)
    stage.press_row(0)
    entered.append("")
    stage.press(32460)
    assert (stage.window.screen.mode, stage.worker.submitted, stage.sent) == ("list", [], [])


def test_a_show_without_a_list_of_episodes_is_chosen_by_numbers(
    stage: Stage, entered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[int] = []

    def ask(_heading: str, number: int, _is_wanted: Callable[[], bool]) -> int:
        proposed.append(number)
        return 4

    monkeypatch.setattr(keyboard, "ask_number", ask)
    search(stage, entered)
    for reply in ([TITLE], [], []):
        stage.answer(reply)
    stage.press_row(0)
    stage.answer([])
    assert proposed == [2, 3]
    assert json.loads(stage.sent[0][1]["media"])["episode"]["season"] == 4


def test_without_a_sign_in_nothing_is_searched(stage: Stage, entered: list[str], kodi: FakeKodi) -> None:
    kodi.settings["access_token"] = ""
    search(stage, entered)
    assert stage.window.screen.strip == f"text {page_texts.NOT_CONNECTED}"
    assert stage.worker.submitted == []


CANARIES = ("a-token", "app-of-mine", "Ada", "Night Ferry", "1998", "tt9000102", "smb://ada:pw@nas/kids", "/media/kids")


def test_the_text_for_a_bug_report_holds_no_secret_and_no_title(
    stage: Stage, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch
) -> None:
    kodi.texts[page_texts.REPORT_SAVED] = "saved: {path}"
    monkeypatch.setattr("xbmc.getInfoLabel", lambda _label: "20.1")
    kodi.settings.update({"client_id": "app-of-mine", "exclude_folder_1": "smb://ada:pw@nas/kids", "scrobble": "Ada"})
    media = [dump_media(Movie("Night Ferry", 1998, {"imdb": "tt9000102"}))]
    row = {"title": "Night Ferry", "status": "failed", "reason": "refused", "media": media, "file": "/media/kids"}
    stage.show({**row, "at": 86400.0}, marks=(MARK,))
    stage.press(page_texts.BUG_REPORT)
    path = kodi.data_folder / bug_report.NAME
    assert stage.window.screen.strip == f"saved: {path}"
    text = path.read_text("utf-8")
    assert [canary for canary in CANARIES if canary in text] == []
    for line in ("  client_id: own", "  excluded folders: 1", "  scrobble: ?", "Waiting: 1, since 1970-01-01 00:16:40"):
        assert line in text.splitlines()
    assert "  1970-01-02 00:00:00 film: failed (refused)" in text.splitlines()


def test_a_disk_that_takes_no_text_is_told(stage: Stage, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xbmc.getInfoLabel", lambda _label: "20.1")
    kodi.data_folder.parent.mkdir(parents=True)
    kodi.data_folder.write_bytes(b"no folder")
    stage.show(CLIP)
    stage.press(page_texts.BUG_REPORT)
    assert stage.window.screen.strip == f"text {page_texts.REPORT_NOT_SAVED}"
