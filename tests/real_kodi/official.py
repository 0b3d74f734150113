"""A stand-in for Kodi's official repository, the only one that dependencies of an add-on installed by zip come from."""

from __future__ import annotations

import sqlite3
import xml.etree.ElementTree as ElementTree
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from .kodi import Kodi
from .package import write_zip
from .serving import served

REPOSITORY_ID = "repository.xbmc.org"
_ORIGIN = "https://mirrors.kodi.tv/addons/stand-in"
"""Kodi takes nothing for official that comes from elsewhere. Nobody asks there: the zips are in Kodi's cache."""

_ADDON = """<?xml version="1.0" encoding="UTF-8"?>
<addon id={id} name="Stand-in" version="999.0.0" provider-name="tests">
  <extension point="xbmc.addon.repository">
    <dir>
      <info>{index}addons.xml</info>
      <checksum>{index}addons.xml.md5</checksum>
      <datadir>{origin}</datadir>
      <hashes>false</hashes>
    </dir>
  </extension>
  <extension point="xbmc.addon.metadata">
    <summary lang="en_GB">Stand-in for tests</summary>
    <description lang="en_GB">Stand-in for tests</description>
    <platform>all</platform>
  </extension>
</addon>
"""


@dataclass(frozen=True)
class Official:
    """``folder`` is the repository's own add-on, to be installed before Kodi boots: it hides the one Kodi brings."""

    folder: Path
    addons: Sequence[Path]

    def offer(self, kodi: Kodi) -> None:
        """Puts the zips where Kodi looks before it goes to the network, and waits until it knows the index."""
        packages = kodi.profile.kodi_home / "addons" / "packages"
        for addon in self.addons:
            files = {str(path.relative_to(addon)): path.read_bytes() for path in _files(addon)}
            name = f"{addon.name}-{_version(addon)}.zip".replace("+", " ")  # as Kodi spells it
            write_zip(packages / name, addon.name, files)
        for addon in self.addons:
            wait_until_offered(kodi, addon.name, _version(addon))


def offered(kodi: Kodi) -> set[tuple[str, str]]:
    """Ids and versions of all add-ons in the indexes of the repositories that Kodi has read."""
    path = next((kodi.profile.userdata / "Database").glob("Addons*.db"))
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return set(connection.execute("SELECT addonID, version FROM addons"))


def wait_until_offered(kodi: Kodi, addon_id: str, version: str) -> None:
    """Has Kodi ask its repositories, as "Check for updates" does, until it knows of this one."""
    kodi.builtin("UpdateAddonRepos")
    kodi.wait_for(lambda: (addon_id, version) in offered(kodi), f"{addon_id} {version} to be offered", 20.0)


@contextmanager
def official(addons: Sequence[Path], scratch: Path) -> Iterator[Official]:
    """Serves the index of the add-on folders ``addons``."""
    site, folder = scratch / "site", scratch / REPOSITORY_ID
    for made in (site, folder):
        made.mkdir(parents=True)
    (site / "addons.xml").write_text(f"<addons>{''.join(map(_root, addons))}</addons>", encoding="utf-8")
    (site / "addons.xml.md5").write_text("1")
    with served(site) as address:
        manifest = _ADDON.format(id=quoteattr(REPOSITORY_ID), index=address, origin=_ORIGIN)
        (folder / "addon.xml").write_text(manifest, encoding="utf-8")
        yield Official(folder, addons)


def _root(addon: Path) -> str:
    """The add-on's manifest without the XML declaration."""
    return (addon / "addon.xml").read_text(encoding="utf-8").partition("?>")[2]


def _version(addon: Path) -> str:
    return ElementTree.parse(addon / "addon.xml").getroot().get("version", "")


def _files(addon: Path) -> list[Path]:
    return [path for path in addon.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
