"""The activity page in a real Kodi, by its keys: what was watched is on it, and what is pressed reaches the service."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from art import pages
from art.pages import PAGE, UNKNOWN, VIDEOS, WATCHED
from art.scenes import DEVICE_APP, Stage
from conftest import Boot
from doc_tables.texts import english
from real_kodi import navigation
from real_kodi.collection import file_item
from real_kodi.scanned import scanned
from real_kodi.videos import copy_video
from simkl_connect.activity.reasons import Reason
from simkl_connect.kodi.screens import page_texts
from simkl_simulator import ResetBefore, Simulator
from test_dialog import click, errors_of_the_add_on, staged
from test_dialog_ends import set_enabled, stop_script
from test_scrobbling import FILM as SEEN
from test_scrobbling import LIBRARY, SHORT, Viewer

SOON, CLOSING_THE_KEYBOARD = 1.0, 4.0
"""Seconds. The keyboard is Kodi's own, and slides out first."""


@pytest.fixture(scope="module")
def shared(addon_zip: Path) -> Iterator[Stage]:
    with staged(addon_zip, DEVICE_APP) as stage:
        pages.connect(stage)
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The Kodi that all tests share, with the page closed before and after."""
    yield shared
    pages.close_page(shared)
    shared.addon.wait_until_script_ended()


def shown(stage: Stage, count: int) -> list[tuple[str, str]]:
    """Title and sentence of the first rows."""
    rows = [f"Container(50).ListItemAbsolute({place})" for place in range(count)]
    names = [name for row in rows for name in (f"{row}.Label", f"{row}.Property(what)")]
    labels = stage.kodi.labels(*names)
    return [(labels[f"{row}.Label"], labels[f"{row}.Property(what)"]) for row in rows]


def sent(stage: Stage, command: str, row: int | None = None) -> dict[str, Any]:
    """What came with the command of this name that is about ``row``."""

    def there() -> dict[str, Any] | None:
        found = [one.data for one in stage.kodi.notifications() if one.method == f"Other.{command}"]
        return next((dict(data) for data in found if data.get("row") == row), None)

    return stage.kodi.wait_for(there, f"the command {command}")


def strip(stage: Stage) -> str:
    return stage.kodi.label("Window.Property(strip)")


def test_what_was_really_watched_is_on_the_page(boot: Boot, simkl: Simulator, tmp_path: Path) -> None:
    viewer = Viewer(boot(simkl.url, "v2", library=scanned(LIBRARY)), simkl)
    stage = Stage(viewer.addon, simkl)
    pages.open_page(stage, "message")
    assert stage.kodi.label("Window.Property(message)") == english(page_texts.EMPTY)
    assert navigation.focused(stage.kodi) == "Close"
    pages.close_page(stage)
    unknown = tmp_path / "holiday.mkv"
    copy_video(600, unknown)
    for item, percentage, status in (
        (viewer.collection.find(SEEN).item, 90, "watched"),
        (viewer.collection.find(SHORT).item, 90, "skipped"),
        (file_item(unknown), 90, "skipped"),
        (viewer.collection.find(SEEN).item, 41, "paused"),
    ):
        viewer.player.play(item)
        viewer.player.seek(percentage)
        viewer.player.stop()
        viewer.wait_for_status(status)
    pages.open_page(stage)
    (paused, *others) = shown(stage, 4)
    assert others == [
        ("holiday.mkv", english(page_texts.REASONS[Reason.NAME_SAYS_TOO_LITTLE])),
        (SHORT.title, "Not sent: shorter than 5 min"),
        (SEEN.title, "Watched on Simkl"),
    ]
    assert re.fullmatch(r"Paused at (39|4[0-3]) %", paused[1])


def test_every_reason_has_its_sentence(stage: Stage) -> None:
    pages.put(stage, [{"title": reason.value, "status": "failed", "reason": reason.value} for reason in Reason])
    pages.open_page(stage)
    sentences = {name: english(number).format(minutes=5) for name, number in page_texts.REASONS.items()}
    assert dict(shown(stage, len(Reason))) == {reason.value: sentences[reason] for reason in Reason}


def test_the_page_follows_what_happens_and_the_focus_stays_on_its_video(stage: Stage) -> None:
    pages.put(stage, [WATCHED, UNKNOWN])
    pages.open_page(stage)
    stage.kodi.press("down")
    stage.kodi.wait_for(lambda: navigation.focused(stage.kodi) == WATCHED["title"], "the second row")
    pages.add(stage, {"title": "Newer"})
    stage.kodi.wait_for(lambda: shown(stage, 1)[0][0] == "Newer", "the new row")
    stage.kodi.wait_for(lambda: stage.kodi.label("Container(50).CurrentItem") == "3", "the focus on the third row")
    assert navigation.focused(stage.kodi) == WATCHED["title"]


def test_a_title_is_chosen_by_keys_alone(stage: Stage) -> None:
    pages.episodes(stage)
    stage.kodi.press("select")
    row = pages.row_of(stage, UNKNOWN)
    chosen = json.loads(sent(stage, "choose", row)["media"])
    assert (chosen["show"]["ids"], chosen["show"]["year"]) == ({"simkl": "202"}, 2014)
    assert (chosen["episode"]["season"], chosen["episode"]["number"]) == (2, 3)
    stage.kodi.wait_for(lambda: strip(stage) == english(page_texts.ASKED_FOR), "the answer")
    assert navigation.focused(stage.kodi) == UNKNOWN["title"]


@pytest.mark.parametrize(
    ("label", "command", "what"),
    [
        ("Undo", "undo", None),
        ("Send again", "send_again", None),
        ("Never for this folder", "never", "folder"),
        ("Never for this show", "never", "show"),
        ("Never for this add-on", "never", "addon"),
    ],
)
def test_an_entry_of_the_menu_reaches_the_service(stage: Stage, label: str, command: str, what: str | None) -> None:
    everything = ["undo", "open", "send_again", "never_folder", "never_show", "never_addon"]
    _, row = pages.put(stage, [WATCHED, {**WATCHED, "title": "This", "can": everything}])
    pages.open_page(stage)
    pages.press_row(stage, "This")
    pages.wait_for_mode(stage, "menu")
    navigation.press(stage.kodi, label)
    assert sent(stage, command, row).get("what") == what
    pages.wait_for_mode(stage, "list")


def test_send_now_is_one_arrow_and_ok_away(stage: Stage) -> None:
    pages.put(stage, VIDEOS, marks=({},))
    pages.open_page(stage)
    stage.kodi.press("right")
    stage.kodi.wait_for(lambda: navigation.focused(stage.kodi) == "Send now", "the button")
    stage.kodi.press("select")
    assert sent(stage, "send_now")


def test_the_text_for_a_bug_report_lies_where_the_page_says(stage: Stage) -> None:
    pages.videos(stage)
    navigation.press(stage.kodi, "Save a bug report")
    path = stage.kodi.profile.addon_data() / "bug-report.txt"
    stage.kodi.wait_for(lambda: strip(stage).endswith(str(path)), "where it lies")
    text = path.read_text("utf-8")
    titles = [str(video["title"]) for video in VIDEOS]
    secrets = [stage.addon.settings[name] for name in ("access_token", "client_id", "account_name")]
    assert [word for word in (*titles, *secrets) if word in text] == []
    assert "Python: 3" in text


def test_a_search_without_a_network_says_so_in_a_sentence(stage: Stage) -> None:
    stage.simkl.fault("/search", ResetBefore())
    pages.keyboard(stage)
    stage.kodi.press("select")
    stage.kodi.wait_for(
        lambda: stage.kodi.label("Window.Property(message)").startswith("Simkl can't be reached."), "the sentence"
    )


def test_a_click_opens_a_video(stage: Stage) -> None:
    pages.put(stage, [WATCHED])
    pages.open_page(stage)
    click(stage, 270, 190)
    pages.wait_for_mode(stage, "menu")


# --- ends


SCENES: tuple[Callable[[Stage], None], ...] = (pages.videos, pages.menu, pages.titles, pages.link)


def check_end(stage: Stage, end: Callable[[], object], within: float = SOON) -> None:
    before = len(stage.kodi.log())
    end()
    stage.kodi.wait_for(lambda: not stage.addon.script_runs, "the script to end", within)
    navigation.wait_until_closed(stage.kodi, PAGE, SOON)
    for trouble in ("let's kill it", "Traceback", "EXCEPTION"):
        assert trouble not in stage.kodi.log()[before:]


@pytest.mark.parametrize("scene", SCENES)
def test_a_script_that_kodi_stops_is_gone_at_once(stage: Stage, scene: Callable[[Stage], None]) -> None:
    scene(stage)
    check_end(stage, lambda: stop_script(stage))


@pytest.mark.parametrize(
    ("scene", "within"), [(pages.videos, SOON), (pages.titles, SOON), (pages.keyboard, CLOSING_THE_KEYBOARD)]
)
def test_an_add_on_that_is_disabled_takes_its_page_along(
    stage: Stage, scene: Callable[[Stage], None], within: float
) -> None:
    scene(stage)
    try:
        check_end(stage, lambda: set_enabled(stage, False), within)
        stage.kodi.wait_for(lambda: not stage.kodi.python_runs(), "the service to end")
    finally:
        set_enabled(stage, True)
    stage.addon.wait_for_phase("idle", "connected")


def test_a_reload_of_the_skin_closes_the_page(stage: Stage) -> None:
    pages.videos(stage)
    stage.kodi.builtin("ReloadSkin()")
    navigation.wait_until_closed(stage.kodi, PAGE)
    stage.addon.wait_until_script_ended()
    pages.videos(stage)
    assert errors_of_the_add_on(stage.kodi) == []


def test_a_sign_in_takes_the_place_of_the_page(stage: Stage) -> None:
    pages.videos(stage)
    stage.addon.run("authorize")
    stage.wait_for("waiting")
    navigation.wait_until_closed(stage.kodi, PAGE)
    stage.leave()


def test_an_unknown_file_is_put_right_and_taken_back_with_the_remote_alone(
    boot: Boot, simkl: Simulator, tmp_path: Path
) -> None:
    viewer = Viewer(boot(simkl.url, "v2", library=scanned(LIBRARY)), simkl)
    stage = Stage(viewer.addon, simkl)
    file = tmp_path / "Hrbr Lghts S01E02.mkv"
    copy_video(600, file)
    viewer.player.play(file_item(file))
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_status("skipped")
    pages.open_page(stage)
    stage.kodi.press("select")
    pages.wait_for_mode(stage, "menu")
    stage.kodi.press("select")
    navigation.wait_for_window(stage.kodi, pages.KEYBOARD)
    stage.kodi.rpc("Input.SendText", text="Harbour", done=True)
    for label in ("Harbour Lights", "Season 1", "Episode 2"):
        stage.kodi.wait_for(lambda label=label: navigation.focused(stage.kodi) == label, label)
        stage.kodi.press("select")
    viewer.wait_for_mark(("Harbour Lights", 1, 2))
    stage.kodi.wait_for(lambda: shown(stage, 1) == [("Harbour Lights S01E02", "Watched on Simkl")], "the new row")
    stage.kodi.press("select")
    pages.wait_for_mode(stage, "menu")
    navigation.press(stage.kodi, "Undo")
    stage.kodi.wait_for(lambda: viewer.watched == [], "nothing on Simkl", 15.0)
    stage.kodi.wait_for(lambda: shown(stage, 1)[0][1] == english(page_texts.UNDONE), "the row to say so")
    assert "asked to focus" not in stage.kodi.log()
