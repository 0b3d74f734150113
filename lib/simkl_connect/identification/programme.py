"""A programme on live TV: what the guide says of it, as a video that plays.

Neither a callback nor a notification tells that the next programme has begun, and the player's own time and length are
the stream's, counted from the moment of tuning in; the guide knows the programme and how far it is, time shift included
(measured on Kodi 20.1 with pvr.iptvsimple).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from ..json_values import as_amount, as_number, as_object, as_year
from .library_items import Fields, text_of


class Programme(NamedTuple):
    """``begins``: the guide's word for when, which tells it from others. ``position`` and ``length`` in seconds."""

    item: Fields
    begins: str
    position: float
    length: float


def read_programme(item: Fields, broadcast: object) -> Programme | None:
    """``item``: ``Player.GetItem``'s for the channel. ``broadcast``: ``PVR.GetChannelDetails``'s ``broadcastnow``.

    The item of the programme is the channel's, with the guide's names and numbers. None where the guide says nothing.
    """
    guide = as_object(broadcast)
    title, begins = text_of(guide, "title"), text_of(guide, "starttime")
    length, percent = _seconds(begins, text_of(guide, "endtime")), as_amount(guide.get("progresspercentage"))
    if not title or not length or percent is None or percent > 100.0:
        return None
    season, number = as_number(guide.get("seasonnum")), as_number(guide.get("episodenum"))
    is_episode = season is not None and bool(number)
    named: dict[str, object] = {"title": title, "showtitle": "", "season": -1, "episode": -1}
    if is_episode:
        episode = text_of(guide, "episodename")
        named = {"title": episode, "showtitle": title, "season": season, "episode": number}
    named["year"] = as_year(guide.get("year")) or 0
    return Programme({**item, **named}, begins, percent * length / 100.0, length)


def _seconds(begins: str, ends: str) -> float:
    """From one to the other; 0 where they are no times, or in the wrong order."""
    try:
        return max(0.0, (datetime.fromisoformat(ends) - datetime.fromisoformat(begins)).total_seconds())
    except (ValueError, TypeError):  # no times; one with a zone and one without
        return 0.0
