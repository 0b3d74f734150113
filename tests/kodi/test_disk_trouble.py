"""A disk that is full, or read-only, when the token arrives: that is told, and the token is saved later."""

from __future__ import annotations

import sqlite3
import subprocess
import xml.etree.ElementTree as ElementTree
from contextlib import closing
from pathlib import Path
from typing import Callable

import pytest
from conftest import Boot
from real_kodi import namespace
from real_kodi.addon import Addon
from real_kodi.paths import ADDON_ID
from simkl_simulator import Simulator

SMALL_DISK = f"""
data=$HOME/.kodi/userdata/addon_data/{ADDON_ID}
mkdir -p $HOME/disk
mount -t tmpfs -o size=64k,mode=0700 none $HOME/disk
cp $data/* $HOME/disk/
mount --bind $HOME/disk $data
"""
PAGE = 4096
"""Bytes. What a small disk gives out at a time."""

pytestmark = pytest.mark.skipif(not namespace.allowed(), reason="only root may mount a small disk for one process")


class SmallDisk:
    """The file system that the add-on's data is on, seen from outside of Kodi's mount namespace."""

    def __init__(self, addon: Addon) -> None:
        self._pid = addon.kodi.pid
        self._inside = addon.kodi.profile.home / "disk"
        self._folder = Path(f"/proc/{self._pid}/root{self._inside}")

    def fill(self) -> None:
        """To the last byte."""
        with (self._folder / "filler").open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * PAGE)
            except OSError:  # full
                return

    def make_room(self) -> None:
        (self._folder / "filler").unlink()

    def make_read_only(self) -> None:
        self._remount("ro")

    def make_writable(self) -> None:
        self._remount("rw")

    def values(self) -> dict[str, str]:
        """What is in the database."""
        with closing(sqlite3.connect(self._folder / "simkl.db")) as connection:
            return dict(connection.execute("SELECT name, value FROM value"))

    def settings(self) -> dict[str, str]:
        """What stands in settings.xml; nothing while that is torn."""
        try:
            root = ElementTree.fromstring((self._folder / "settings.xml").read_bytes())
        except ElementTree.ParseError:
            return {}
        return {item.get("id", ""): item.text or "" for item in root.iter("setting")}

    def _remount(self, mode: str) -> None:
        inside = ["nsenter", f"--target={self._pid}", "--mount"]
        subprocess.run([*inside, "mount", "-o", f"remount,{mode}", str(self._inside)], check=True)


BREAK_AND_MEND: dict[str, tuple[Callable[[SmallDisk], None], Callable[[SmallDisk], None]]] = {
    "full": (SmallDisk.fill, SmallDisk.make_room),
    "read-only": (SmallDisk.make_read_only, SmallDisk.make_writable),
}


@pytest.mark.parametrize("trouble", BREAK_AND_MEND)
def test_a_token_that_can_not_be_saved_is_told_and_saved_as_soon_as_it_can(boot: Boot, trouble: str) -> None:
    break_it, mend_it = BREAK_AND_MEND[trouble]
    # With the token, this id stands in settings.xml three times instead of twice: Kodi, which writes that file in
    # place, then needs one page more than it has given back, and leaves half a file.
    client_id = "i" * (PAGE // 3)
    with Simulator({client_id: "v2"}, interval=1, expires_in=60) as simkl:
        addon = boot(simkl.url, settings={"client_id": client_id}, mounts=SMALL_DISK)
        disk = SmallDisk(addon)
        addon.run("authorize")
        code = addon.wait_for_code()
        break_it(disk)
        simkl.approve(code)
        addon.wait_for_message("The sign-in could not be saved. Check this device's free space")
        addon.kodi.wait_for(lambda: addon.kodi.log().count("not saved yet") >= 2, "a second try")
        assert disk.settings().get("access_token", "") == ""
        mend_it(disk)
        kept = {"access_token": simkl.issued[-1].access, "account_name": "Ada", "client_id": client_id}
        addon.kodi.wait_for(lambda: kept.items() <= disk.settings().items(), "all of it in settings.xml")
        assert disk.values()["access_token"] == simkl.issued[-1].access
