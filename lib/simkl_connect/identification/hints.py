"""What other add-ons leave about the video that they play, where it agrees with the video itself."""

from __future__ import annotations

from ..json_values import as_number, as_year, to_object
from ..media import Episode, Media, Movie, Show
from .library_items import IDS, Fields, known_ids, numbers_of, text_of

REMEMBERED = 20
"""Values of other add-ons' properties."""


def hinted(item: Fields, player_info: str, trakt_ids: str) -> Media | None:
    """By ``TMDbHelper.PlayerInfoString``, else by ``script.trakt.ids``; None where neither is of use."""
    return _by_player_info(item, to_object(player_info)) or _by_trakt_ids(item, to_object(trakt_ids))


def _by_player_info(item: Fields, hint: Fields) -> Media | None:
    """TMDbHelper's hint, where nothing that the video says of itself is against it."""
    ids = known_ids({name: hint.get(f"{name}_id") for name in IDS})
    numbers, title, is_numbered = numbers_of(hint), text_of(item, "title"), bool(as_number(item.get("episode")))
    if not ids:
        return None
    if hint.get("tmdb_type") == "movie":
        agrees = not is_numbered and item.get("type") in ("movie", "unknown", None)
        return Movie(title or text_of(item, "label"), as_year(item.get("year")), ids) if agrees else None
    if hint.get("tmdb_type") not in ("episode", "tv") or numbers is None:
        return None
    if (is_numbered and numbers_of(item) != numbers) or item.get("type") == "movie":
        return None
    return Episode(Show(text_of(item, "showtitle"), None, ids), *numbers, title)


def _by_trakt_ids(item: Fields, hint: Fields) -> Media | None:
    """The ids that add-ons leave for script.trakt: a film's, or those of an episode's show, which the video must
    name."""
    ids = known_ids(hint)
    numbers, show, title = numbers_of(item), text_of(item, "showtitle"), text_of(item, "title")
    if not ids:
        return None
    if numbers and show:
        return Episode(Show(show, None, ids), *numbers, title)
    is_movie = item.get("type") == "movie" and title and show in ("", title)
    return Movie(title, as_year(item.get("year")), ids) if is_movie else None


class Seen:
    """The values of other add-ons' properties, by what each was about, to know a stale one."""

    def __init__(self) -> None:
        self._subjects: dict[str, str] = {}

    def fresh(self, hint: str, subject: str) -> str:
        """The hint; "" if it was there when another video played."""
        if not hint or self._subjects.setdefault(hint, subject) != subject:
            return ""
        for old in list(self._subjects)[:-REMEMBERED]:
            del self._subjects[old]
        return hint

    def rename(self, hint: str, before: str) -> None:
        """The video that the hint is about goes by another name now."""
        if self._subjects.get(hint) == before:
            del self._subjects[hint]
