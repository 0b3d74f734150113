"""Videos that last minutes and weigh kilobytes, made by ffmpeg."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .paths import CACHE

# A grey picture a second and no sound; every picture is a key frame, so that Kodi can seek to any second.
_MAKE = (
    *("ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "color=c=gray:s=64x36:r=1", "-t", "{seconds}"),
    *("-c:v", "mpeg4", "-g", "1", "-f", "matroska", "{target}"),
)


class VideoError(Exception):
    """A video could not be made; the text holds ffmpeg's words."""


def video(seconds: int, cache: Path = CACHE) -> Path:
    """A video of that many seconds. The first call makes it (0.2 s), later ones find it."""
    target = cache / f"videos-{_fingerprint()}" / f"{seconds}.mkv"
    if not target.exists():
        _make(seconds, target)
    return target


def copy_video(seconds: int, target: Path) -> None:
    """The same video at ``target``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(video(seconds), target)


def _fingerprint() -> str:
    return hashlib.sha256(repr(_MAKE).encode()).hexdigest()[:12]


def _make(seconds: int, target: Path) -> None:
    """Make ``target`` in one go: it is either there and complete or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        unfinished = Path(scratch, target.name)
        command = [part.format(seconds=seconds, target=unfinished) for part in _MAKE]
        try:
            outcome = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError as error:
            raise VideoError("ffmpeg is not installed: run tests/real_kodi/setup.sh") from error
        if outcome.returncode:
            raise VideoError(f"a video of {seconds} s:\n{outcome.stderr.strip()}")
        os.replace(unfinished, target)
