"""A fresh home folder for Kodi: settings, add-ons, and the database that says they are enabled."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping, Sequence

from . import guisettings
from .paths import ADDON_ID
from .ports import Ports
from .runtime import HOST, Runtime

ESTUARY = "skin.estuary"
ESTOUCHY = "skin.estouchy"

# Kodi looks for a sound card for 6 s before it gives up and goes on; ALSA's null device is found at once.
_NO_SOUND = "pcm.!default { type null }\nctl.!default { type null }\n"

_USERS = """<profiles><lastloaded>0</lastloaded><useloginscreen>false</useloginscreen><autologin>-1</autologin>
<nextIdProfile>2</nextIdProfile>{}</profiles>"""
_USER = """<profile><id>{}</id><name>{}</name><directory pathversion="1">{}</directory>
<hasdatabases>{own}</hasdatabases><hassources>{own}</hassources><lockmode>0</lockmode></profile>"""

_ENABLE = """
INSERT INTO installed (addonID, enabled, installDate) VALUES (?, 1, '2020-01-01 00:00:00')
ON CONFLICT (addonID) DO UPDATE SET enabled = 1, disabledReason = 0
"""


@dataclass(frozen=True)
class ScannedLibrary:
    """A folder of videos, and one of the databases of a Kodi that knows them."""

    media: Path
    databases: Path


@dataclass(frozen=True)
class Setup:
    """What a Kodi to be booted consists of. The first boot makes a profile of it, later boots find that.

    ``zips`` and ``folders`` are add-ons to install and enable, ``language`` a language add-on's id, ``width`` and
    ``height`` the screen in pixels, ``debug`` Kodi's log level, ``kodi_settings`` further settings of Kodi by id,
    ``addon_settings`` the settings of the add-on ``addon_id`` before the first start (None: no file), ``library`` the
    video library (:func:`real_kodi.scanned.scanned` has some), ``runtime`` which Kodi it is, ``mounts`` shell commands
    that mount what this Kodi alone is to see ($HOME is its home folder).
    """

    zips: Sequence[Path] = ()
    folders: Sequence[Path] = ()
    addon_id: str = ADDON_ID
    skin: str = ESTUARY
    language: str = "resource.language.en_gb"
    width: int = 1280
    height: int = 720
    debug: bool = False
    kodi_settings: Mapping[str, str] = field(default_factory=dict)
    addon_settings: Mapping[str, str] | None = None
    library: ScannedLibrary | None = None
    runtime: Runtime = HOST
    mounts: str = ""


class Profile:
    """A home folder in the temporary folder, Kodi's own below ``.kodi``."""

    def __init__(self, setup: Setup, databases: Path | None, windowed: bool = False) -> None:
        """Make one. ``databases`` is a folder of Kodi's databases to start from; without them Kodi makes its own.

        ``windowed``: for a window on somebody's desktop; otherwise Kodi takes the whole screen.
        """
        self.setup = setup
        self.windowed = windowed
        self.home = Path(tempfile.mkdtemp(prefix="real-kodi-"))
        self.name = self.home.name
        with ExitStack() as stack:
            stack.callback(self.remove)
            self._fill(databases)
            stack.pop_all()

    @property
    def kodi_home(self) -> Path:
        """``special://home``."""
        return self.home / ".kodi"

    @property
    def userdata(self) -> Path:
        """``special://profile``."""
        return self.kodi_home / "userdata"

    @property
    def output_file(self) -> Path:
        """What Kodi and the Xvfb say on their standard output."""
        return self.home / "output.txt"

    def log_text(self, previous: bool = False) -> str:
        """Kodi's log of this boot, or of the ``previous`` one; empty if there is none."""
        path = self.kodi_home / "temp" / ("kodi.old.log" if previous else "kodi.log")
        return path.read_text(encoding="utf-8-sig", errors="replace") if path.exists() else ""

    def addon_data(self, addon_id: str | None = None) -> Path:
        """The data folder of the add-on (``setup.addon_id`` if none is given)."""
        return self.userdata / "addon_data" / (addon_id or self.setup.addon_id)

    def addon_settings(self) -> dict[str, str]:
        """The add-on's settings as they are on the disk; none if there is no file yet.

        Raises ``ElementTree.ParseError`` in the moment Kodi writes it.
        """
        path = self.addon_data() / "settings.xml"
        if not path.exists():
            return {}
        return {item.get("id", ""): item.text or "" for item in ElementTree.parse(path).getroot().iter("setting")}

    def prepare_boot(self, ports: Ports) -> None:
        """Have the next boot listen on ``ports``."""
        for file in (self.userdata / "guisettings.xml", *self.userdata.glob("profiles/*/guisettings.xml")):
            guisettings.set_values(file, guisettings.port_values(ports))
        advanced = guisettings.advanced(ports, self.setup.debug)
        (self.userdata / "advancedsettings.xml").write_text(advanced, encoding="utf-8")

    def add_user(self, name: str) -> None:
        """A second Kodi profile, with the add-on's settings before the first start; ``LoadProfile`` switches to it.

        Before a boot. The library is the first profile's, who is called "Master user".
        """
        both = _USER.format(0, "Master user", "special://masterprofile/", own="true")
        both += _USER.format(1, name, f"profiles/{name}/", own="false")
        (self.userdata / "profiles.xml").write_text(_USERS.format(both))
        folder = self.userdata / "profiles" / name
        folder.mkdir(parents=True)
        shutil.copy(self.userdata / "guisettings.xml", folder)
        if self.setup.addon_settings is not None:
            own = folder / "addon_data" / self.setup.addon_id / "settings.xml"
            _write_settings(own, self.setup.addon_settings)

    def remove(self) -> None:
        """Delete it all."""
        shutil.rmtree(self.home, ignore_errors=True)

    def _fill(self, databases: Path | None) -> None:
        (self.userdata / "addon_data").mkdir(parents=True)
        (self.home / ".asoundrc").write_text(_NO_SOUND)
        values = guisettings.first_values(self.setup.skin, self.setup.language, self.name)
        if self.windowed:
            values.update(guisettings.window_values(self.setup.width, self.setup.height))
        guisettings.set_values(self.userdata / "guisettings.xml", {**values, **self.setup.kodi_settings})
        installed = self._install()
        if databases:
            shutil.copytree(databases, self.userdata / "Database")
            _enable(self.userdata / "Database", [*installed, self.setup.skin, self.setup.language])
        if self.setup.skin == ESTOUCHY:
            _write_settings(self.addon_data(ESTOUCHY) / "settings.xml", {"FirstRun": "done"}, type="string")
        if self.setup.addon_settings is not None:
            _write_settings(self.addon_data() / "settings.xml", self.setup.addon_settings)

    def _install(self) -> list[str]:
        """Put the add-ons in place; their ids."""
        addons = self.kodi_home / "addons"
        for folder in self.setup.folders:
            shutil.copytree(folder, addons / folder.name)
        for path in self.setup.zips:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(addons)
        return sorted(entry.name for entry in addons.iterdir()) if addons.exists() else []


def _write_settings(path: Path, values: Mapping[str, str], **attributes: str) -> None:
    root = ElementTree.Element("settings", version="2")
    for name, value in values.items():
        ElementTree.SubElement(root, "setting", attributes, id=name).text = value
    path.parent.mkdir(parents=True)
    ElementTree.ElementTree(root).write(path, encoding="utf-8")


def _enable(databases: Path, addon_ids: Sequence[str]) -> None:
    """Mark add-ons as enabled, as if the user had installed them."""
    newest = max(databases.glob("Addons*.db"), key=lambda path: int(path.stem[len("Addons") :]))
    connection = sqlite3.connect(newest)
    try:
        with connection:
            connection.executemany(_ENABLE, [(addon_id,) for addon_id in addon_ids])
    finally:
        connection.close()
