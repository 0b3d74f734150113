"""Another add-on in a real Kodi uses the one sign-in: what it gets, and what it is told where it gets nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import CLIENT_IDS, Boot
from real_kodi.addon import Addon
from real_kodi.watching_plugin import WATCHING_ID, write_watching_plugin
from simkl_simulator import Simulator

OTHER_ID = "plugin.video.simkl.other"
ANSWERED_WITHIN = 2.0


class Importer:
    """A Kodi with two more add-ons that import the module; nobody is signed in yet."""

    def __init__(self, addon: Addon, simkl: Simulator) -> None:
        self.addon, self.simkl = addon, simkl

    def sign_in(self) -> None:
        self.addon.run("authorize")
        self.simkl.approve(self.addon.wait_for_code())
        self.addon.wait_for_setting("account_name")
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
