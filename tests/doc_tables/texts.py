"""The English texts, as a user reads them."""

from __future__ import annotations

import re
from functools import lru_cache

from real_kodi.paths import PROJECT

STRINGS = PROJECT / "resources/language/resource.language.en_gb/strings.po"


@lru_cache(maxsize=1)
def _texts() -> dict[int, str]:
    entries = re.findall(r'^msgctxt "#(\d+)"\nmsgid "(.*)"$', STRINGS.read_text(encoding="utf-8"), re.MULTILINE)
    return {int(number): text.replace(r"\"", '"') for number, text in entries}


def english(number: int) -> str:
    """The text of this number. Raises KeyError."""
    return _texts()[number]
