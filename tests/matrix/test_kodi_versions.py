"""The main job on each version of Kodi, in the Debian it comes with: install, connect, watch, sync, update, quit."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from real_kodi import ink, installing, navigation, package
from real_kodi.addon import Addon
from real_kodi.collection import Collection
from real_kodi.dependencies import stand_ins
from real_kodi.kodi import Kodi
from real_kodi.library import Episode, EpisodeFile, Film, Library, Show
from real_kodi.paths import ADDON_ID, PROJECT
from real_kodi.player import Player
from real_kodi.profile import Setup
from real_kodi.runtime import Runtime
from real_kodi.scanned import scanned
from real_kodi.waiting import SLOWNESS
from real_kodi.watching_plugin import WATCHING_ID, write_watching_plugin
from simkl_simulator import Hang, Simulator

PICTURES = PROJECT / "build" / "matrix"
CLIENT_ID = "matrix-client-id"
NEWER = "99.0.0"
QUITS = int(os.environ.get("QUITS", "2"))
"""How often Kodi is quit in each phase."""
PATIENCE = 5.0 * SLOWNESS
"""Seconds in which Kodi has to be gone."""

FILM = Film("Seven Lanterns", 2023, {"imdb": "tt9000105", "tmdb": "500105"})
OTHER_FILM = Film("A Map of Salt", 2016, {"imdb": "tt9000106"})
FIRST, SECOND = Episode(1, 1, "One", {"tvdb": "5203002"}), Episode(1, 2, "Two", {"tvdb": "5203003"})
SHOW = Show("Harbour Lights", 2009, {"tvdb": "300203"}, (EpisodeFile([FIRST]), EpisodeFile([SECOND])))
LIBRARY = Library(films=(FILM, OTHER_FILM), shows=(SHOW,))

OTHER_ADD_ON = "import queue, socket, ssl, xbmcgui; xbmcgui.Window(10000).setProperty('other', 'here')"
"""Python 3.9.2 of Debian 11 raises its exceptions in our add-on from then on."""

TROUBLE = re.compile(
    r"Traceback|Error Type|EXCEPTION|let's kill it|waiting on thread|left several classes in memory"
    rf"|error <general>: \[{re.escape(ADDON_ID)}\]",
    re.IGNORECASE,
)


def trouble(kodi: Kodi) -> list[str]:
    """The lines of the log that no good day has."""
    return [line for line in kodi.log().splitlines() if TROUBLE.search(line)]


def zips(folder: Path) -> tuple[Path, Path]:
    """The add-on as it ships with a client id, and a newer version of it."""
    files = package.contents(PROJECT, CLIENT_ID)
    now, newer = folder / "now.zip", folder / "newer.zip"
    package.write_zip(now, ADDON_ID, files)
    own = f'version="{package.version_of(PROJECT)}" provider-name'.encode()
    manifest = files["addon.xml"].replace(own, f'version="{NEWER}" provider-name'.encode())
    package.write_zip(newer, ADDON_ID, {**files, "addon.xml": manifest})
    return now, newer


@pytest.mark.parametrize("flow", ["v1", "v2"])
def test_the_main_job(runtime: Runtime, release: str, flow: str, tmp_path: Path) -> None:
    now, newer = zips(tmp_path)
    setup = Setup(folders=stand_ins(), debug=True, runtime=runtime, library=scanned(LIBRARY, runtime))
    with Simulator({CLIENT_ID: flow}, interval=1) as simkl, Kodi(setup, {"SIMKL_API_URL": simkl.url}) as kodi:
        addon = Addon(kodi)
        installing.install(kodi, now, ADDON_ID, package.version_of(PROJECT))
        addon.wait_for_phase("idle")
        navigation.wait_until_closed(kodi, "notification")  # "Add-on installed", over the picture
        token = connect(addon, simkl, PICTURES / f"{release}-{flow}")
        watch(kodi, simkl, FILM)
        watch(kodi, simkl, FIRST)
        sync(addon, simkl, SECOND)
        installing.install(kodi, newer, ADDON_ID, NEWER)
        kodi.wait_for(lambda: kodi.log().count("service started") == 2, "the newer version's service")
        addon.wait_for_phase("idle")
        assert addon.settings["access_token"] == token
        watch(kodi, simkl, OTHER_FILM)
        assert kodi.quit() < PATIENCE
        assert kodi.exit_code == 0
        assert trouble(kodi) == []


def connect(addon: Addon, simkl: Simulator, pictures: Path) -> str:
    """From the Authorize button until dialog and settings page are closed again; the token."""
    pictures.mkdir(parents=True, exist_ok=True)
    addon.press_authorize()
    code = addon.wait_for_code()
    assert [code] == simkl.codes()
    assert addon.shown.address == "simkl.com/pin"
    seen = addon.kodi.wait_for(lambda: ink.qr_text(addon.kodi.picture(), pictures), "a QR code that can be read")
    assert seen.endswith(code)
    addon.kodi.still_picture().save(pictures / "waiting.png")
    simkl.approve(code)
    token = addon.wait_for_setting("access_token")
    assert token == simkl.issued[-1].access
    addon.wait_for_message("Connected as Ada")
    addon.wait_for_setting("account_name", "Ada")
    addon.kodi.still_picture().save(pictures / "connected.png")
    addon.wait_until_dialog_closed()
    addon.decline_sync()
    navigation.wait_for_window(addon.kodi, navigation.ADDON_SETTINGS)  # where it was begun
    addon.kodi.press("back")
    navigation.wait_until_closed(addon.kodi, navigation.ADDON_SETTINGS)
    return token


def watch(kodi: Kodi, simkl: Simulator, video: Film | Episode) -> None:
    """To near its end, until it is live on Simkl and then marked there, and nothing else is."""
    before = len(simkl.watched())
    title = video.title if isinstance(video, Film) else SHOW.title
    player = Player(kodi)
    player.play(Collection(kodi).find(video).item)
    kodi.wait_for(lambda: [session.item.title for session in simkl.sessions()] == [title], "the start on Simkl", 20.0)
    player.seek(90)
    player.stop()
    kodi.wait_for(lambda: len(simkl.watched()) > before, "the mark on Simkl", 30.0)
    number = (None, None) if isinstance(video, Film) else (video.season, video.number)
    assert (title, *number) in {(mark.title, mark.season, mark.number) for mark in simkl.watched()}
    assert len(simkl.watched()) == before + 1


def sync(addon: Addon, simkl: Simulator, episode: Episode) -> None:
    """What was watched elsewhere is watched in Kodi, too."""
    collection = Collection(addon.kodi)
    entry = collection.find(episode)
    simkl.preset_watched(SHOW.title, episode.season, episode.number)
    addon.run("sync,now")
    addon.kodi.wait_for(lambda: collection.playcount(entry) == 1, "the mark in Kodi", 30.0)
    addon.wait_until_script_ended()


@pytest.mark.parametrize("phase", ["idle", "waiting", "connected"])
def test_kodi_quits_cleanly(runtime: Runtime, phase: str, tmp_path: Path) -> None:
    now, _ = zips(tmp_path)
    setup = Setup(zips=[now], folders=stand_ins(), debug=True, runtime=runtime)
    with Simulator({CLIENT_ID: "v2"}, interval=1) as simkl, Kodi(setup, {"SIMKL_API_URL": simkl.url}) as kodi:
        for already in range(QUITS):
            if already:
                kodi.restart()
            reach(phase, Addon(kodi), simkl)
            took = kodi.quit()
            assert (kodi.exit_code, trouble(kodi)) == (0, [])
            assert took < PATIENCE


def reach(phase: str, addon: Addon, simkl: Simulator) -> None:
    """From a fresh boot."""
    addon.kodi.wait_for(lambda: addon.state, "the service")
    if phase == "idle":
        return
    addon.run("authorize")
    code = addon.wait_for_code()
    asked = len(simkl.requests)
    addon.kodi.wait_for(lambda: len(simkl.requests) > asked, "a poll")
    if phase == "connected":
        simkl.approve(code)
        addon.wait_for_message("Connected as Ada")


def test_another_add_on_uses_the_sign_in(runtime: Runtime, tmp_path: Path) -> None:
    now, _ = zips(tmp_path)
    plugin = write_watching_plugin(tmp_path, reuses_interpreter=False)
    setup = Setup(zips=[now, plugin], folders=stand_ins(), debug=True, runtime=runtime)
    with Simulator({CLIENT_ID: "v2"}, interval=1) as simkl, Kodi(setup, {"SIMKL_API_URL": simkl.url}) as kodi:
        simkl.preset_watched(SHOW.title, 1, 1)
        reach("connected", Addon(kodi), simkl)
        found = kodi.rpc("Files.GetDirectory", directory=f"plugin://{WATCHING_ID}/", media="files")
        assert found["files"][0]["label"] == SHOW.title
        assert kodi.quit() < PATIENCE
        assert (kodi.exit_code, trouble(kodi)) == (0, [])


def test_a_time_out_has_its_name_beside_other_add_ons(runtime: Runtime, tmp_path: Path) -> None:
    now, _ = zips(tmp_path)
    setup = Setup(zips=[now], folders=stand_ins(), debug=True, runtime=runtime)
    with Simulator({CLIENT_ID: "v1"}, interval=1) as simkl, Kodi(setup, {"SIMKL_API_URL": simkl.url}) as kodi:
        addon = Addon(kodi)
        reach("waiting", addon, simkl)
        other = kodi.profile.home / "other.py"
        other.write_text(OTHER_ADD_ON)
        kodi.builtin(f"RunScript({other})")
        kodi.wait_for(lambda: kodi.property("other"), "the other add-on")
        simkl.fault("/oauth", Hang())
        addon.wait_for_message("Simkl takes too long to answer", timeout=30.0)
        assert kodi.quit() < PATIENCE
        assert (kodi.exit_code, trouble(kodi)) == (0, [])
