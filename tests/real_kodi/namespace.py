"""Programs that see another file system: mounts of their own, which nobody else sees and which end with them."""

from __future__ import annotations

import shlex
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Iterable, Sequence

_MOUNTS = """\
set -e
mount -t proc proc {root}/proc
mount --rbind /sys {root}/sys
mount --rbind /dev {root}/dev
"""


def alone(script: str) -> list[str]:
    """The command for a shell script whose mounts end with it."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]


@lru_cache(maxsize=None)
def allowed() -> bool:
    """Whether this user may mount at all: root may, outside of containers that forbid it."""
    return subprocess.run(alone("mount -t tmpfs none /mnt"), capture_output=True).returncode == 0


def with_mounts(mounts: str, program: Sequence[str]) -> list[str]:
    """The command for ``program`` once the shell commands ``mounts`` have been run; it keeps the process id."""
    return alone(f"set -e\n{mounts}\nexec {shlex.join(program)}")


def inside(root: Path, program: Sequence[str], folder: Path = Path("/"), shared: Iterable[Path] = ()) -> list[str]:
    """The command for ``program`` with ``root`` as its file system, run in ``folder``.

    The folders ``shared`` are there too, where they are outside. Each program in the chain replaces the one before, so
    that the process id stays.
    """
    quoted = shlex.quote(str(root))
    lines = [_MOUNTS.format(root=quoted)]
    for outside in shared:
        target = shlex.quote(f"{root}{outside}")
        lines.append(f"mkdir -p {target} && mount --bind {shlex.quote(str(outside))} {target}\n")
    lines.append(f"exec {shlex.join(['/usr/sbin/chroot', str(root), 'env', f'--chdir={folder}', *program])}")
    return alone("".join(lines))
