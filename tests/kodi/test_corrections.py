"""What the user puts right in a real Kodi is right on Simkl, and stays so for the next video."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Boot
from real_kodi.collection import file_item
from real_kodi.library import Episode, EpisodeFile, Film, Library, Show
from real_kodi.scanned import scanned
from real_kodi.videos import copy_video
from simkl_simulator import Simulator
from test_scrobbling import Viewer

LIGHTS = {"title": "Harbour Lights", "year": 2009, "ids": {"simkl": "203"}}


UNWANTED = Film("Seven Lanterns", 2023, {"imdb": "tt90000105"})
PARTS = [Episode(1, number, f"Part {number}") for number in (1, 2, 3)]
MISNAMED = Show("Copper Street", 1987, {"tvdb": "300205"}, [EpisodeFile([part]) for part in PARTS])


class Corrector(Viewer):
    """Somebody who watches and does something with the entries of the activity page."""

    def watch(self, file: Path, percent: float = 90.0) -> None:
        self.player.play(file_item(file))
        self.player.seek(percent)
        self.player.stop()

    def entries(self) -> list[tuple[int, dict[str, Any]]]:
        with closing(sqlite3.connect(f"file:{self.addon.database}?mode=ro", uri=True, timeout=1.0)) as connection:
            found = connection.execute("SELECT id, item FROM queued WHERE kind = 'activity' ORDER BY id").fetchall()
        return [(row, json.loads(item)) for row, item in found]

    def wait_until_it_can(self, name: str) -> int:
        """The newest entry, once that can be done with it."""

        def there() -> int:
            row, fields = self.entries()[-1]
            return row if name in fields.get("can", []) else 0

        return self.addon.kodi.wait_for(there, f"an entry that offers {name}")

    def command(self, name: str, row: int, **values: object) -> None:
        data = {"request": "", "row": row, **values}
        self.addon.kodi.rpc("JSONRPC.NotifyAll", sender="script.simkl.connect", message=name, data=data)


def videos(folder: Path, *names: str) -> list[Path]:
    """All of them before the first is played: Kodi remembers what a folder held then."""
    files = [folder / f"{name}.mkv" for name in names]
    for file in files:
        copy_video(600, file)
    return files


@pytest.fixture
def corrector(boot: Boot, simkl: Simulator) -> Corrector:
    return Corrector(boot(simkl.url, "v2"), simkl, has_library=False)


def test_an_unknown_file_is_named_and_its_next_episode_goes_through_by_itself(
    corrector: Corrector, tmp_path: Path
) -> None:
    first, second = videos(tmp_path / "tv", "Hrbr Lghts S01E01", "Hrbr Lghts S01E02")
    corrector.watch(first)
    corrector.wait_for_status("skipped")
    assert corrector.activity["reason"] == "unknown_show"
    row = corrector.wait_until_it_can("send_again")
    chosen = {"show": LIGHTS, "episode": {"season": 1, "number": 1, "title": "", "ids": {}}}
    corrector.command("choose", row, media=json.dumps(chosen))
    corrector.wait_for_mark(("Harbour Lights", 1, 1))
    corrector.watch(second)
    corrector.wait_for_mark(("Harbour Lights", 1, 1), ("Harbour Lights", 1, 2))
    assert corrector.activity["title"] == "Harbour Lights S01E02"


def test_undo_takes_exactly_one_episode_back(corrector: Corrector, simkl: Simulator, tmp_path: Path) -> None:
    simkl.preset_watched("Harbour Lights", 1, 5)
    corrector.watch(*videos(tmp_path / "tv", "Harbour Lights (2009) S01E06"))
    corrector.wait_for_mark(("Harbour Lights", 1, 5), ("Harbour Lights", 1, 6))
    corrector.command("undo", corrector.wait_until_it_can("undo"))
    corrector.wait_for_mark(("Harbour Lights", 1, 5))
    assert corrector.entries()[-1][1]["undone"] is True


def test_a_folder_is_never_wanted_again(corrector: Corrector, tmp_path: Path) -> None:
    kids = tmp_path / "kids"
    first, second = videos(kids, "Night Ferry (1998)", "Seven Lanterns (2023)")
    corrector.watch(first, 40.0)
    corrector.wait_for_status("paused")
    corrector.command("never", corrector.wait_until_it_can("never_folder"), what="folder")
    corrector.addon.wait_for_setting("exclude_folder_1", f"{kids}/")
    corrector.watch(second)
    corrector.wait_for_status("skipped")
    assert corrector.activity["reason"] == "excluded"
    assert corrector.watched == []
    assert "Seven Lanterns" not in [title for _, title in corrector.events]


def test_a_folder_that_is_never_wanted_ends_at_simkl_what_plays_from_it(
    corrector: Corrector, simkl: Simulator, tmp_path: Path
) -> None:
    (film,) = videos(tmp_path / "kids", "Night Ferry (1998)")
    corrector.player.play(file_item(film))
    corrector.wait_for_status("watching")
    corrector.addon.kodi.wait_for(lambda: corrector.events, "its start at Simkl")
    corrector.player.seek(90)
    corrector.command("never", corrector.wait_until_it_can("never_folder"), what="folder")
    corrector.wait_for_status("skipped")
    corrector.addon.kodi.wait_for(lambda: [one.action for one in simkl.sessions()] == ["pause"], "its end at Simkl")
    corrector.player.stop()
    assert corrector.watched == []


def test_the_sync_keeps_to_what_was_taken_back_and_corrected(boot: Boot, simkl: Simulator) -> None:
    library = scanned(Library(films=(UNWANTED,), shows=(MISNAMED,)))
    corrector = Corrector(boot(simkl.url, "v2", library=library, settings={"scrobble_marks": "false"}), simkl)
    for video, mark in ((UNWANTED, (UNWANTED.title, None, None)), (PARTS[0], (MISNAMED.title, 1, 1))):
        corrector.play(video)
        corrector.player.seek(90.0)
        corrector.player.stop()
        corrector.wait_for_mark(mark)
        row = corrector.wait_until_it_can("undo")
        if video is UNWANTED:
            corrector.command("undo", row)
            corrector.wait_for_mark()
    chosen = {"show": LIGHTS, "episode": {"season": 1, "number": 1, "title": "", "ids": {}}}
    corrector.command("choose", row, media=json.dumps(chosen))
    corrector.wait_for_mark(("Harbour Lights", 1, 1))
    _, second, third = map(corrector.collection.find, PARTS)
    for watched in (corrector.collection.find(UNWANTED), second):
        corrector.collection.mark(watched, playcount=1)
    simkl.preset_watched("Harbour Lights", 1, 3)
    corrector.addon.run("sync,now")
    corrector.wait_for_mark(*(("Harbour Lights", 1, number) for number in (1, 2, 3)))
    corrector.addon.kodi.wait_for(lambda: corrector.collection.playcount(third), "the mark in the library")
