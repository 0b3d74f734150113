"""What a person does with an installed add-on in Kodi's add-on browser, and add-ons in versions to do it with.

See :mod:`real_kodi.installing` for a zip's installation. The texts on screen have to be English.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from . import navigation
from .installing import installed_version
from .kodi import Kodi
from .package import FOLDERS, REQUIRED, contents, write_zip
from .paths import ADDON_ID, PROJECT

_BROWSER = "addonbrowser"
_INFORMATION = "addoninformation"
_QUESTION = "yesnodialog"
_KIND = "xbmc.python.script"
_ATTEMPTS = 20
_OWN_VERSION = re.compile(rb'(<addon\b[^>]*\bversion=")[^"]*')


def zip_of(version: str, folder: Path, client_id: str | None = None) -> Path:
    """The work tree's add-on as if it were ``version``."""
    files = contents(PROJECT, client_id)
    manifest = _OWN_VERSION.sub(rb"\g<1>" + version.encode("ascii"), files["addon.xml"], count=1)
    path = folder / f"{ADDON_ID}-{version}.zip"
    write_zip(path, ADDON_ID, {**files, "addon.xml": manifest})
    return path


def zip_of_commit(commit: str, version: str, folder: Path) -> Path | None:
    """The add-on as it was in that commit, which had ``version``; None where the history does not reach back to it."""
    path = folder / f"{ADDON_ID}-{version}.zip"
    archive = [
        "git",
        "-C",
        str(PROJECT),
        "archive",
        "--format=zip",
        f"--prefix={ADDON_ID}/",
        f"--output={path}",
        commit,
    ]
    outcome = subprocess.run([*archive, *REQUIRED, *FOLDERS], stderr=subprocess.DEVNULL)
    return path if outcome.returncode == 0 else None


def open_information(kodi: Kodi, name: str, kind: str = _KIND) -> None:
    """My add-ons, the kind, the add-on called ``name``: Kodi's page about it."""
    _activate(kodi, f"AddonBrowser,addons://user/{kind},return", _BROWSER)
    navigation.press(kodi, name)
    navigation.wait_for_window(kodi, _INFORMATION)


def press_and_see(kodi: Kodi, button: str, then: str) -> None:
    """Press a switch on Kodi's page about an add-on, and wait until it offers the opposite."""
    navigation.press(kodi, button)
    kodi.wait_for(lambda: navigation.focused(kodi) == then, f"the button to say {then}")


def uninstall(kodi: Kodi, name: str, addon_id: str, remove_data: bool) -> None:
    """From Kodi's page about the add-on, which has to be open. Kodi asks about data only if there is any."""
    navigation.press(kodi, "Uninstall")
    _answer(kodi, "Are you sure?", "Yes")
    if kodi.profile.addon_data(addon_id).exists():
        _answer(kodi, "Would you also like to remove all related data", "Yes" if remove_data else "No")
    kodi.wait_for(lambda: not (kodi.profile.kodi_home / "addons" / addon_id).exists(), f"{name} to be gone")
    kodi.wait_for(lambda: not installed_version(kodi, addon_id), f"Kodi to forget {name}")
    navigation.wait_for_window(kodi, _BROWSER)


def install_offered(kodi: Kodi, addon_id: str, version: str) -> None:
    """Have Kodi install an add-on of a repository, and say yes."""
    kodi.builtin(f"InstallAddon({addon_id})")
    _answer(kodi, "To use this feature you must download an add-on", "Yes")
    wait_for_version(kodi, addon_id, version)


def wait_for_version(kodi: Kodi, addon_id: str, version: str, timeout: float = 30.0) -> None:
    """Waits until Kodi has installed and enabled ``version``."""
    kodi.wait_for(lambda: installed_version(kodi, addon_id) == version, f"{addon_id} {version}", timeout)


def _activate(kodi: Kodi, what: str, window: str) -> None:
    """Opens a window; asks again, since Kodi refuses while it shows that it is busy."""
    for _ in range(_ATTEMPTS):
        kodi.builtin(f"ActivateWindow({what})")
        kodi.catch_up()
        if kodi.boolean(f"Window.IsActive({window})"):
            break
    navigation.wait_for_window(kodi, window)


def _answer(kodi: Kodi, question: str, answer: str) -> None:
    """Waits for a yes-no dialog whose text begins with ``question``."""
    navigation.wait_for_window(kodi, _QUESTION)
    kodi.wait_for(lambda: kodi.control(9).startswith(question), f"the question {question!r}")
    navigation.press(kodi, answer)
