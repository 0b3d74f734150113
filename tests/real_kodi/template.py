"""Kodi's databases as Kodi itself makes them, kept so that each test run need not wait for that."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from .display import VirtualDisplay
from .instance import Instance, find_binary
from .paths import CACHE
from .profile import Profile, Setup

_BOOT = 60.0
_QUIT = 30.0


def databases(cache: Path = CACHE) -> Path:
    """A folder of them. Made by booting Kodi once (about 3 s), again when Kodi's binary has changed."""
    about = find_binary().stat()
    fingerprint = hashlib.sha256(repr((about.st_size, about.st_mtime_ns)).encode()).hexdigest()[:12]
    target = cache / f"databases-{fingerprint}"
    if not target.is_dir():
        _make(target)
    return target


def _make(target: Path) -> None:
    """Fill ``target`` in one go: it is either there and complete or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="databases-") as scratch:
        finished = Path(scratch, "finished")
        with closing(_Bare()) as bare:
            bare.boot_and_quit()
            shutil.copytree(bare.profile.userdata / "Database", finished)
        try:
            finished.rename(target)
        except OSError:  # another test run was faster
            if not target.is_dir():
                raise


class _Bare:
    """A profile with nothing in it."""

    def __init__(self) -> None:
        self.profile = Profile(Setup(), databases=None)

    def boot_and_quit(self) -> None:
        with closing(VirtualDisplay(640, 360, self.profile.output_file)) as display:
            instance = Instance(self.profile, display, {})
            try:
                instance.wait_until_home(_BOOT)
                instance.quit(_QUIT)
            finally:
                instance.kill()

    def close(self) -> None:
        self.profile.remove()
