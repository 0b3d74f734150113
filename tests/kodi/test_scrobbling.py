"""What is watched in a real Kodi is on Simkl, once; what was not watched is not."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from conftest import Boot
from real_kodi import navigation
from real_kodi.addon import Addon
from real_kodi.collection import Collection, file_item
from real_kodi.instance import KodiError
from real_kodi.library import Episode, EpisodeFile, Film, Library, Show
from real_kodi.paths import ADDON_ID
from real_kodi.player import VIDEO_PLAYLIST, Player
from real_kodi.scanned import scanned
from real_kodi.video_plugin import PluginVideo, write_video_plugin
from simkl_simulator import Account, ResetBefore, Simulator

FILM = Film("Seven Lanterns", 2023, {"imdb": "tt9000105", "tmdb": "500105"})
SHORT = Film("A Map of Salt", 2016, {"imdb": "tt9000106"}, seconds=140)
STACK = Film("The Quiet Orchard", 2011, {"imdb": "tt9000101"}, seconds=300, parts=2)
SPECIAL = Episode(0, 1, "Before", {"tvdb": "5203000"})
FIRST = Episode(1, 1, "One", {"tvdb": "5203002"})
SECOND = Episode(1, 2, "Two", {"tvdb": "5203003"})
FOURTH, FIFTH = Episode(1, 4, "Four", {"tvdb": "5203005"}), Episode(1, 5, "Five", {"tvdb": "5203006"})
FILES = (EpisodeFile([SPECIAL]), EpisodeFile([FIRST]), EpisodeFile([SECOND]), EpisodeFile([FOURTH, FIFTH]))
LIBRARY = Library(
    films=(FILM, SHORT, STACK),
    shows=(Show("Harbour Lights", 2009, {"tvdb": "300203", "tmdb": "500203", "imdb": "tt8000203"}, FILES),),
)


GRACE = Account("Grace", 7)
ABORTED = 128 + signal.SIGABRT
"""The exit code of a Kodi that has found its own memory corrupted."""


class Viewer:
    """Somebody who is signed in and watches."""

    def __init__(self, addon: Addon, simkl: Simulator, has_library: bool = True) -> None:
        self.addon, self.simkl = addon, simkl
        self.player, self.collection = Player(addon.kodi), Collection(addon.kodi)
        self.sign_in()
        if has_library:
            self.addon.decline_sync()

    def sign_in(self) -> None:
        self.addon.sign_in(self.simkl)
        self.addon.kodi.press("back")
        self.addon.wait_until_dialog_closed()

    @property
    def watched(self) -> list[tuple[str, int | None, int | None]]:
        return marks(self.simkl)

    @property
    def events(self) -> list[tuple[str, str]]:
        """Paths and titles of what was reported live."""
        return [(event.path, event.item.title if event.item else "") for event in self.simkl.scrobbles]

    @property
    def activity(self) -> dict[str, object]:
        text = self.addon.kodi.label("Window(10000).Property(script.simkl.connect.activity)")
        activity: dict[str, object] = json.loads(text) if text else {}
        return activity

    def load_profile(self, name: str) -> None:
        """Returns when its service runs.

        Kodi 20.1 crashes at one in some forty changes of the profile while something plays, with no add-on installed
        as well: there is nothing to be seen then.
        """
        kodi = self.addon.kodi
        services = kodi.log().count("service started")
        kodi.builtin(f"LoadProfile({name})")
        try:
            kodi.wait_for(lambda: kodi.log().count("service started") > services, "the profile", 20.0)
            kodi.wait_for(self._service_answers, "the service to run", 20.0)
        except KodiError:
            if kodi.exit_code != ABORTED:
                raise
            pytest.skip("Kodi has crashed while it changed the profile")

    def _service_answers(self) -> bool:
        try:
            return bool(self.addon.state)
        except OSError:  # Kodi's web server starts anew with the profile
            return False

    def play(self, video: Film | Episode) -> None:
        self.player.play(self.collection.find(video).item)

    def seek_and_be_seen(self, percentage: float) -> None:
        """Near the end; until the service has noted that."""
        self.player.seek(percentage)
        wait_until_watched_on_disk(self.addon)

    def wait_for_mark(self, *marks: tuple[str, int | None, int | None]) -> None:
        self.addon.kodi.wait_for(lambda: self.watched == sorted(marks, key=str), f"{marks} on Simkl", 30.0)

    def wait_for_status(self, status: str) -> None:
        self.addon.kodi.wait_for(lambda: self.activity.get("status") == status, f"the status {status}", 15.0)


def wait_until_watched_on_disk(addon: Addon) -> None:
    """Until the record of the open session says that it is to be marked."""
    addon.kodi.wait_for(lambda: '"watched": true' in addon.stored().get("session", ""), "the new position on the disk")


def marks(simkl: Simulator, account: Account | None = None) -> list[tuple[str, int | None, int | None]]:
    return [(mark.title, mark.season, mark.number) for mark in simkl.watched(account)]


@pytest.fixture
def viewer(boot: Boot, simkl: Simulator, tmp_path: Path) -> Viewer:
    library = scanned(LIBRARY)
    return Viewer(boot(simkl.url, "v2", library=library, addons=[write_video_plugin(tmp_path)]), simkl)


def test_a_film_is_live_while_it_plays_and_marked_when_it_is_stopped_near_its_end(viewer: Viewer) -> None:
    viewer.play(FILM)
    viewer.addon.kodi.wait_for(lambda: viewer.events == [("/scrobble/start", FILM.title)], "the start", 5.0)
    viewer.wait_for_status("watching")
    viewer.player.seek(85)
    viewer.player.stop()
    viewer.wait_for_mark((FILM.title, None, None))
    viewer.wait_for_status("watched")


def test_a_film_left_in_its_middle_is_paused_there_and_not_marked(viewer: Viewer) -> None:
    viewer.play(FILM)
    viewer.player.seek(40)
    viewer.player.stop()
    viewer.addon.kodi.wait_for(lambda: [session.action for session in viewer.simkl.sessions()] == ["pause"], "a pause")
    assert 38 <= viewer.simkl.sessions()[0].progress <= 43
    assert viewer.watched == []


def test_another_video_opened_over_an_episode_near_its_end_marks_the_episode(viewer: Viewer) -> None:
    viewer.play(FIRST)
    viewer.player.seek(95)
    viewer.play(FILM)
    viewer.wait_for_mark(("Harbour Lights", 1, 1))
    viewer.addon.kodi.wait_for(lambda: ("/scrobble/start", FILM.title) in viewer.events, "the film's start", 10.0)


def test_a_playlist_marks_each_episode_once(viewer: Viewer) -> None:
    entries = [viewer.collection.find(episode).item for episode in (FIRST, SECOND)]
    viewer.player.play_list(entries)
    viewer.player.play_out()
    viewer.player.wait_until_playing()
    viewer.player.play_out()
    viewer.wait_for_mark(("Harbour Lights", 1, 1), ("Harbour Lights", 1, 2))


def test_a_playlist_that_loses_what_was_played_marks_each_of_four_episodes(viewer: Viewer) -> None:
    """As Up Next does it: the next one is added, the played one removed, and the position stays 0."""
    kodi = viewer.addon.kodi
    episodes = (FIRST, SECOND, FOURTH, SPECIAL)
    entries = [viewer.collection.find(episode).item for episode in episodes]
    viewer.player.play_list(entries[:1])
    for entry in entries[1:]:
        kodi.rpc("Playlist.Add", playlistid=VIDEO_PLAYLIST, item=dict(entry))
        viewer.player.play_out()
        viewer.player.wait_until_playing()
        kodi.rpc("Playlist.Remove", playlistid=VIDEO_PLAYLIST, position=0)
        assert viewer.player.wait_until_playing().position == 0
    viewer.player.play_out()
    marks = [("Harbour Lights", one.season, one.number) for one in (*episodes, FIFTH)]
    viewer.wait_for_mark(*marks)
    stops = [event.item[3:] for event in viewer.simkl.scrobbles if event.item and event.action == "scrobble"]
    assert stops == [(1, 1), (1, 2), (1, 4), (1, 5), (0, 1)]


def test_a_file_with_two_episodes_marks_both(viewer: Viewer) -> None:
    viewer.play(FOURTH)
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_mark(("Harbour Lights", 1, 4), ("Harbour Lights", 1, 5))


def test_a_special_is_a_special(viewer: Viewer) -> None:
    viewer.play(SPECIAL)
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_mark(("Harbour Lights", 0, 1))


def test_a_film_in_two_parts_is_one_film(viewer: Viewer) -> None:
    viewer.play(STACK)
    viewer.seek_and_be_seen(90)
    viewer.player.stop()
    viewer.wait_for_mark((STACK.title, None, None))


def test_what_is_shorter_than_the_setting_allows_is_left_alone(viewer: Viewer) -> None:
    viewer.play(SHORT)
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_status("skipped")
    assert viewer.activity["reason"] == "too_short"
    assert (viewer.events, viewer.watched) == ([], [])


def test_a_plug_ins_video_is_known_by_its_tags(viewer: Viewer) -> None:
    file = scanned(LIBRARY).media / FILM.files[0]
    info: dict[str, str | int] = {"mediatype": "movie", "title": FILM.title, "year": 2023}
    viewer.player.play(file_item(PluginVideo(file, info=info, ids={"imdb": "tt9000105"}).url))
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_mark((FILM.title, None, None))


def test_a_plug_ins_video_without_any_tag_is_known_by_what_tmdbhelper_leaves(viewer: Viewer) -> None:
    """Kodi plays it as player 0. The next one, of another name, is not known by what is still there."""
    media = scanned(LIBRARY).media
    hint = {"tmdb_type": "movie", "tmdb_id": "500105", "imdb_id": "tt9000105"}
    known = PluginVideo(media / FILM.files[0], label="Lanterns", home={"TMDbHelper.PlayerInfoString": json.dumps(hint)})
    assert viewer.player.play(file_item(known.url)).player == 0
    viewer.wait_for_status("watching")
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_mark((FILM.title, None, None))
    viewer.player.play(file_item(PluginVideo(media / STACK.files[0], label="Orchard").url))
    viewer.wait_for_status("skipped")
    assert viewer.activity["reason"] == "name_says_too_little"


def test_what_a_plug_in_excludes_is_left_alone(viewer: Viewer) -> None:
    file = scanned(LIBRARY).media / FILM.files[0]
    info: dict[str, str | int] = {"mediatype": "movie", "title": FILM.title, "year": 2023}
    video = PluginVideo(file, info=info, ids={"imdb": "tt9000105"}, properties={"script.trakt.exclude": "true"})
    viewer.player.play(file_item(video.url))
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_status("skipped")
    assert (viewer.activity["reason"], viewer.events) == ("trailer", [])


@pytest.mark.parametrize("end", ["quit", "kill"])
def test_kodi_that_ends_in_mid_play_is_made_up_for_at_the_next_start(viewer: Viewer, end: str) -> None:
    kodi = viewer.addon.kodi
    viewer.play(FIRST)
    viewer.seek_and_be_seen(93)
    if end == "quit":
        kodi.quit()
    else:
        kodi.kill()
    kodi.restart()
    viewer.wait_for_mark(("Harbour Lights", 1, 1))


def test_a_video_that_begins_before_the_service_does_is_followed(viewer: Viewer) -> None:
    kodi = viewer.addon.kodi
    kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    kodi.wait_for(lambda: not viewer.addon.state, "the service to end")
    viewer.play(FIRST)
    kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=True)
    viewer.wait_for_status("watching")
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_mark(("Harbour Lights", 1, 1))


def test_a_video_stays_the_profiles_in_which_it_began(viewer: Viewer) -> None:
    """Kodi plays on while it loads another profile, where somebody else is signed in."""
    kodi, simkl = viewer.addon.kodi, viewer.simkl
    kodi.quit()
    kodi.profile.add_user("Other")
    kodi.restart()
    kodi.wait_for(lambda: viewer.addon.state, "the service to run")
    viewer.play(FIRST)
    viewer.seek_and_be_seen(93)
    viewer.load_profile("Other")
    viewer.addon.run("authorize")
    simkl.approve(viewer.addon.wait_for_code(), GRACE)
    viewer.addon.wait_for_message("Connected as Grace")
    kodi.press("back")
    viewer.addon.wait_until_dialog_closed()
    kodi.rpc("Player.Open", item=dict(viewer.collection.find(SECOND).item))  # no notification comes any more
    viewer.wait_for_status("watching")
    kodi.rpc("Player.Stop", playerid=viewer.player.seek(90).player)
    kodi.wait_for(lambda: simkl.watched(GRACE), "what the other one watches")
    assert (marks(simkl, GRACE), viewer.watched) == ([("Harbour Lights", 1, 2)], [])
    viewer.load_profile("Master user")
    viewer.wait_for_mark(("Harbour Lights", 1, 1))
    assert marks(simkl, GRACE) == [("Harbour Lights", 1, 2)]


def test_a_mark_made_by_hand_counts_and_taking_it_back_takes_nothing_back(viewer: Viewer) -> None:
    entry = viewer.collection.find(SECOND)
    viewer.collection.mark(entry, playcount=1)
    viewer.wait_for_mark(("Harbour Lights", 1, 2))
    viewer.collection.mark(entry, playcount=0)
    viewer.play(FILM)
    viewer.player.stop()
    assert viewer.watched == [("Harbour Lights", 1, 2)]


@pytest.mark.parametrize(("button", "left"), [("Send later", 1), ("Don't send", 0), ("Cancel", None)])
def test_a_sign_out_with_a_mark_waiting_keeps_or_drops_it_as_the_user_says(
    viewer: Viewer, button: str, left: int | None
) -> None:
    kodi = viewer.addon.kodi
    viewer.simkl.fault("/scrobble", ResetBefore(), times=100)
    viewer.simkl.fault("/sync", ResetBefore(), times=100)
    viewer.play(FIRST)
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_status("waiting")
    viewer.addon.run("signout")
    navigation.wait_for_window(kodi, "yesnodialog")
    assert "Videos waiting to be sent to Simkl: 1" in kodi.control(9)
    assert navigation.focused(kodi) == "Cancel"
    navigation.press(kodi, button)
    navigation.wait_until_closed(kodi, "yesnodialog")
    if left is None:
        viewer.addon.wait_until_script_ended()
        assert (viewer.addon.settings["account_name"], len(viewer.addon.rows("outbox"))) == ("Ada", 1)
        return
    kodi.wait_for(lambda: viewer.addon.settings["account_name"] == "", "the sign-out")
    assert len(viewer.addon.rows("outbox")) == left
    viewer.simkl.end_faults()
    viewer.sign_in()
    if left:
        viewer.wait_for_mark(("Harbour Lights", 1, 1))
    viewer.addon.kodi.wait_for(lambda: viewer.activity.get("waiting") == 0, "nothing to wait")
    assert len(viewer.watched) == left


def test_what_is_watched_without_a_network_is_sent_once_there_is_one(viewer: Viewer) -> None:
    viewer.simkl.fault("/scrobble", ResetBefore(), times=20)
    viewer.play(FIRST)
    viewer.player.seek(90)
    viewer.player.stop()
    viewer.wait_for_status("waiting")
    viewer.wait_for_mark(("Harbour Lights", 1, 1))
