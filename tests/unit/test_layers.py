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
