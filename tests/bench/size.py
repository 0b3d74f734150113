"""How much code there is."""

from __future__ import annotations

from real_kodi.paths import PROJECT

from .lab import Lab
from .report import Row

MOST_LINES, MOST_MODULES, LONGEST_MODULE, LONGEST_ADAPTER = 3500, 35, 300, 150
_LIB = PROJECT / "lib" / "simkl_connect"


def measure(_lab: Lab) -> list[Row]:
    """Rows without a floor. A package's own file counts where there is more than its sentence in it."""
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _LIB.rglob("*.py")}
    modules = [path for path in lines if path.name != "__init__.py"]
    by_hand = sum(lines[_LIB / "http" / name] for name in ("adapter.py", "happy_eyeballs.py"))
    longest = max(lines, key=lambda path: lines[path])
    return [
        _row("lib: lines", sum(lines.values()), MOST_LINES),
        _row("lib: modules", len(modules), MOST_MODULES),
        _row(f"lib: lines of the longest module, {longest.relative_to(_LIB)}", lines[longest], LONGEST_MODULE),
        _row("lib: lines of http/adapter.py and happy_eyeballs.py", by_hand, LONGEST_ADAPTER),
    ]


def _row(what: str, measured: int, most: int) -> Row:
    return Row(what, str(measured), "", "", f"<= {most}", measured <= most, 1)
