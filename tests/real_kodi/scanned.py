"""A library that Kodi has scanned: its files, and the databases Kodi made of them, to start other Kodis from."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Mapping

from .kodi import Kodi
from .library import FILMS, SHOWS, Library
from .paths import CACHE
from .profile import ScannedLibrary, Setup
from .runtime import HOST, Runtime
from .template import databases

_WRITER = Path(__file__).with_name("library.py")
_SCAN = 60.0

# Read what the NFO files say and nothing else: Kodi's own "local information only". Films are looked for at any depth,
# each in a folder of its own.
_ADD_SOURCE = """
INSERT INTO path
(strPath, strContent, scanRecursive, useFolderNames, strScraper, strHash, strSettings, noUpdate, exclude)
VALUES (?, ?, ?, ?, 'metadata.local', '', '', 0, 0)
"""
_SOURCES: Mapping[str, tuple[str, int, int]] = {FILMS: ("movies", 2**31 - 1, 1), SHOWS: ("tvshows", 0, 0)}

# No looking into the videos: it takes longer than all the rest.
_QUICK = {"myvideos.extractflags": "false", "myvideos.extractthumb": "false", "myvideos.extractchapterthumbs": "false"}


class ScanError(Exception):
    """Kodi's library is not what was written."""


def scanned(library: Library, runtime: Runtime = HOST, cache: Path = CACHE) -> ScannedLibrary:
    """``library`` in Kodi's own databases, for :class:`Setup`. The first call has a Kodi scan it, later ones find it.

    Tests share its files: one that changes any has to take a ``cache`` of its own.
    """
    target = cache / f"library-{_fingerprint(library, runtime, cache)}"
    ready = ScannedLibrary(target / "media", target / "databases")
    if not ready.databases.is_dir():
        _write_media(library, ready.media)
        _scan(library, runtime, ready)
    return ready


def scan(kodi: Kodi) -> None:
    """Have Kodi look for new files, and wait until it has."""
    since = len(kodi.notifications())
    kodi.rpc("VideoLibrary.Scan", showdialogs=False)
    kodi.wait_for(
        lambda: any(note.method == "VideoLibrary.OnScanFinished" for note in kodi.notifications()[since:]),
        "the scan of the library to end",
        _SCAN,
    )


def _fingerprint(library: Library, runtime: Runtime, cache: Path) -> str:
    """Changes with what is written, how, where (Kodi keeps full paths), and with Kodi."""
    parts = (library, _WRITER.read_text(encoding="utf-8"), str(cache), _SOURCES, runtime.fingerprint)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _write_media(library: Library, target: Path) -> None:
    """Fill ``target`` in one go: it is either there and complete or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        unfinished = Path(scratch, "media")
        library.write(unfinished)
        _rename(unfinished, target)


def _scan(library: Library, runtime: Runtime, ready: ScannedLibrary) -> None:
    """Scan in a Kodi of its own; keep its databases in one go as well."""
    with tempfile.TemporaryDirectory(dir=ready.media.parent) as scratch:
        before, after = Path(scratch, "before"), Path(scratch, "after")
        shutil.copytree(databases(runtime), before)
        _add_sources(before, ready.media)
        setup = Setup(runtime=runtime, kodi_settings=_QUICK, library=ScannedLibrary(ready.media, before))
        with Kodi(setup) as kodi:
            scan(kodi)
            _require_all(library, kodi)
            kodi.quit()
            shutil.copytree(kodi.profile.userdata / "Database", after)
        _rename(after, ready.databases)


def _rename(finished: Path, target: Path) -> None:
    try:
        finished.rename(target)
    except OSError:  # another test run was faster
        if not target.is_dir():
            raise


def _add_sources(folder: Path, media: Path) -> None:
    newest = max(folder.glob("MyVideos*.db"), key=lambda path: int(path.stem[len("MyVideos") :]))
    with closing(sqlite3.connect(newest)) as connection, connection:
        rows = [(f"{media / name}/", *values) for name, values in _SOURCES.items()]
        connection.executemany(_ADD_SOURCE, rows)


def _require_all(library: Library, kodi: Kodi) -> None:
    films = kodi.rpc("VideoLibrary.GetMovies")["limits"]["total"]
    episodes = kodi.rpc("VideoLibrary.GetEpisodes")["limits"]["total"]
    if (films, episodes) != (len(library.films), len(library.episodes)):
        raise ScanError(f"Kodi found {films} films and {episodes} episodes")
