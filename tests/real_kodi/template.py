"""Kodi's databases as Kodi itself makes them, kept so that each test run need not wait for that."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from .display import VirtualDisplay
from .instance import Instance
from .paths import CACHE
from .profile import Profile, Setup
from .runtime import HOST, Runtime

_BOOT = 60.0
_QUIT = 30.0


def databases(runtime: Runtime = HOST, cache: Path = CACHE) -> Path:
    """A folder of them. Made by booting Kodi once (about 3 s), again when Kodi's binary has changed."""
    target = cache / f"databases-{runtime.fingerprint}"
    if not target.is_dir():
        _make(runtime, target)
    return target


def _make(runtime: Runtime, target: Path) -> None:
    """Fill ``target`` in one go: it is either there and complete or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="databases-") as scratch:
        finished = Path(scratch, "finished")
        with closing(_Bare(runtime)) as bare:
            bare.boot_and_quit()
            shutil.copytree(bare.profile.userdata / "Database", finished)
        try:
            finished.rename(target)
        except OSError:  # another test run was faster
            if not target.is_dir():
                raise


class _Bare:
    """A profile with nothing in it."""

    def __init__(self, runtime: Runtime) -> None:
        self.profile = Profile(Setup(runtime=runtime), databases=None)

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
