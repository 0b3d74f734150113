"""The pages of ``docs`` that are drawn from the code: ``python -m doc_tables``.

It needs lib, tests and tests/unit on the path.
"""

from __future__ import annotations

from typing import Callable, Mapping

from real_kodi.paths import PROJECT

from . import errors, states

DOCS = PROJECT / "docs"
PAGES: Mapping[str, Callable[[], str]] = {"errors.md": errors.page, "states.md": states.page}
"""What makes each page, by its name."""
