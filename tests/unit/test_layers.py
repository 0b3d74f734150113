"""The rooms keep to their walls: only ``kodi`` knows Kodi, and ``requests`` is loaded for the first request."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
BARRED = "import sys; sys.path.insert(0, {lib!r}); sys.modules.update(dict.fromkeys({barred!r})); import {module}"


def imports_without(module: str, *barred: str) -> bool:
    code = BARRED.format(lib=str(LIB), barred=barred, module=module)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_needs_neither_kodi_nor_the_network(module: str) -> None:
    assert imports_without(module, *KODI, *NETWORK)


@pytest.mark.parametrize("module", ON_REQUESTS)
def test_what_stands_on_requests_needs_no_kodi(module: str) -> None:
    assert imports_without(module, *KODI)


@pytest.mark.parametrize("module", ["screens.script", "background.service"])
def test_neither_script_nor_service_loads_the_network_before_the_first_request(module: str) -> None:
    assert imports_without(f"simkl_connect.kodi.{module}", *NETWORK)


def test_the_service_loads_what_does_the_sync_only_once_it_is_wanted() -> None:
    assert imports_without(
        "simkl_connect.kodi.background.service", "simkl_connect.sync.library_sync", "simkl_connect.sync.plan"
    )
