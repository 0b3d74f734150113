"""What is in the zip."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath

from .lab import Lab
from .report import KIB, Row

_ART = (".png", ".jpg")
_CODE = (".py",)
LARGEST_CODE = 60 * 1024
"""Bytes, packed."""


def measure(lab: Lab) -> list[Row]:
    """One row for what is bounded, one for the rest."""
    packed = {"code": 0, "art": 0, "texts": 0}
    with zipfile.ZipFile(lab.zip) as archive:
        for entry in archive.infolist():
            suffix = PurePosixPath(entry.filename).suffix
            kind = "art" if suffix in _ART else "code" if suffix in _CODE else "texts"
            packed[kind] += entry.compress_size
    total, code = lab.zip.stat().st_size, packed["code"]
    floor = f"art {KIB(packed['art'])}, texts {KIB(packed['texts'])}"
    goal = f"code <= {KIB(LARGEST_CODE)}"
    return [Row("zip, packed", KIB(total), floor, f"code {KIB(code)}", goal, code <= LARGEST_CODE, 1)]
