"""The rooms keep to their walls: the protocol and the machine run where there is neither Kodi nor a way to a server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LIB = Path(__file__).parents[2] / "lib"
NETWORK = ("certifi", "http", "ssl", "urllib3")
KODI = ("xbmc", "xbmcaddon", "xbmcgui", "xbmcvfs")
SPEAKS_TO_SERVERS = ("route", "transport", "trust")
PURE = sorted(
    path.stem for path in (LIB / "simkl_connect").glob("*.py") if path.stem not in ("__init__", *SPEAKS_TO_SERVERS)
)
BARRED = "import sys; sys.path.insert(0, {lib!r}); sys.modules.update(dict.fromkeys({barred!r})); import {module}"


def imports_without(module: str, *barred: str) -> bool:
    code = BARRED.format(lib=str(LIB), barred=barred, module=module)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_needs_neither_kodi_nor_the_network(module: str) -> None:
    assert imports_without(f"simkl_connect.{module}", *KODI, *NETWORK)


@pytest.mark.parametrize("module", SPEAKS_TO_SERVERS)
def test_the_way_to_a_server_needs_no_kodi(module: str) -> None:
    assert imports_without(f"simkl_connect.{module}", *KODI)


@pytest.mark.parametrize("module", ["script", "presenter", "service", "engine"])
def test_neither_script_nor_service_loads_the_network_before_the_first_request(module: str) -> None:
    assert imports_without(f"simkl_connect.kodi.{module}", *NETWORK)


LOADED = "import sys; sys.path.insert(0, {lib!r}); import {module}; print(*(n for n in sys.modules if 'simkl' in n))"
AT_THE_START = {
    "script": {"commands", "kodi", "kodi.channel", "kodi.dialog", "kodi.system", "kodi.texts"},
    "service": {
        "commands",
        "durable",
        "upkeep",
        "kodi",
        "kodi.channel",
        "kodi.files",
        "kodi.log",
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
