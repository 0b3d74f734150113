"""Stand-ins for the Python modules in Kodi's repository, made from PyPI's packages as add-on folders."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from .paths import CACHE

QR_MODULE = "script.module.pyqrcode"
SOCKS_MODULE = "script.module.pysocks"


class DependencyError(Exception):
    """A stand-in could not be made; the text holds pip's words."""


@dataclass(frozen=True)
class Module:
    """A module of Kodi's repository.

    ``version`` is the add-on's, ``sources`` what it is made of at PyPI, ``package`` the folder or the
    module that this installs.
    """

    addon_id: str
    version: str
    sources: tuple[str, ...]
    package: str
    requires: tuple[str, ...] = ()


# Kodi's matrix repository, which serves Kodi 19 and every later one. The versions are those of the pull requests
# 2476 (requests), 2693 (urllib3; 1.26.16 before December 2024), 2474 (certifi), 2694 (idna) and 2130 (pyqrcode) of
# https://github.com/xbmc/repo-scripts, and that of its script.module.pysocks/addon.xml.
MODULES = (
    Module(
        "script.module.requests",
        "2.31.0",
        ("requests==2.31.0",),
        "requests",
        ("script.module.certifi", "script.module.chardet", "script.module.idna", "script.module.urllib3"),
    ),
    Module("script.module.urllib3", "2.2.3", ("urllib3==2.2.3",), "urllib3"),
    Module("script.module.certifi", "2023.5.7", ("certifi==2023.5.7",), "certifi"),
    Module("script.module.chardet", "5.1.0", ("chardet==5.1.0",), "chardet"),
    Module("script.module.idna", "3.10.0", ("idna==3.10",), "idna"),
    Module(QR_MODULE, "1.2.1+matrix.4", ("PyQRCode==1.2.1", "pypng==0.20220715.0"), "pyqrcode"),
    Module(SOCKS_MODULE, "1.7.0+matrix.1", ("PySocks==1.7.0",), "socks.py"),
)

# Kodi's pyqrcode brings its PNG writer inside the package and falls back to it; PyPI's expects it beside.
_PNG_BESIDE = "    import png\n"
_PNG_INSIDE = "    try:\n        import png\n    except ImportError:\n        from . import png\n"


def stand_ins(with_qr: bool = True, with_socks: bool = False, cache: Path = CACHE) -> list[Path]:
    """The add-on folders, each named by its add-on id: what Kodi installs along, unless told otherwise.

    The first call downloads them (about 10 s).
    """
    folder = cache / f"modules-{_fingerprint()}"
    if not folder.is_dir():
        _make_all(folder)
    left_out = {QR_MODULE: not with_qr, SOCKS_MODULE: not with_socks}
    return [folder / module.addon_id for module in MODULES if not left_out.get(module.addon_id)]


def _fingerprint() -> str:
    """Changes with the table, and with the Python whose byte code is cached beside the files."""
    return hashlib.sha256(repr((MODULES, sys.version_info[:2], "1")).encode()).hexdigest()[:12]


def _make_all(target: Path) -> None:
    """Fill ``target`` in one go: it is either there and complete or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="modules-") as scratch:
        installed, finished = Path(scratch, "installed"), Path(scratch, "finished")
        _pip_install(installed)
        _bundle_png_writer(installed)
        for module in MODULES:
            _make(module, installed, finished / module.addon_id)
        try:
            finished.rename(target)
        except OSError:  # another test run was faster
            if not target.is_dir():
                raise


def _pip_install(target: Path) -> None:
    packages = [package for module in MODULES for package in module.sources]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), *packages]
    outcome = subprocess.run(command, capture_output=True, text=True)
    if outcome.returncode:
        raise DependencyError(f"pip could not fetch {', '.join(packages)}:\n{outcome.stderr.strip()}")


def _bundle_png_writer(installed: Path) -> None:
    builder = installed / "pyqrcode" / "builder.py"
    source = builder.read_text(encoding="utf-8")
    if source.count(_PNG_BESIDE) != 1:
        raise DependencyError(f"{builder}: expected one {_PNG_BESIDE!r}")
    builder.write_text(source.replace(_PNG_BESIDE, _PNG_INSIDE), encoding="utf-8")
    (installed / "png.py").rename(installed / "pyqrcode" / "png.py")


def _make(module: Module, installed: Path, target: Path) -> None:
    library = target / "lib"
    library.mkdir(parents=True)
    shutil.move(str(installed / module.package), str(library / module.package))
    (target / "addon.xml").write_text(_addon_xml(module), encoding="utf-8")


def _addon_xml(module: Module) -> str:
    versions = {known.addon_id: known.version for known in MODULES}
    needed = [("xbmc.python", "3.0.0"), *((id_, versions[id_]) for id_ in module.requires)]
    imports = "\n".join(f"    <import addon={quoteattr(id_)} version={quoteattr(minimum)}/>" for id_, minimum in needed)
    name = module.addon_id.rpartition(".")[2]
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<addon id={quoteattr(module.addon_id)} name={quoteattr(name)} version={quoteattr(module.version)} provider-name="PyPI">
  <requires>
{imports}
  </requires>
  <extension point="xbmc.python.module" library="lib"/>
  <extension point="xbmc.addon.metadata">
    <summary lang="en_GB">Stand-in for tests</summary>
    <description lang="en_GB">Stand-in for tests</description>
    <platform>all</platform>
    <license>see PyPI</license>
  </extension>
</addon>
"""
