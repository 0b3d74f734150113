"""``python -m bench [--short] [--only PART]``: measures, prints a table, writes ``docs/measurements.md``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable

from real_kodi.kodi import KodiError

from . import library, lives, page, press, quits, sign_ins, size, slow, waiting, watching
from .lab import Lab
from .report import HEADINGS, Row, failed, table, write_section

TITLE = "Speed and weight"
PARTS: dict[str, Callable[[Lab], list[Row]]] = {
    "press": press.measure,
    "page": page.measure,
    "sign-ins": sign_ins.measure,
    "lives": lives.measure,
    "waiting": waiting.measure,
    "quits": quits.measure,
    "watching": watching.measure,
    "slow": slow.measure,
    "library": library.measure,
    "size": size.measure,
}


def main() -> int:
    """Exit code 0 when everything has been measured, whether or not the goals are met."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="measures the add-on in a real Kodi")
    parser.add_argument("--short", action="store_true", help="fewer runs: less than three minutes")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; writes no document")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        lab = Lab(Path(folder), options.short)
        rows = [row for part in options.only or PARTS for row in _run(part, lab)]
        version = _kodi_version(lab)
    minutes = (time.monotonic() - started) / 60
    print(f"\n{table(HEADINGS, [row.cells for row in rows])}\n\n{_verdict(rows)}")
    if not options.only:
        write_section(TITLE, _section(rows, version, options.short, minutes))
    return 1 if any(row.met is None for row in rows) else 0


def _run(part: str, lab: Lab) -> list[Row]:
    started = time.monotonic()
    try:
        rows = PARTS[part](lab)
    except (TimeoutError, KodiError) as error:
        rows = [failed(part, str(error).partition("\n")[0])]
        print(error, file=sys.stderr)
    print(f"--- {part}, {time.monotonic() - started:.0f} s", flush=True)
    for row in rows:
        print("    " + " | ".join(cell for cell in row.cells if cell), flush=True)
    return rows


def _kodi_version(lab: Lab) -> str:
    with lab.bare() as kodi:
        return kodi.label("System.BuildVersion").split(" ")[0]


def _verdict(rows: list[Row]) -> str:
    missed = [row.what for row in rows if row.met is False]
    broken = [row.what for row in rows if row.met is None]
    lines = [f"{len(rows) - len(missed) - len(broken)} of {len(rows)} goals met."]
    lines += [f"NOT MET: {what}" for what in missed]
    lines += [f"not measured: {what}" for what in broken]
    return "\n".join(lines)


def _section(rows: list[Row], version: str, short: bool, minutes: float) -> str:
    kind = "short" if short else "full"
    about = f"Kodi {version}, a {kind} run of {minutes:.0f} minutes; medians of the given number of runs."
    return f"{about}\n\n{table(HEADINGS, [row.cells for row in rows])}\n\n{_verdict(rows)}"


if __name__ == "__main__":
    sys.exit(main())
