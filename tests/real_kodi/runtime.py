"""Which Kodi is started: this machine's own, or that of another Debian in a folder (see :mod:`real_kodi.chroot`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from .namespace import inside

_X_SOCKETS = Path("/tmp/.X11-unix")


class NoKodi(Exception):
    """There is no Kodi to start."""


@dataclass(frozen=True)
class Runtime:
    """The Kodi in the file system below ``root``."""

    root: Path = Path("/")

    @property
    def binary(self) -> Path:
        """Kodi's binary itself: the ``kodi`` on the path is a script that starts it again when it crashes."""
        libraries = self.root / "usr" / "lib"
        found = sorted([*libraries.glob("*/kodi/kodi.bin"), *libraries.glob("kodi/kodi.bin")])
        if not found:
            raise NoKodi(f"no kodi.bin in {libraries}: run tests/real_kodi/setup.sh")
        return found[0]

    @property
    def fingerprint(self) -> str:
        """Another one for each binary."""
        about = self.binary.stat()
        return hashlib.sha256(repr((about.st_size, about.st_mtime_ns)).encode()).hexdigest()[:12]

    def command(self, arguments: Sequence[str], home: Path, shared: Sequence[Path] = ()) -> list[str]:
        """What starts Kodi from its own folder, with ``home``, the X server and the folders ``shared`` in reach."""
        seen = Path("/") / self.binary.relative_to(self.root)
        program = [str(seen), *arguments]
        if self == HOST:
            return program
        return inside(self.root, program, seen.parent, shared=(home.parent, _X_SOCKETS, *shared))


HOST = Runtime()
