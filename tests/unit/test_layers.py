"""The rooms keep to their walls: the protocol and the machine run where there is neither Kodi nor requests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LIB = Path(__file__).parents[2] / "lib"
PURE = sorted(path.stem for path in (LIB / "simkl_connect").glob("*.py") if path.stem not in ("__init__", "transport"))
BARRED = "import sys; sys.path.insert(0, {lib!r}); sys.modules.update(dict.fromkeys({barred!r})); import {module}"


def imports_without(module: str, *barred: str) -> bool:
    code = BARRED.format(lib=str(LIB), barred=barred, module=module)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_needs_neither_kodi_nor_requests(module: str) -> None:
    assert imports_without(f"simkl_connect.{module}", "xbmc", "xbmcaddon", "xbmcgui", "xbmcvfs", "requests")


def test_the_transport_needs_no_kodi() -> None:
    assert imports_without("simkl_connect.transport", "xbmc", "xbmcaddon", "xbmcgui", "xbmcvfs")


@pytest.mark.parametrize("module", ["script", "service"])
def test_neither_script_nor_service_imports_requests_at_their_start(module: str) -> None:
    assert imports_without(f"simkl_connect.kodi.{module}", "requests")


LOADED = "import sys; sys.path.insert(0, {lib!r}); import {module}; print(*(n for n in sys.modules if 'simkl' in n))"
AT_THE_START = {
    "script": {"commands", "kodi", "kodi.channel", "kodi.dialog", "kodi.texts"},
    "service": {
        "commands",
        "durable",
        "upkeep",
        "kodi",
        "kodi.channel",
        "kodi.files",
        "kodi.settings_file",
        "kodi.system",
    },
}


@pytest.mark.parametrize("name", AT_THE_START)
def test_a_window_opens_and_a_service_idles_with_little_loaded(name: str) -> None:
    module = f"simkl_connect.kodi.{name}"
    code = LOADED.format(lib=str(LIB), module=module)
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=60).stdout
    assert set(loaded.split()) == {"simkl_connect", module, *(f"simkl_connect.{one}" for one in AT_THE_START[name])}
