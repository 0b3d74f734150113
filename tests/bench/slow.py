"""A slow machine: the same sign-in with Kodi held to a fifth of one core."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from real_kodi.addon import CODE, DIALOG, Addon
from real_kodi.kodi import Kodi
from simkl_simulator import Simulator

from .lab import Lab, close_dialog, open_ours, restart, until
from .report import SECONDS, Row, failed
from .sign_ins import token_on_disk

PART = 0.2
"""Of one core."""
_PERIOD = 100_000
"""Microseconds."""
_ROOT = Path("/sys/fs/cgroup")
_SPEED = "slow machine"


def measure(lab: Lab) -> list[Row]:
    """Times at a fifth of a core beside those at full speed; the goal is that it works."""
    interval = lab.times(5, 1)
    with lab.simkl(interval=interval) as simkl, lab.ours(simkl.url) as kodi:
        restart(kodi)
        full = _times(kodi, simkl)
        restart(kodi)
        try:
            with held_back(kodi.pid, PART):
                held = _times(kodi, simkl)
        except PermissionError as error:
            return [failed(_SPEED, f"no control group may be made here ({error.strerror})")]
    goal = f"works at interval {interval} s"
    return [
        Row(f"Kodi held to {PART:.0%} of a core: {name}", SECONDS(held[name]), SECONDS(full[name]), "", goal, True, 1)
        for name in full
    ]


def _times(kodi: Kodi, simkl: Simulator) -> dict[str, float]:
    """Seconds. Raises TimeoutError where a step does not come about, or a failure is shown instead."""
    addon, issued = Addon(kodi), len(simkl.issued)
    pressed = open_ours(kodi)
    _, visible = until(lambda: kodi.boolean(f"Window.IsActive({DIALOG})"), "the dialog", 60)
    code, readable = until(lambda: kodi.control(CODE), "a code", 60)
    approved = time.monotonic()
    simkl.approve(code)
    saved = token_on_disk(kodi, simkl, issued)
    kodi.wait_for(lambda: addon.state.get("account_name"), "the account's name", 60)
    close_dialog(kodi)
    return {
        "press → dialog": visible - pressed,
        "press → code readable": readable - pressed,
        "approval → token on disk": saved - approved,
    }


@contextmanager
def held_back(pid: int, part: float) -> Iterator[None]:
    """Gives the process that part of one core. Raises PermissionError where only root may."""
    version_1 = (_ROOT / "cpu" / "cpu.cfs_quota_us").exists()
    group = (_ROOT / "cpu" if version_1 else _ROOT) / f"bench-{pid}"
    quota = int(part * _PERIOD)
    try:
        group.mkdir()
    except FileNotFoundError as error:
        raise PermissionError(error.errno, "there are none") from error
    try:
        if version_1:
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD}")
        (group / "cgroup.procs").write_text(str(pid))
        yield
        _move_out(group, pid)
    finally:
        _remove(group, pid)


def _move_out(group: Path, pid: int) -> None:
    if os.path.exists(f"/proc/{pid}"):
        (group.parent / "cgroup.procs").write_text(str(pid))


def _remove(group: Path, pid: int) -> None:
    if group.exists():
        _move_out(group, pid)
        until(lambda: not (group / "cgroup.procs").read_text(), "the group to be empty", pause=0.05)
        group.rmdir()
