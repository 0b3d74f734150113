"""The unit tests on every Python from 3.8 to 3.13 that is on this machine, pyenv's or the system's.

``python tests/matrix/pythons.py``: each gets a virtual environment of its own in ``build/cache``, made once. Exit code
1 if tests fail anywhere; a Python that is not there is named and passed over. One of them for each core at a time.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CACHE = PROJECT / "build" / "cache"
VERSIONS = [f"3.{minor}" for minor in range(8, 14)]
REQUIREMENTS = (
    "requests==2.31.0",
    "urllib3==2.2.3",
    "PySocks==1.7.0",
    "PyQRCode",
    "pypng",
    "Kodistubs==21.0.0",
    "cryptography",
    "hypothesis",
    "pillow",
    "pytest",
)
"""What the add-on uses, as Kodi has it; the tools in whatever version that Python can have."""


TOOLS = ("test_checker.py",)
"""Tests of development tools, which have one Python only: that of ``.venv``."""


def find(version: str) -> Path | None:
    """A Python of ``version``: pyenv's newest, or one on the path."""
    releases = sorted(_pyenv().glob(f"versions/{version}.*/bin/python"), key=_release)
    on_path = shutil.which(f"python{version}", path="/usr/local/bin:/usr/bin:/bin")
    return releases[-1] if releases else Path(on_path) if on_path else None


def _pyenv() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def _release(python: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", python.parts[-3])]


def environment(python: Path, version: str) -> Path:
    """The Python of the virtual environment; made if it is not there. Raises CalledProcessError."""
    about = repr((str(python.resolve()), REQUIREMENTS))
    target = CACHE / f"python-{version}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"
    inside = target / "bin" / "python"
    stamp = target / "complete"
    if not stamp.exists():
        _run([str(python), "-m", "venv", "--clear", str(target)])
        _run([str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS])
        stamp.touch()
    return inside


def _run(command: list[str]) -> None:
    """Raises CalledProcessError with what it said."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    variables["PYTHONDONTWRITEBYTECODE"] = "1"
    output = subprocess.PIPE
    subprocess.run(command, cwd=PROJECT, env=variables, check=True, text=True, stdout=output, stderr=subprocess.STDOUT)


def test(version: str) -> bool:
    """Whether all is well: they pass, or there is no such Python."""
    python = find(version)
    if python is None:
        print(f"Python {version}: not on this machine")
        return True
    started = time.monotonic()
    try:
        inside = environment(python, version)
        ready = time.monotonic()
        ignored = [f"--ignore=tests/unit/{name}" for name in TOOLS]
        _run([str(inside), "-m", "pytest", "-q", "-p", "no:cacheprovider", *ignored, "tests/unit"])
    except subprocess.CalledProcessError as error:
        print(f"Python {version}: FAILED\n{error.stdout}")
        return False
    now = time.monotonic()
    print(f"Python {version}: passed ({python}; set up in {ready - started:.0f} s, {now - ready:.0f} s)", flush=True)
    return True


def main() -> int:
    """All of them."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return 0 if all(list(pool.map(test, VERSIONS))) else 1


if __name__ == "__main__":
    sys.exit(main())
