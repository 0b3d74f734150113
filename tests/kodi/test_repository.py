"""The repository for Kodi, as a user meets it: installed once, it brings the add-on, and every new version of it."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Callable, Iterator

import pytest
from conftest import CLIENT_IDS
from real_kodi import installer, installing
from real_kodi.addon import Addon
from real_kodi.dependencies import stand_ins
from real_kodi.kodi import Kodi
from real_kodi.official import official, wait_until_offered
from real_kodi.paths import ADDON_ID
from real_kodi.profile import Setup
from real_kodi.serving import served
from shipping import repository
from shipping.repository import REPOSITORY_ID, VERSION, RepositoryError
from simkl_simulator import Simulator

NOW, NEW = "0.1.0", "99.0.0"
URL = "https://example.org/kodi/"

AUTOMATIC = {"general.addonupdates": "0"}
"""Kodi's default: updates are installed as soon as they are known of."""

Publish = Callable[[str], Path]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder that a web server would serve."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def publish(site: Path, tmp_path: Path) -> Iterator[Publish]:
    """Puts a version of the add-on into the repository served on loopback; gives the repository's own zip."""
    with served(site) as url:
        yield lambda version: repository.build(installer.zip_of(version, tmp_path), site, url)


@pytest.fixture
def kodi(simkl: Simulator, tmp_path: Path) -> Iterator[Kodi]:
    """Without the add-on; the official repository has what it depends on."""
    with official(stand_ins(), tmp_path / "official") as served_official:
        setup = Setup(
            folders=[served_official.folder],
            debug=True,
            addon_settings={"client_id": CLIENT_IDS["v2"]},
            kodi_settings=AUTOMATIC,
        )
        with Kodi(setup, {"SIMKL_API_URL": simkl.url}) as booted:
            served_official.offer(booted)
            yield booted


@pytest.fixture
def addon(kodi: Kodi, publish: Publish) -> Addon:
    """Installed from the repository."""
    installing.install(kodi, publish(NOW), REPOSITORY_ID, VERSION)
    wait_until_offered(kodi, ADDON_ID, NOW)
    installer.install_offered(kodi, ADDON_ID, NOW)
    installed = Addon(kodi)
    installed.wait_for_phase("idle")
    return installed


def update(addon: Addon, publish: Publish) -> None:
    """A new version comes out, and Kodi looks for updates."""
    publish(NEW)
    wait_until_offered(addon.kodi, ADDON_ID, NEW)
    installer.wait_for_version(addon.kodi, ADDON_ID, NEW)
    addon.kodi.wait_for(lambda: addon.kodi.log().count("service started") == 2, "the new service")


def assert_all_is_well(addon: Addon) -> None:
    """One service runs, no script, and nothing had to be stopped by force."""
    addon.kodi.wait_for(lambda: 1 <= addon.kodi.python_runs() <= 2, "one service, with its worker")
    log = addon.kodi.log()
    assert log.count("service ended") == 1
    for trouble in ("let's kill it", "Traceback", "EXCEPTION"):
        assert trouble not in log


def test_installed_from_it_and_updated_by_itself(addon: Addon, publish: Publish, simkl: Simulator) -> None:
    addon.sign_in(simkl)
    addon.wait_until_dialog_closed()
    before = addon.settings
    update(addon, publish)
    assert_all_is_well(addon)
    assert addon.settings == before


@pytest.fixture
def updated(addon: Addon, publish: Publish) -> tuple[Addon, str]:
    """The add-on after an update under the open dialog, which has gone by itself; the code that it had shown."""
    addon.run("authorize")
    code = addon.wait_for_code()
    update(addon, publish)
    addon.wait_until_dialog_closed(1.0)
    addon.wait_for_phase("waiting")
    return addon, code


def test_after_an_update_a_press_brings_the_code_back(updated: tuple[Addon, str], simkl: Simulator) -> None:
    addon, code = updated
    addon.run("authorize")
    assert addon.wait_for_code() == code
    simkl.approve(code)
    addon.wait_for_message("Connected as Ada")
    assert addon.wait_for_setting("access_token") == simkl.issued[-1].access
    addon.wait_until_dialog_closed()
    assert_all_is_well(addon)


def test_after_an_update_the_new_service_can_be_told_to_cancel(updated: tuple[Addon, str]) -> None:
    addon, _code = updated
    addon.run("authorize")
    addon.wait_for_code()
    addon.kodi.press("back")
    addon.wait_until_dialog_closed()
    addon.wait_for_phase("cancelled")
    assert_all_is_well(addon)


# --- what is in the folder; no Kodi needed


def build(tmp_path: Path, url: str = URL) -> Path:
    target = tmp_path / "repo"
    repository.build(installer.zip_of(NOW, tmp_path), target, url)
    return target


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    before = digests(build(tmp_path))
    assert digests(build(tmp_path)) == before


def test_everything_has_its_hash_and_its_pictures(tmp_path: Path) -> None:
    folder = build(tmp_path)
    found = digests(folder)
    for name in ("addons.xml", *(name for name in found if name.endswith(".zip"))):
        assert (folder / f"{name}.sha256").read_text() == found[name]
    assert (folder / "addons.xml.md5").read_text() == hashlib.md5((folder / "addons.xml").read_bytes()).hexdigest()
    index = ElementTree.parse(folder / "addons.xml").getroot()
    assert [addon.get("id") for addon in index] == [ADDON_ID, REPOSITORY_ID]
    for addon in index:
        for asset in addon.iterfind("extension/assets/*"):
            assert f"{addon.get('id')}/{asset.text}" in found
    assert f"{ADDON_ID}/changelog-{NOW}.txt" in found


def test_what_an_old_version_left_is_gone(tmp_path: Path) -> None:
    (tmp_path / "repo" / ADDON_ID).mkdir(parents=True)
    (tmp_path / "repo" / ADDON_ID / "old.zip").write_bytes(b"")
    assert f"{ADDON_ID}/old.zip" not in digests(build(tmp_path))


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("", repository.PLACEHOLDER),
        ("https://example.org/kodi", "https://example.org/kodi/"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/"),
    ],
)
def test_an_address(value: str, url: str) -> None:
    assert repository.address_from({"REPOSITORY_URL": value}) == url


@pytest.mark.parametrize("value", ["http://example.org/", "example.org", "https://", "https://a.b/?x", "https://a b/"])
def test_an_address_that_will_not_do(value: str) -> None:
    with pytest.raises(RepositoryError, match="REPOSITORY_URL must be an https address"):
        repository.address_from({"REPOSITORY_URL": value})
