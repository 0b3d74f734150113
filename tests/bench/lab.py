"""What every measurement needs: the add-on's zip and the floor's, certificates, a simulated Simkl, Kodis."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Callable, Mapping, TypeVar

from real_kodi import package
from real_kodi.addon import DIALOG, QUESTION, Addon
from real_kodi.dependencies import SOCKS_MODULE, stand_ins
from real_kodi.kodi import Kodi
from real_kodi.library import Library
from real_kodi.paths import ADDON_ID, PROJECT
from real_kodi.profile import ScannedLibrary, Setup
from real_kodi.scanned import scanned
from simkl_simulator import Simulator
from simkl_simulator.certificates import make_certificates

from . import floor, procfs

CLIENT_IDS = {"v1": "client-id-v1", "v2": "client-id-v2"}
FLOW_NAMES = {"v1": "pin", "v2": "device"}
ROUND_TRIP = 0.1
"""Seconds between a request and its answer."""

Seen = TypeVar("Seen")


class Lab:
    """Makes things in ``folder``. ``short``: fewer runs of everything."""

    def __init__(self, folder: Path, short: bool) -> None:
        self.folder = folder
        self.short = short
        contents = package.contents(PROJECT, None)
        self.zip = folder / "add-on.zip"
        package.write_zip(self.zip, ADDON_ID, contents)
        self._floor_dialog = floor.write_floor(folder / "dialog.zip", contents)
        self._floor_service = floor.write_floor(folder / "service.zip", contents, floor.EMPTY_SERVICE)
        self._floor_request = floor.write_floor(folder / "request.zip", contents, floor.REQUESTING_SERVICE)
        self.certificates = make_certificates(folder)
        self._modules = _trusting(Path(self.certificates.ca), folder)
        self._socks = [module for module in stand_ins(with_socks=True) if module.name == SOCKS_MODULE]

    def times(self, many: int, few: int) -> int:
        """How often something is done."""
        return few if self.short else many

    def simkl(self, interval: float = 5, expires_in: float = 900, latency: float = ROUND_TRIP) -> Simulator:
        """Over TLS, with the round trip of a usual network."""
        clients = {client_id: flow for flow, client_id in CLIENT_IDS.items()}
        return Simulator(clients, interval=interval, expires_in=expires_in, latency=latency, tls=self.certificates.good)

    def environment(self, url: str) -> dict[str, str]:
        """Where a Kodi finds Simkl."""
        return {"SIMKL_API_URL": url}

    def bare(self, library: Library | None = None) -> Kodi:
        """A Kodi without any add-on."""
        return Kodi(Setup(library=scanned(library) if library else None))

    def floor(self, library: Library | None = None) -> Kodi:
        """A Kodi with a service that does nothing."""
        known = scanned(library) if library else None
        return Kodi(Setup(zips=[self._floor_service], library=known), wait_for_service=True)

    def requesting_floor(self, url: str) -> Kodi:
        """A Kodi with a service that has imported requests and made one request to ``url``."""
        options = Setup(zips=[self._floor_request], folders=self._modules)
        return Kodi(options, environment=self.environment(url), wait_for_service=True)

    def ours(
        self,
        url: str,
        flow: str = "v1",
        with_socks: bool = False,
        library: Library | ScannedLibrary | None = None,
        before_run: str = "",
    ) -> Kodi:
        """A Kodi with the add-on, whose flow is known already, and the floor's dialog.

        ``before_run``: Python that its service does before it runs.
        """
        settings = {"client_id": CLIENT_IDS[flow], "flow": f"{FLOW_NAMES[flow]} {CLIENT_IDS[flow]}"}
        zips = [self._instrumented(before_run) if before_run else self.zip, self._floor_dialog]
        folders = [*self._modules, *(self._socks if with_socks else ())]
        known = scanned(library) if isinstance(library, Library) else library
        options = Setup(zips=zips, folders=folders, addon_settings=settings, library=known)
        return Kodi(options, environment=self.environment(url), wait_for_service=True)

    def _instrumented(self, before_run: str) -> Path:
        contents = package.contents(PROJECT, None)
        imports, run, _ = contents["service.py"].partition(b"\nrun()\n")
        contents["service.py"] = imports + before_run.encode() + run
        target = self.folder / "instrumented.zip"
        package.write_zip(target, ADDON_ID, contents)
        return target


def _trusting(authority: Path, folder: Path) -> list[Path]:
    """Kodi's modules, with one authority more in their certifi: finding and loading them all takes its time."""
    modules = stand_ins()
    (certifi,) = [module for module in modules if module.name == "script.module.certifi"]
    changed = Path(shutil.copytree(certifi, folder / certifi.name))
    with (changed / "lib" / "certifi" / "cacert.pem").open("ab") as authorities:
        authorities.write(authority.read_bytes())
    return [changed if module == certifi else module for module in modules]


def until(look: Callable[[], Seen | None], what: str, timeout: float = 30.0, pause: float = 0.0) -> tuple[Seen, float]:
    """The first true value and when it was seen, by ``time.monotonic``; looks as often as it can."""
    deadline = time.monotonic() + timeout
    while True:
        seen = look()
        now = time.monotonic()
        if seen:
            return seen, now
        if now > deadline:
            raise TimeoutError(f"waited {timeout:g} s for {what}")
        if pause:
            time.sleep(pause)


def open_floor(kodi: Kodi, phase: str, running: bool = False, page: bool = False) -> float:
    """Presses for the floor's dialog, which stands still, or shows a time that runs; or for an empty activity ``page``.

    The moment of the press, by ``time.monotonic``.
    """
    pressed = time.monotonic()
    kodi.builtin(f"RunScript({floor.ADDON_ID},{phase}{',running' if running else ''}{',page' if page else ''})")
    return pressed


def open_ours(kodi: Kodi) -> float:
    """Presses for the add-on's dialog; the moment of the press, by ``time.monotonic``."""
    pressed = time.monotonic()
    Addon(kodi).run("authorize")
    return pressed


def close_dialog(kodi: Kodi, dialog: str = DIALOG) -> None:
    """Back, and wait until the script has ended, and its thread with it."""
    kodi.wait_for(lambda: kodi.boolean(f"Window.IsActive({dialog})"), "the dialog")
    running = set(procfs.python_threads(kodi.pid))
    kodi.press("back")
    kodi.wait_for(lambda: not kodi.boolean(f"Window.IsVisible({dialog})"), "the dialog to close")

    def has_ended() -> bool:
        if kodi.boolean(f"Window.IsActive({QUESTION})"):  # whether to sync the library
            kodi.press("back")
        return bool(running - set(procfs.python_threads(kodi.pid)))

    kodi.wait_for(has_ended, "the script to end")


def restart(kodi: Kodi, environment: Mapping[str, str] | None = None) -> None:
    """Boots it again; once more where a busy machine has let the harness run out of patience."""
    try:
        kodi.restart(environment)
    except TimeoutError:
        kodi.kill()
        kodi.restart(environment)


def forget_sign_in(kodi: Kodi) -> None:
    """So that the next start, which is to be a plain one, does not take it up again. Kodi must not run."""
    file = database(kodi)
    if file.exists():
        with contextlib.closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("DELETE FROM value WHERE name LIKE 'sign_in.%'")


def database(kodi: Kodi) -> Path:
    """What must not be lost is in it."""
    return kodi.profile.addon_data() / "simkl.db"
