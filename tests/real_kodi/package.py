"""Builds the zip that Kodi installs, from the work tree: ``python -m real_kodi.package`` (standard library only)."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path, PurePosixPath
from typing import Mapping

from .paths import ADDON_ID, PROJECT

REQUIRED = ("addon.xml", "default.py", "service.py", "LICENSE.txt")
FOLDERS = ("lib", "resources")
SUFFIXES = frozenset((".jpg", ".md", ".png", ".po", ".py", ".txt", ".xml"))
"""The kinds of files that may ship: anything else is a leftover, or belongs into this list."""

CLIENT_ID_VARIABLE = "SIMKL_CLIENT_ID"
CLIENT_ID_FILE = PurePosixPath("resources/client_id.txt")

_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,200}")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*[0-9A-Za-z.+~-]*")
_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_PERMISSIONS = 0o100644  # a plain file, rw-r--r--: Kodi's checker refuses executable bits
_UNIX = 3


class PackagingError(Exception):
    """The work tree or the environment does not make an add-on; the text says what to put right."""


def client_id_from(environment: Mapping[str, str]) -> str | None:
    """The client id to package, None if there is none."""
    value = environment.get(CLIENT_ID_VARIABLE, "")
    if not value:
        return None
    if not _CLIENT_ID.fullmatch(value):
        raise PackagingError(f"{CLIENT_ID_VARIABLE} must be 1 to 200 characters out of A-Z a-z 0-9 . _ -")
    return value


def version_of(root: Path) -> str:
    """The version in the add-on's ``addon.xml``."""
    try:
        addon = ElementTree.parse(root / "addon.xml").getroot()
    except FileNotFoundError as error:
        raise PackagingError(f"no addon.xml in {root}") from error
    except ElementTree.ParseError as error:
        raise PackagingError(f"addon.xml cannot be parsed: {error}") from error
    if addon.get("id") != ADDON_ID:
        raise PackagingError(f"addon.xml has id={addon.get('id')!r}, expected {ADDON_ID!r}")
    version = addon.get("version", "")
    if not _VERSION.fullmatch(version):
        raise PackagingError(f"addon.xml has version={version!r}")
    return version


def _git_files(root: Path) -> list[str]:
    """The files git tracks or would track, below the paths that ship; names from the work tree's root."""
    command = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z", "--", *REQUIRED, *FOLDERS]
    try:
        listing = subprocess.run(command, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise PackagingError("git is needed to tell the add-on's files from leftovers; install it") from error
    except subprocess.CalledProcessError as error:
        raise PackagingError(f"git cannot list {root}: {error.stderr.decode(errors='replace').strip()}") from error
    return [os.fsdecode(name) for name in listing.split(b"\0") if name]


def _ships(name: PurePosixPath) -> bool:
    """False for what never belongs into the zip, ignored by git or not."""
    hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
    return not hidden and name.suffix not in (".pyc", ".pyo") and name != CLIENT_ID_FILE


def shipped_files(root: Path) -> list[PurePosixPath]:
    """The files of the zip, sorted, as paths from the work tree's root; a packaged client id is not among them."""
    names = {PurePosixPath(name) for name in _git_files(root)}
    present = sorted(name for name in names if _ships(name) and os.path.lexists(root / name))
    missing = [name for name in REQUIRED if PurePosixPath(name) not in present]
    if missing:
        raise PackagingError(f"missing in {root}: {', '.join(missing)}")
    odd = [str(name) for name in present if name.suffix not in SUFFIXES or not _is_plain_file(root / name)]
    if odd:
        raise PackagingError(f"these are no files of an add-on ({' '.join(sorted(SUFFIXES))}): {', '.join(odd)}")
    return present


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def contents(root: Path, client_id: str | None) -> dict[str, bytes]:
    """What goes into the zip, by name without the top folder."""
    files = {str(name): (root / name).read_bytes() for name in shipped_files(root)}
    if client_id is not None:
        files[str(CLIENT_ID_FILE)] = client_id.encode("ascii") + b"\n"
    return files


def write_zip(target: Path, top_folder: str, files: Mapping[str, bytes]) -> None:
    """Write ``files`` below ``top_folder``: the same files give the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{top_folder}/{name}", _TIMESTAMP)
            entry.create_system = _UNIX
            entry.external_attr = _PERMISSIONS << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
    os.replace(unfinished, target)


def build(
    root: Path = PROJECT,
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Path:
    """Build the add-on's zip into ``folder`` (default: ``dist`` in the work tree) and return its path."""
    version = version_of(root)
    target = (folder or root / "dist") / f"{ADDON_ID}-{version}.zip"
    write_zip(target, ADDON_ID, contents(root, client_id_from(environment)))
    return target


def main() -> int:
    """Build, and print what came of it; the path is the last line."""
    try:
        path = build()
    except PackagingError as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    data = path.read_bytes()
    print(f"{len(data)} bytes")
    print(f"sha256 {hashlib.sha256(data).hexdigest()}")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
