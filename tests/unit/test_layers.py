"""The rooms keep to their walls: only ``kodi`` knows Kodi, and ``requests`` is loaded for the first request."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LIB = Path(__file__).parents[2] / "lib"
NETWORK = ("certifi", "http.client", "requests", "ssl", "urllib3")
KODI = ("xbmc", "xbmcaddon", "xbmcgui", "xbmcvfs")
MODULES = sorted(
    ".".join(path.relative_to(LIB).with_suffix("").parts)
    for path in (LIB / "simkl_connect").rglob("*.py")
    if path.stem != "__init__"
)
ON_REQUESTS = [f"simkl_connect.http.{name}" for name in ("adapter", "defaults", "session", "shared_session")]
PURE = [name for name in MODULES if not name.startswith("simkl_connect.kodi.") and name not in ON_REQUESTS]
PROGRAM = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
sys.modules.update(dict.fromkeys(sys.argv[2].split()))
for name in sys.argv[3:]:
    try:
        importlib.import_module(name)
    except ImportError:
        print(name)
"""

FOR_WINDOWS = """
import sys, types
class Kodi(types.ModuleType):
    def __getattr__(self, name):
        return type(name, (), {})
sys.path.insert(0, sys.argv[1])
sys.modules.update((name, Kodi(name)) for name in sys.argv[2:])
import simkl_connect.kodi.screens.script, simkl_connect.kodi.screens.page_window
print(*sorted(sys.modules))
"""


def in_need(modules: list[str], *barred: str) -> list[str]:
    """Those of ``modules`` that can't be imported without ``barred``."""
    command = [sys.executable, "-c", PROGRAM, str(LIB), " ".join(barred), *modules]
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout.split()


def test_a_pure_module_needs_neither_kodi_nor_the_network() -> None:
    assert in_need(PURE, *KODI, *NETWORK) == []


def test_what_stands_on_requests_needs_no_kodi() -> None:
    assert in_need(ON_REQUESTS, *KODI) == []


def test_neither_script_nor_service_loads_the_network_before_the_first_request() -> None:
    assert in_need(["simkl_connect.kodi.screens.script", "simkl_connect.kodi.background.service"], *NETWORK) == []


def test_the_service_loads_what_does_the_sync_only_once_it_is_wanted() -> None:
    sync = ("simkl_connect.sync.library_sync", "simkl_connect.sync.plan")
    assert in_need(["simkl_connect.kodi.background.service"], *sync) == []


def test_a_window_opens_before_typing_is_loaded() -> None:
    command = [sys.executable, "-I", "-S", "-c", FOR_WINDOWS, str(LIB), *KODI]
    loaded = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout.split()
    assert "simkl_connect.kodi.screens.page_window" in loaded
    assert "typing" not in loaded
