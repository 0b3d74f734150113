"""Kodi as other releases of Debian have it, each in a folder: ``python -m real_kodi.chroot [RELEASE...]`` makes them.

Needs root, and a mirror of Debian: ``DEBIAN_MIRROR``, or deb.debian.org. ``CHROOTS`` is the folder they are kept in, or
``build/cache``. Mounts exist only for the programs that need
them (:mod:`real_kodi.namespace`).
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from .namespace import alone, inside
from .paths import CACHE
from .runtime import HOST, Runtime

RELEASES = ("bullseye", "bookworm", "trixie")
MIRROR = os.environ.get("DEBIAN_MIRROR") or "http://deb.debian.org/debian"
CHROOTS = Path(os.environ.get("CHROOTS") or CACHE)

_TOOLS = ("debootstrap", "unshare", "chroot")
_FONTS = ("fonts-noto-core", "fonts-noto-mono", "^fonts-roboto-(un)?hinted$")
"""Of Kodi's skins; some releases have the last one in two packages."""
_PACKAGES = ("kodi", "libgl1-mesa-dri", *_FONTS)
_SCRIPTS = Path("/usr/share/debootstrap/scripts")
_APT = ("apt-get", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-unsafe-io", "-o", "Dpkg::Use-Pty=0")
_SMALLER = "path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n"
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")


class Unavailable(Exception):
    """The release can't be had on this machine; the text says why."""


def runtime(release: str, cache: Path = CHROOTS) -> Runtime:
    """Kodi of ``release``: this machine's own if it is that; else the first call unpacks one (1 to 2 minutes, 1 GB)."""
    if release == platform.freedesktop_os_release().get("VERSION_CODENAME"):
        return HOST
    target = cache / f"chroot-{release}-{_fingerprint()}"
    _require_means()
    if not target.is_dir():
        _require_mirror(release)
        _make(release, target)
    return Runtime(target)


def _fingerprint() -> str:
    return hashlib.sha256(repr((_PACKAGES, _SMALLER)).encode()).hexdigest()[:12]


def _require_means() -> None:
    missing = [tool for tool in _TOOLS if not shutil.which(tool, path=_ENVIRONMENT["PATH"])]
    if missing:
        raise Unavailable(f"not installed: {', '.join(missing)}")
    if os.geteuid() != 0:
        raise Unavailable("only root can make a chroot, and start what is in it")


def _require_mirror(release: str) -> None:
    """debootstrap itself would try for hours."""
    try:
        with urllib.request.urlopen(f"{MIRROR}/dists/{release}/Release", timeout=30):
            return
    except OSError as error:
        raise Unavailable(f"{MIRROR} has no {release}, or is out of reach: {error}") from error


def _make(release: str, target: Path) -> None:
    """Fill ``target`` in one go: it is either there and complete or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    print(f"chroot: unpacking Debian {release} and its Kodi into {target}", flush=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"chroot-{release}-") as scratch:
        root = Path(scratch, "root")
        script = str(_SCRIPTS / (release if (_SCRIPTS / release).exists() else "sid"))  # newer than debootstrap
        _run(alone(shlex.join(["debootstrap", "--variant=minbase", release, str(root), MIRROR, script])))
        (root / "etc/dpkg/dpkg.cfg.d/smaller").write_text(_SMALLER)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", root / "etc" / name)
        _run(inside(root, [*_APT, "install", *_PACKAGES]))
        _run(inside(root, ["apt-get", "clean"]))
        root.rename(target)
    print(f"chroot: {release} took {time.monotonic() - started:.0f} s", flush=True)


def _run(command: list[str]) -> None:
    proxies = {name: os.environ[name] for name in _PROXIES if name in os.environ}
    outcome = subprocess.run(
        command, env={**_ENVIRONMENT, **proxies}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if outcome.returncode:
        raise Unavailable(f"{command[-1].splitlines()[-1]}:\n" + "\n".join(outcome.stdout.splitlines()[-15:]))


def main(releases: list[str]) -> int:
    """Make ``releases``; exit code 0 if all are there."""
    try:
        for release in releases:
            print(f"chroot: {release}: {runtime(release).binary}")
    except Unavailable as error:
        print(f"chroot: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(RELEASES)))
