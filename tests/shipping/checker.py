"""Kodi's own checker over what ships, without network: ``python -m shipping.checker [ZIP]``.

Checks the unpacked zip, for every branch of Kodi's repository that the add-on is for. Exit code 0 only if there is no
error and no warning but those in :data:`ALLOWED`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from kodi_addon_checker import check_addon, check_url  # type: ignore[import-untyped]
from kodi_addon_checker.addons.Addon import Addon  # type: ignore[import-untyped]
from kodi_addon_checker.addons.Repository import Repository  # type: ignore[import-untyped]
from kodi_addon_checker.config import Config  # type: ignore[import-untyped]
from kodi_addon_checker.record import INFORMATION, PROBLEM, WARNING, Record  # type: ignore[import-untyped]
from kodi_addon_checker.report import Report  # type: ignore[import-untyped]
from kodi_addon_checker.reporter import ReportManager  # type: ignore[import-untyped]
from real_kodi import package
from real_kodi.dependencies import MODULES

BRANCHES = ("matrix", "nexus", "omega", "piers")
"""Kodi 19, 20, 21 and what is to be 22."""

ALLOWED = {
    **{
        f"For {branch} it is advised to set xbmc.python version to 3.0.1": "Kodi 19 has 3.0.0; one zip is for all"
        for branch in BRANCHES[1:]
    },
}
"""Warnings that are right as they are, with the reason. One that does not come up any more is to be removed."""

SKIPPED = (
    "whether Kodi's repository has this add-on already, and in which version",
    "which add-ons of Kodi's repository depend on it",
    "whether the addresses in addon.xml answer (that they are https addresses is checked)",
    "dependencies against Kodi's repository (instead: against the versions in tests/real_kodi/dependencies.py)",
)
"""What needs the network."""

_MISSING_PICTURE = "You might want to add a "
"""The checker only mentions it: Kodi shows an add-on without icon and fanart, and not well."""

Print = Callable[[str], None]


@dataclass(frozen=True)
class Finding:
    """One record of the checker; ``level`` is ERROR, WARN or INFO."""

    branch: str
    level: str
    text: str

    @property
    def is_objection(self) -> bool:
        """Whether it has to be put right."""
        if self.level == INFORMATION:
            return self.text.startswith(_MISSING_PICTURE)
        return self.text not in ALLOWED

    def __str__(self) -> str:
        reason = f" (allowed: {ALLOWED[self.text]})" if self.text in ALLOWED else ""
        return f"{self.branch:7} {self.level:5} {self.text}{reason}"


class _Collector:
    """Takes the checker's records instead of its reporters."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def report(self, record: Record) -> None:
        self.records.append(record)


def findings(folder: Path, branches: Sequence[str] = BRANCHES) -> Iterator[Finding]:
    """What the checker says about the add-on in ``folder``, which has to be named by the add-on's id."""
    check_url.check_url = _check_addresses
    repositories = {branch: _repository(branch) for branch in check_addon.ValidKodiVersions}
    for branch in branches:
        collector = _Collector()
        ReportManager.reporters = {"collector": [collector, True]}
        options = argparse.Namespace(
            branch=branch, PR=False, allow_folder_id_mismatch=False, skip_dependency_checks=False
        )
        check_addon.start(str(folder), options, repositories, Config(None, options))
        for record in collector.records:
            yield Finding(branch, record.log_level, str(record.message))


def _repository(branch: str) -> Repository:
    """What the checker takes for Kodi's: its own class, past the download in its ``__init__``."""
    repository = Repository.__new__(Repository)
    repository.version = branch
    repository.addons = [
        Addon(ElementTree.Element("addon", id=module.addon_id, version=module.version)) for module in MODULES
    ]
    return repository


def _check_addresses(report: Report, manifest: ElementTree.Element) -> None:
    """Instead of the checker's, which asks each address for an answer."""
    for name in ("forum", "source", "website"):
        for element in manifest.iterfind(f"extension/{name}"):
            parts = urlsplit(element.text or "")
            if element.text and not (parts.scheme == "https" and parts.hostname):
                report.add(Record(WARNING, f"<{name}> is no https address: {element.text}"))


def check(zip_path: Path, say: Print = print, branches: Sequence[str] = BRANCHES) -> bool:
    """Whether there is nothing to object to in the add-on's zip. Says everything found, and what was not looked at."""
    with tempfile.TemporaryDirectory() as scratch:
        with zipfile.ZipFile(zip_path) as archive:
            archive.extractall(scratch)
        folder = next(Path(scratch).iterdir())
        found = list(findings(folder, branches))
    for finding in found:
        if finding.level != INFORMATION or finding.is_objection:
            say(f"checker: {finding}")
    stale = sorted(set(ALLOWED) - {finding.text for finding in found}) if tuple(branches) == BRANCHES else []
    for text in stale:
        say(f"checker: allowed, but does not come up any more: {text}")
    for text in SKIPPED:
        say(f"checker: not checked, needs the network: {text}")
    objections = [finding for finding in found if finding.is_objection]
    errors = sum(finding.level == PROBLEM for finding in objections)
    say(f"checker: {zip_path.name}, {', '.join(branches)}: {errors} errors, {len(objections) - errors} warnings")
    return not objections and not stale


def main(arguments: Sequence[str]) -> int:
    """Check the given zip, or one built now."""
    if arguments:
        return 0 if check(Path(arguments[0])) else 1
    with tempfile.TemporaryDirectory() as scratch:
        try:
            path = package.build(folder=Path(scratch))
        except package.PackagingError as error:
            print(f"checker: {error}", file=sys.stderr)
            return 1
        return 0 if check(path) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
