"""Rows of figures as a table, on the terminal and in ``docs/measurements.md``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from real_kodi.paths import PROJECT

DOCUMENT = PROJECT / "docs" / "measurements.md"
_TITLE = """# Measurements

Written by `make bench` and `make soak`. Every figure stands beside its floor, the least that is possible on the same
machine in the same run, measured in turns with it; between machines only the differences and ratios can be compared.
"""
HEADINGS = ("what", "add-on", "floor", "difference", "goal", "", "runs")


@dataclass(frozen=True)
class Row:
    """One figure, ready to print. ``met`` is None where it could not be measured, or has no goal."""

    what: str
    measured: str
    floor: str
    difference: str
    goal: str
    met: bool | None
    runs: int

    @property
    def cells(self) -> tuple[str, ...]:
        """As in the table."""
        verdict = {True: "met", False: "NOT MET", None: ""}[self.met]
        return (self.what, self.measured, self.floor, self.difference, self.goal, verdict, str(self.runs or ""))


@dataclass(frozen=True)
class Unit:
    """How a number is written. ``scale`` makes it of what is measured: seconds, bytes."""

    name: str
    scale: float = 1.0
    digits: int = 0

    def __call__(self, value: float) -> str:
        return f"{value * self.scale:.{self.digits}f} {self.name}".rstrip()

    def difference(self, value: float) -> str:
        """With its sign."""
        return f"{value * self.scale:+.{self.digits}f} {self.name}".rstrip()


MS = Unit("ms", 1e3)
SECONDS = Unit("s", 1.0, 2)
MIB = Unit("MiB", 2.0**-20, 1)
KIB = Unit("KiB", 2.0**-10, 1)
PERCENT = Unit("%", 100.0, 2)
COUNT = Unit("", 1.0, 1)


def at_most_times(what: str, measured: float, floor: float, unit: Unit, times: float, runs: int) -> Row:
    """The goal is a multiple of the floor."""
    ratio = measured / floor if floor else float("inf")
    return Row(what, unit(measured), unit(floor), f"x {ratio:.2f}", f"<= x {times:g}", ratio <= times, runs)


def at_most_more(what: str, measured: float, floor: float, unit: Unit, more: float, runs: int) -> Row:
    """The goal is the floor and something."""
    more_by = measured - floor
    goal = f"<= {unit.difference(more)}"
    return Row(what, unit(measured), unit(floor), unit.difference(more_by), goal, more_by <= more, runs)


def failed(part: str, why: str) -> Row:
    """A part that came to no end."""
    return Row(f"{part}: {why}", "", "", "", "not measured", None, 0)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """For the terminal and for Markdown alike."""
    widths = [max(len(line[column]) for line in (headings, *rows)) for column in range(len(headings))]
    lines = [headings, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines)


def write_section(title: str, body: str, document: Path = DOCUMENT) -> None:
    """Puts ``body`` under the heading ``title``, in place of what stood there."""
    text = document.read_text(encoding="utf-8") if document.exists() else _TITLE
    sections = text.split("\n## ")
    kept = [section for section in sections[1:] if section.partition("\n")[0] != title]
    written = "\n## ".join([sections[0], *kept, f"{title}\n\n{body.strip()}\n"])
    document.parent.mkdir(exist_ok=True)
    document.write_text(written, encoding="utf-8")
