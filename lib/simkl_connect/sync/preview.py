"""What a sync would do, for somebody who is to say yes or no to it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Mapping, NamedTuple, Sequence

from .plan import Plan, Reason
from .titles import FILM, MOVIE, is_number, numbers_of


class Preview(NamedTuple):
    """What a sync would do, in numbers; ``left`` by reason. The titles are in the lists."""

    episodes_to_simkl: int
    films_to_simkl: int
    episodes_to_kodi: int
    films_to_kodi: int
    left: Mapping[Reason, int]
    titles_to_simkl: Sequence[str]
    titles_to_kodi: Sequence[str]
    titles_left: Sequence[tuple[Reason, str]]


def preview_of(plan: Plan) -> Preview:
    """A plan in numbers and titles."""
    films = [sum(one.title.kind == MOVIE for one in some) for some in (plan.sends, plan.writes)]
    return Preview(
        len(plan.sends) - films[0],
        films[0],
        len(plan.writes) - films[1],
        films[1],
        Counter(left.reason for left in plan.left),
        [label(send.title.title, send.row.place) for send in plan.sends],
        [label(write.title.title, write.row.place) for write in plan.writes],
        [(left.reason, label(left.title, left.place)) for left in plan.left],
    )


def label(title: str, place: int | None) -> str:
    """A title as a list shows it, an episode with its numbers."""
    numbers = numbers_of(place) if place is not None and place != FILM else None
    return title if numbers is None else f"{title} S{numbers[0]:02}E{numbers[1]:02}"


def dump_preview(preview: Preview) -> str:
    """As JSON, for :func:`load_preview`."""
    left = [(reason.value, title) for reason, title in preview.titles_left]
    return json.dumps([*preview[:4], list(preview.titles_to_simkl), list(preview.titles_to_kodi), left])


def load_preview(text: str) -> Preview | None:
    """What :func:`dump_preview` made, or None."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, list) or len(row) != 7 or not all(map(is_number, row[:4])):
        return None
    lists = [value if isinstance(value, list) else [] for value in row[4:]]
    to_simkl, to_kodi = ([title for title in titles if isinstance(title, str)] for titles in lists[:2])
    reasons = {reason.value: reason for reason in Reason}
    pairs = [pair for pair in lists[2] if isinstance(pair, list) and len(pair) == 2]
    left = [(reasons[reason], str(title)) for reason, title in pairs if isinstance(reason, str) and reason in reasons]
    first, second, third, fourth = row[:4]
    return Preview(first, second, third, fourth, Counter(reason for reason, _ in left), to_simkl, to_kodi, left)
