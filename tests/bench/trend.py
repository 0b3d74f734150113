"""Whether something grows: a line through samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Sequence

from .report import Unit

HEADINGS = ("what", "first", "last", "least", "most", "slope", "goal", "")


@dataclass
class Series:
    """Samples of one quantity. ``grows_by`` is how much the line may rise over the whole run without being growth.

    ``warming_up`` is the part of the samples that the line leaves out: caches fill.
    """

    name: str
    unit: Unit
    grows_by: float
    warming_up: float = 0.2
    at: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, at: float, value: float) -> None:
        """``at``: sign-ins so far."""
        self.at.append(at)
        self.values.append(value)

    @property
    def slope(self) -> float:
        """Of the line of least squares, for each sign-in."""
        skipped = int(len(self.at) * self.warming_up)
        return slope(self.at[skipped:], self.values[skipped:])

    @property
    def grows(self) -> bool:
        """Whether the line rises by more than may be."""
        return self.slope * (self.at[-1] - self.at[0]) > self.grows_by

    def cells(self, runs: float) -> tuple[str, ...]:
        """A line of the table, the slope told for so many sign-ins."""
        values = (self.values[0], self.values[-1], min(self.values), max(self.values))
        return (
            self.name,
            *(self.unit(value) for value in values),
            f"{self.unit.difference(self.slope * runs)} / {runs:g}",
            f"<= {self.unit.difference(self.grows_by)} in the run",
            "GROWS" if self.grows else "steady",
        )


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Of the line of least squares; 0 where there are too few points."""
    count = len(xs)
    if count < 2:
        return 0.0
    mean_x, mean_y = sum(xs) / count, sum(ys) / count
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / spread if spread else 0.0
