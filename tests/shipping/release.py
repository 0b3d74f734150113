"""A release: ``python -m shipping.release X.Y.Z``. Version, changelog, all checks, zip, commit, tag; nothing is pushed.

``--skip-checks`` leaves the checks out, and says so.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
from pathlib import Path
from typing import Mapping, Sequence

from real_kodi import package
from real_kodi.paths import PROJECT

from . import notes
from .notes import ReleaseError

BRANCH = "main"
CHECKS = ("lint", "test", "check")
"""Targets of the Makefile. They run on what is committed afterwards."""

_FILES = ("addon.xml", "CHANGELOG.md")


def release(root: Path, version: str, today: str, checks: Sequence[str] = CHECKS) -> Path:
    """Make ``version`` of the work tree ``root``; the zip. Where it fails, the work tree is as it was before."""
    notes.require_version(version)
    require_clean(root)
    if _git(root, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"the tag v{version} is there already")
    before = {name: (root / name).read_text(encoding="utf-8") for name in _FILES}
    changes = notes.unreleased(before["CHANGELOG.md"])
    after = {
        "addon.xml": notes.bump(before["addon.xml"], version, notes.news(version, changes)),
        "CHANGELOG.md": notes.close(before["CHANGELOG.md"], version, today),
    }
    _write(root, after)
    try:
        for target in checks:
            _make(root, target)
        path = package.build(root, environment=os.environ)
        _git(root, "commit", "--quiet", "--message", f"Release {version}", "--", *_FILES)
    except (ReleaseError, package.PackagingError, KeyboardInterrupt):
        _write(root, before)
        raise
    _git(root, "tag", "--annotate", f"v{version}", "--message", f"Simkl Connect {version}")
    return path


def require_clean(root: Path) -> None:
    """Raises :class:`ReleaseError` unless everything is committed, on the main branch."""
    branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    if branch != BRANCH:
        raise ReleaseError(f"releases are made on {BRANCH}, this is {branch}")
    changed = _git(root, "status", "--porcelain")
    if changed:
        raise ReleaseError(f"not committed: {', '.join(line[3:] for line in changed.splitlines())}")


def _write(root: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")


def _make(root: Path, target: str) -> None:
    if subprocess.run(["make", target], cwd=root).returncode:
        raise ReleaseError(f"make {target} failed")


def _git(root: Path, *arguments: str) -> str:
    try:
        outcome = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True)
    except FileNotFoundError as error:
        raise ReleaseError("git is not installed") from error
    if outcome.returncode:
        raise ReleaseError(f"git {arguments[0]}: {(outcome.stderr or outcome.stdout).strip()}")
    return outcome.stdout.rstrip()


def main(arguments: Sequence[str]) -> int:
    """Exit code 0 if the release is made, 1 with one sentence why not."""
    parser = argparse.ArgumentParser(prog="release")
    parser.add_argument("version", help="X.Y.Z")
    parser.add_argument("--skip-checks", action="store_true", help="without lint, tests and checker")
    options = parser.parse_args(arguments)
    if options.skip_checks:
        print(f"release: NOTHING IS CHECKED: {', '.join(CHECKS)} are skipped, as asked for", flush=True)
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    try:
        path = release(PROJECT, options.version, today, () if options.skip_checks else CHECKS)
    except (ReleaseError, package.PackagingError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"release: committed and tagged v{options.version}; to publish: git push origin {BRANCH} v{options.version}")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
