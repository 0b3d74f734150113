"""A text that can be posted as it is: what the add-on runs on, how it is set up, and what happened last, by kind and
reason. No title, no name of a file or a folder, nothing of the account."""

from __future__ import annotations

import time
from typing import Mapping

from ..media import Movie
from .activity_view import Page, Video


def text_of(page: Page, versions: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """``versions`` and ``settings`` by name; they are written as they are."""
    lines = [f"{name}: {value}" for name, value in versions.items()]
    lines += ["", "Settings", *(f"  {name}: {value}" for name, value in settings.items())]
    lines += ["", f"Connected: {'yes' if page.connected else 'no'}"]
    lines += [f"Problem: {page.alert.name.lower() if page.alert is not None else 'none'}"]
    lines += [f"Waiting: {page.waiting}, since {_moment(page.since)}", f"Failed: {page.failed}"]
    lines += ["", "Last videos, the newest first (UTC)", *map(_line, page.videos)]
    return "\n".join(lines) + "\n"


def _line(video: Video) -> str:
    kind = "unknown" if not video.media else "film" if isinstance(video.media[0], Movie) else "episode"
    count = f" x{len(video.media)}" if len(video.media) > 1 else ""
    status = "undone" if video.undone else video.status.value if video.status is not None else "?"
    reason = f" ({video.reason.value})" if video.reason is not None else ""
    progress = f" {video.progress:.0f} %" if video.progress is not None else ""
    return f"  {_moment(video.at)} {kind}{count}: {status}{reason}{progress}"


def _moment(at: float | None) -> str:
    """A Unix time; ``-`` for none."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)) if at else "-"
    except (ValueError, OverflowError, OSError):  # beyond the platform's calendar, in one of three ways
        return "-"
