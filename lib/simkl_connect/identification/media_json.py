"""Films and episodes as JSON on the disk; nothing that is read back is trusted."""

from __future__ import annotations

from typing import Mapping

from ..json_values import as_number, as_object, as_year
from ..media import Episode, Media, Movie, Show
from .file_names import AskSimkl


def dump_media(media: Media) -> dict[str, object]:
    """What :func:`load_media` reads."""
    if isinstance(media, Movie):
        return {"movie": _dump_title(media.title, media.year, media.ids)}
    show = _dump_title(media.show.title, media.show.year, media.show.ids)
    episode = {"season": media.season, "number": media.number, "title": media.title, "ids": dict(media.ids)}
    return {"show": show, "episode": episode}


def load_media(value: object) -> Media | None:
    """The film or episode, or None."""
    fields = as_object(value)
    movie, show, episode = (_title(fields.get(name)) for name in ("movie", "show", "episode"))
    if movie is not None:
        return Movie(*movie) if movie[0] or movie[2] else None
    if show is None or episode is None or not (show[0] or show[2]):
        return None
    season, number = as_number(fields["episode"].get("season")), as_number(fields["episode"].get("number"))
    if season is None or number is None:
        return None
    return Episode(Show(*show), season, number, episode[0], episode[2])


def dump_question(asked: AskSimkl) -> dict[str, object]:
    """What :func:`load_question` reads."""
    return asked._asdict()


def load_question(value: object) -> AskSimkl | None:
    """The question, or None."""
    fields = as_object(value)
    file, title = fields.get("file"), fields.get("title")
    if not isinstance(file, str) or not isinstance(title, str):
        return None
    numbers, years = (_whole(fields.get(name)) for name in ("numbers", "years"))
    return AskSimkl(file, title, as_number(fields.get("season")), numbers, years)


def _dump_title(title: str, year: int | None, ids: Mapping[str, str]) -> dict[str, object]:
    return {"title": title, "year": year, "ids": dict(ids)}


def _title(value: object) -> tuple[str, int | None, dict[str, str]] | None:
    if not isinstance(value, dict):
        return None
    title, ids = value.get("title"), as_object(value.get("ids"))
    known = {name: one for name, one in ids.items() if isinstance(name, str) and isinstance(one, str) and one}
    return (title if isinstance(title, str) else ""), as_year(value.get("year")), known


def _whole(value: object) -> tuple[int, ...]:
    numbers = [as_number(one) for one in value] if isinstance(value, list) else []
    return tuple(number for number in numbers if number is not None)
