"""What a release changes in ``addon.xml`` and ``CHANGELOG.md``: texts in, texts out."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

NEWS_LIMIT = 1500
"""Characters that Kodi's repository takes."""

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_MANIFEST_VERSION = re.compile(r'(<addon\b[^>]*?\bversion=")([^"]*)(")')
_NEWS = re.compile(r"(<news>)(.*?)(</news>)", re.DOTALL)
_HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\].*$", re.MULTILINE)
_UNRELEASED = "Unreleased"
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_CUT = "…"


class ReleaseError(Exception):
    """There can be no release; the text says why, in one sentence."""


def require_version(version: str) -> tuple[int, ...]:
    """The numbers of ``version``, which has to be three."""
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version: three numbers are, like 1.2.3")
    return tuple(int(part) for part in version.split("."))


def unreleased(changelog: str) -> str:
    """What has changed since the last release."""
    start, end = _unreleased_section(changelog)
    text = changelog[start:end].strip()
    if not any(line.startswith("- ") for line in text.splitlines()):
        raise ReleaseError("CHANGELOG.md has nothing under [Unreleased]")
    return text


def close(changelog: str, version: str, today: str) -> str:
    """The changelog with what is unreleased under ``version``, and an empty section for what comes next."""
    if any(match["name"] == version for match in _HEADING.finditer(changelog)):
        raise ReleaseError(f"CHANGELOG.md has a section {version} already")
    start, end = _unreleased_section(changelog)
    body, rest = changelog[start:end].strip(), changelog[end:]
    return f"{changelog[:start].rstrip()}\n\n## [{version}] - {today}\n\n{body}\n" + (f"\n{rest}" if rest else "")


def news(version: str, changes: str) -> str:
    """``changes`` as the text that Kodi shows: version, then a line for each change; whole lines, not too many."""
    text = f"{version}"
    for line in _lines(changes):
        longer = f"{text}\n{line}"
        if len(longer) > NEWS_LIMIT - len(_CUT) - 1:
            return f"{text}\n{_CUT}"
        text = longer
    return text


def bump(manifest: str, version: str, news_text: str) -> str:
    """The ``addon.xml`` with another version and other news; everything else stays as it is, letter by letter."""
    match = _MANIFEST_VERSION.search(manifest)
    if match is None:
        raise ReleaseError("addon.xml has no version")
    if require_version(version) < require_version(match[2]):
        raise ReleaseError(f"{version} is older than {match[2]}, which addon.xml has")
    if not _NEWS.search(manifest):
        raise ReleaseError("addon.xml has no <news>")
    bumped = _MANIFEST_VERSION.sub(lambda found: f"{found[1]}{version}{found[3]}", manifest, count=1)
    bumped = _NEWS.sub(lambda found: f"{found[1]}{escape(news_text)}{found[3]}", bumped, count=1)
    ElementTree.fromstring(bumped.encode())
    return bumped


def _lines(changes: str) -> list[str]:
    """One line for each change, without headings, links and line breaks."""
    lines: list[str] = []
    for line in changes.splitlines():
        if line.startswith("- "):
            lines.append(line)
        elif line.startswith("  ") and lines:
            lines[-1] += f" {line.strip()}"
    return [_LINK.sub(r"\1", line).replace("`", "").replace("**", "") for line in lines]


def _unreleased_section(changelog: str) -> tuple[int, int]:
    """Where it begins, behind its heading, and where it ends."""
    headings = list(_HEADING.finditer(changelog))
    for position, heading in enumerate(headings):
        if heading["name"] == _UNRELEASED:
            following = headings[position + 1 :]
            return heading.end(), following[0].start() if following else len(changelog)
    raise ReleaseError("CHANGELOG.md has no section [Unreleased]")
