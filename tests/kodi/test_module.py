"""Another add-on in a real Kodi uses the one sign-in: what it gets, and what it is told where it gets nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import CLIENT_IDS, Boot
from real_kodi.addon import Addon
from real_kodi.paths import ADDON_ID
from real_kodi.waiting import SLOWNESS
from real_kodi.watching_plugin import WATCHING_ID, write_watching_plugin
from simkl_simulator import Simulator
from test_nothing_leaks import places_outside_addon_data, secrets_of

OTHER_ID = "plugin.video.simkl.other"
ANSWERED_WITHIN = 2.0 * SLOWNESS


class Importer:
    """A Kodi with two more add-ons that import the module; nobody is signed in yet."""

    def __init__(self, addon: Addon, simkl: Simulator) -> None:
        self.addon, self.simkl = addon, simkl

    def sign_in(self) -> None:
        self.addon.sign_in(self.simkl)
        self.addon.kodi.press("back")
        self.addon.wait_until_dialog_closed()

    def list(self, page: str = "", addon_id: str = WATCHING_ID) -> list[str]:
        """The labels of the plug-in's listing; it has answered in time."""
        found = self.addon.kodi.rpc("Files.GetDirectory", directory=f"plugin://{addon_id}/{page}", media="files")
        *labels, seconds = [item["label"] for item in found["files"] or []]
        self.seconds = float(seconds.partition(": ")[2])
        return labels

    @property
    def token(self) -> str:
        return self.addon.stored()["access_token"]

    def count(self, path: str) -> int:
        return sum(request.path == path for request in self.simkl.requests)


@pytest.fixture
def importer(boot: Boot, simkl: Simulator, flow: str, tmp_path: Path) -> Importer:
    plugins = [write_watching_plugin(tmp_path), write_watching_plugin(tmp_path, OTHER_ID, reuses_interpreter=False)]
    simkl.preset_watched("Harbour Lights", 1, 1)
    return Importer(boot(simkl.url, flow, addons=plugins), simkl)


@pytest.fixture
def signed_in(importer: Importer) -> Importer:
    importer.sign_in()
    return importer


def test_it_lists_what_is_being_watched(signed_in: Importer, flow: str) -> None:
    assert signed_in.list() == ["Harbour Lights"]
    assert signed_in.list("?account") == ["Account(name='Ada', account_id='12345')"]
    seen = signed_in.simkl.requests[-1]
    assert seen.headers["user-agent"].startswith("simkl-connect/")
    assert seen.headers["user-agent"].endswith(f"; Linux) {WATCHING_ID}")
    assert (seen.query["client_id"], seen.query["app-name"]) == (CLIENT_IDS[flow], "simkl-connect")


def test_nobody_is_signed_in(importer: Importer) -> None:
    assert importer.list() == ["NotConnected: Nobody is signed in to Simkl."]
    assert importer.list("?account") == ["None"]
    assert importer.simkl.requests == []


def test_an_expired_token_that_two_find_at_once_is_renewed_once(signed_in: Importer, flow: str) -> None:
    if flow == "v1":
        pytest.skip("tokens of the PIN flow do not expire")
    expired = signed_in.token
    signed_in.simkl.expire(expired)
    before = signed_in.count("/oauth2/token")
    with ThreadPoolExecutor(2) as both:
        lists = list(both.map(lambda addon_id: signed_in.list(addon_id=addon_id), (WATCHING_ID, OTHER_ID)))
    assert lists == [["Harbour Lights"], ["Harbour Lights"]]
    assert (signed_in.count("/oauth2/token") - before, signed_in.token != expired) == (1, True)


def test_a_grant_that_was_revoked_is_nobodys(signed_in: Importer) -> None:
    assert signed_in.list() == ["Harbour Lights"]
    signed_in.simkl.revoke(signed_in.token)
    assert signed_in.list() == ["NotConnected: Nobody is signed in to Simkl."]
    assert signed_in.addon.stored().get("access_token", "") == ""


def test_without_a_network_it_is_told_as_by_requests(signed_in: Importer) -> None:
    signed_in.simkl.close()
    (label,) = signed_in.list()
    assert label.startswith("ConnectionError: ")
    assert signed_in.token


def test_a_disabled_simkl_connect_is_named_in_time_and_a_new_service_is_used(signed_in: Importer) -> None:
    kodi = signed_in.addon.kodi
    assert signed_in.list() == ["Harbour Lights"]
    kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=False)
    kodi.wait_for(lambda: not signed_in.addon.state, "the service to end")
    assert signed_in.list() == ["ServiceUnavailable: Simkl Connect is disabled. Enable it among Kodi's add-ons."]
    assert signed_in.seconds < ANSWERED_WITHIN
    kodi.rpc("Addons.SetAddonEnabled", addonid=ADDON_ID, enabled=True)
    kodi.wait_for(lambda: signed_in.addon.state, "the service to run")
    assert signed_in.list() == ["Harbour Lights"]


def test_posts_of_all_add_ons_and_the_service_keep_their_distance(signed_in: Importer) -> None:
    signed_in.addon.run("authorize")  # the service's own
    with ThreadPoolExecutor(2) as both:
        marks = list(both.map(lambda addon_id: signed_in.list("?mark", addon_id), (WATCHING_ID, OTHER_ID) * 2))
    times = sorted(request.time for request in signed_in.simkl.requests if request.method == "POST")
    assert min(later - earlier for earlier, later in zip(times, times[1:])) >= 1.0
    assert marks == [["201"]] * 4


@pytest.mark.parametrize("allowed", [True, False])
def test_it_can_open_the_sign_in_and_learns_how_it_ended(importer: Importer, allowed: bool) -> None:
    with ThreadPoolExecutor(1) as one:
        waiting = one.submit(importer.list, "?sign_in")
        code = importer.addon.wait_for_code()
        if allowed:
            importer.simkl.approve(code)
            importer.addon.wait_for_setting("account_name")
        importer.addon.kodi.press("back")
        assert waiting.result(30.0) == [str(allowed)]


def test_no_token_leaves_the_add_ons_own_folder(signed_in: Importer, flow: str) -> None:
    if flow == "v2":
        signed_in.simkl.expire(signed_in.token)
    assert signed_in.list() == ["Harbour Lights"]
    shared = signed_in.addon.kodi.property(f"{ADDON_ID}.shared")
    signed_in.addon.kodi.quit()
    canaries = secrets_of(signed_in.simkl)
    assert len(canaries) >= 2
    assert [canary for canary in canaries if canary in shared] == []
    assert places_outside_addon_data(signed_in.addon, canaries) == []
