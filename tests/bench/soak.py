"""``python -m bench.soak [--hours 12] [--short]``: does anything grow while the add-on lives long?"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from . import soak_kodi, soak_pure, soak_watching
from .lab import Lab
from .report import table, write_section
from .trend import HEADINGS, Series

TITLE = "Soak"
SEED = 20250101


def main() -> int:
    """Exit code 0 when both parts have run to their end, whether or not something grew."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="does anything grow?")
    parser.add_argument(
        "--hours", type=float, default=12.0, help="simulated ones, 1000 sign-ins in 12, and twice as many of watching"
    )
    parser.add_argument("--short", action="store_true", help="one hour, and 5 sign-ins in Kodi: less than two minutes")
    parser.add_argument("--seed", type=int, default=SEED, help="for another order of faults")
    options = parser.parse_args()
    hours, times = (1.0, 5) if options.short else (options.hours, 150)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        parts = [
            _watching(Path(folder), 2 * hours, options.seed),
            _pure(Path(folder), hours, options.seed),
            _in_kodi(Path(folder), options.short, times),
        ]
    write_section(TITLE, "\n\n".join(parts))
    return 0


def _watching(folder: Path, hours: float, seed: int) -> str:
    data = folder / "watching"
    data.mkdir()
    started = time.monotonic()
    soak = soak_watching.Watching(data, hours, seed)
    soak.run()
    events = ", ".join(f"{count} {event}" for event, count in sorted(soak.events.items()))
    return _say(
        f"Without Kodi, {hours:.0f} simulated hours of watching in {(time.monotonic() - started) / 60:.1f} minutes, "
        f"with faults and without a network at random (seed {seed}): {events}. Against the referee's book: "
        f"{len(soak.lost)} lost, {len(soak.wrong)} wrong.",
        soak.growth.series,
        100,
    )


def _pure(folder: Path, hours: float, seed: int) -> str:
    data = folder / "data"
    data.mkdir()
    started = time.monotonic()
    soak = soak_pure.Soak(data, hours, seed)
    series = soak.run()
    ends = ", ".join(f"{count} {end}" for end, count in soak.ends.most_common())
    return _say(
        f"Without Kodi, {soak.hours:.1f} simulated hours in {(time.monotonic() - started) / 60:.1f} minutes, "
        f"{soak.done} sign-ins with random faults (seed {seed}): {ends}.",
        series,
        1000,
    )


def _in_kodi(folder: Path, short: bool, times: int) -> str:
    floor, ours = soak_kodi.soak(Lab(folder, short), times)
    soak_kodi.allow_for(floor, ours)
    opened = _say(
        f"One Kodi, a dialog that does nothing opened {times} times, judged by the last two thirds:", floor, 100
    )
    signed_in = _say(
        f"One Kodi, {times} sign-ins, judged likewise; what the dialog above grows by is Kodi's own:", ours, 100
    )
    return f"{opened}\n\n{signed_in}"


def _say(about: str, series: list[Series], runs: int) -> str:
    text = f"{about}\n\n{table(HEADINGS, [one.cells(runs) for one in series])}"
    print(f"{text}\n", flush=True)
    return text


if __name__ == "__main__":
    sys.exit(main())
