"""A disk that is full, or read-only, when the token arrives: that is told, and the token is saved later."""

from __future__ import annotations

import sqlite3
import subprocess
import xml.etree.ElementTree as ElementTree
from contextlib import closing
from pathlib import Path

import pytest
from conftest import CLIENT_IDS, Boot
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

    def make_writable(self) -> None:
        inside = ["nsenter", f"--target={self._pid}", "--mount"]
        subprocess.run([*inside, "mount", "-o", "remount,rw", str(self._inside)], check=True)

    def values(self) -> dict[str, str]:
        """What is in the database; nothing while there is none, or while it is written."""
        path = self._folder / "simkl.db"
        with closing(
            sqlite3.connect(":memory:")
        ) as connection:  # SQLite itself would find the way out of the namespace
            try:
                connection.deserialize(path.read_bytes() if path.exists() else b"")
                return dict(connection.execute("SELECT name, value FROM value"))
            except sqlite3.DatabaseError:
                return {}

    def settings(self) -> dict[str, str]:
        """What stands in settings.xml; nothing while there is none, or that is torn."""
        try:
            root = ElementTree.fromstring((self._folder / "settings.xml").read_bytes())
        except (FileNotFoundError, ElementTree.ParseError):
            return {}
        return {item.get("id", ""): item.text or "" for item in root.iter("setting")}


def check_saved(addon: Addon, disk: SmallDisk, simkl: Simulator, client_id: str) -> None:
    """In the settings, and before that in the database."""
    kept = {"access_token": simkl.issued[-1].access, "account_name": "Ada", "client_id": client_id}
    addon.kodi.wait_for(lambda: kept.items() <= disk.settings().items(), "all of it in settings.xml", 70.0)
    token = simkl.issued[-1].access
    addon.kodi.wait_for(lambda: disk.values().get("access_token") == token, "it in the database", 30.0)


NOT_SAVED = "The sign-in could not be saved. Check this device's free space"


def test_a_token_that_no_room_is_left_for_is_told_and_saved_as_soon_as_there_is(boot: Boot) -> None:
    # With the token, this id stands in settings.xml three times instead of twice: Kodi, which writes that file in
    # place, then needs one page more than it has given back, and leaves half a file.
    client_id = "i" * (PAGE // 3)
    with Simulator({client_id: "v2"}, interval=1, expires_in=60) as simkl:
        addon = boot(simkl.url, settings={"client_id": client_id}, mounts=SMALL_DISK)
        disk = SmallDisk(addon)
        addon.run("authorize")
        code = addon.wait_for_code()
        addon.kodi.wait_for(lambda: disk.settings().get("flow"), "what comes with a code to be written")
        disk.fill()
        simkl.approve(code)
        addon.wait_for_message(NOT_SAVED)
        addon.kodi.wait_for(lambda: addon.kodi.log().count("not saved yet") >= 2, "a second try", 20.0)
        assert disk.values().get("access_token", "") == ""
        disk.make_room()
        check_saved(addon, disk, simkl, client_id)


def test_a_token_on_a_read_only_disk_is_told_and_saved_as_soon_as_that_is_over(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url, "v2", mounts=f"{SMALL_DISK}mount -o remount,ro $HOME/disk\n")
    addon.run("authorize")
    simkl.approve(addon.wait_for_code())
    addon.wait_for_message(NOT_SAVED)
    disk = SmallDisk(addon)
    disk.make_writable()
    check_saved(addon, disk, simkl, CLIENT_IDS["v2"])
