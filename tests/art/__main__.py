"""Draws everything: ``python -m art``."""

from __future__ import annotations

import shutil
import sys

from real_kodi.paths import PROJECT

from .cover import write_fanart, write_icon
from .media import write_media

RESOURCES = PROJECT / "resources"
MEDIA = RESOURCES / "skins/Default/media/simkl-connect"
"""A folder of its own name: textures of the same name in the running skin come first."""


def main() -> int:
    """Draw into the work tree what its sources say, and nothing else."""
    shutil.rmtree(MEDIA, ignore_errors=True)
    write_media(MEDIA)
    write_icon(RESOURCES / "icon.png")
    write_fanart(RESOURCES / "fanart.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
