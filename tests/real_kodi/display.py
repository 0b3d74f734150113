"""The screen Kodi draws on: an Xvfb of one's own, or the one the developer looks at."""

from __future__ import annotations

import io
import os
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path

from PIL import Image

from .process import GuardedProcess
from .waiting import wait_for

_NUMBER = re.compile(r"^(\d+)$", re.MULTILINE)


class DisplayError(Exception):
    """No display to draw on, or it can't be read."""


class VirtualDisplay:
    """An Xvfb on the next free display number."""

    def __init__(self, width: int, height: int, output: Path) -> None:
        """Start one of ``width`` by ``height`` pixels; what Xvfb says goes to the file ``output``."""
        command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
        self._process = GuardedProcess(command, {"PATH": "/usr/bin:/bin"}, output)
        with ExitStack() as stack:
            stack.callback(self.close)
            number = wait_for(
                lambda: _NUMBER.search(output.read_text(errors="replace")),
                "Xvfb to name its display",
                evidence=lambda: output.read_text(errors="replace"),
            )
            stack.pop_all()
        self.environment = {"DISPLAY": f":{number[1]}"}

    def picture(self) -> Image.Image:
        """What is on the screen, every pixel of it."""
        return _grab("root", self.environment)

    def close(self) -> None:
        """Stop the Xvfb."""
        self._process.stop()


class DeveloperDisplay:
    """The display of the environment: the test run only borrows it. Kodi gets a window there."""

    def __init__(self) -> None:
        """Use the display that ``DISPLAY`` names."""
        if not os.environ.get("DISPLAY"):
            raise DisplayError("DISPLAY is not set: there is no screen to show Kodi on")
        authority = os.environ.get("XAUTHORITY") or str(Path.home() / ".Xauthority")
        self.environment = {"DISPLAY": os.environ["DISPLAY"], "XAUTHORITY": authority}

    def picture(self) -> Image.Image:
        """What is in Kodi's window: the newest one, if there are several."""
        search = ["xdotool", "search", "--onlyvisible", "--class", "kodi"]
        found = subprocess.run(search, env=_with_path(self.environment), capture_output=True, text=True).stdout.split()
        if not found:
            raise DisplayError("Kodi has no visible window")
        return _grab(found[-1], self.environment)

    def close(self) -> None:
        """Leave it alone."""


def _with_path(environment: dict[str, str]) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", **environment}


def _grab(window: str, environment: dict[str, str]) -> Image.Image:
    """A BMP: ImageMagick takes 0.06 s for it and 2.7 s for a PNG of the same 1920 by 1080 pixels."""
    command = ["import", "-silent", "-window", window, "bmp:-"]
    outcome = subprocess.run(command, env=_with_path(environment), capture_output=True)
    if outcome.returncode:
        raise DisplayError(f"cannot read the screen: {outcome.stderr.decode(errors='replace').strip()}")
    with Image.open(io.BytesIO(outcome.stdout)) as picture:
        return picture.convert("RGB")
