"""Writes the pages: ``make docs``."""

from __future__ import annotations

from . import DOCS, PAGES

for name, page in PAGES.items():
    (DOCS / name).write_text(page(), encoding="utf-8")
