"""The address of a title's page on simkl.com, for a phone: ``/redirect`` finds it by any id, without a sign-in (Simkl's
API reference, "redirect")."""

from __future__ import annotations

from urllib.parse import urlencode

from ..media import Media, Movie

REDIRECT = "https://api.simkl.com/redirect"
_IDS = ("simkl", "imdb", "tvdb", "tmdb")


def title_address(media: Media) -> str:
    """By the best id that is known, else by title and year."""
    title = media if isinstance(media, Movie) else media.show
    query = {"to": "Simkl", "type": "movie" if isinstance(media, Movie) else "show"}
    name = next((name for name in _IDS if title.ids.get(name)), "")
    if name:
        query[name] = title.ids[name][:20]
    else:
        query["title"] = title.title[:60]
        if title.year:
            query["year"] = str(title.year)
    return f"{REDIRECT}?{urlencode(query)}"
