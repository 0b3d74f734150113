"""Ways to describe a film or an episode to Simkl, which may know it by one and not by another."""

from __future__ import annotations

from typing import Iterator

from ..media import Media, Movie


def media_key(media: Media) -> str:
    """The same for the same film or episode, whichever ids are known of it besides the first."""
    title = media if isinstance(media, Movie) else media.show
    which = next((f"{name}:{title.ids[name]}" for name in ("tvdb", "imdb", "tmdb", "simkl") if name in title.ids), None)
    named = which or f"{title.title.casefold()} {title.year or ''}"
    return f"movie {named}" if isinstance(media, Movie) else f"show {named} {media.season} {media.number}"


def candidates(media: Media) -> list[Media]:
    """Ways to describe it to Simkl, the best first: all that is known, a film as anime, each id alone, title and year.

    Never a title alone: Simkl would take the first of that name. Nor an episode in two ways that Simkl has named: its
    number is that within the cour, and means another one with other ids.
    """
    found = list(_ways(media))
    return [one for place, one in enumerate(found) if one not in found[:place]]


def as_anime(media: Media) -> Movie | None:
    """A film as it is found if Simkl has it as an anime; None where that is not safe.

    Simkl's films and anime are apart, and clients have seen an anime film that is sent as a film get a 404. By IMDb's
    id alone: TMDB's number is a series' there, and a title would fit the series as well.
    """
    imdb = media.ids.get("imdb") if isinstance(media, Movie) else None
    return Movie("", None, {"imdb": imdb}, is_anime=True) if imdb else None


def _ways(media: Media) -> Iterator[Media]:
    yield media
    if isinstance(media, Movie):
        anime = as_anime(media)
        if anime is not None:
            yield anime
        for name, value in media.ids.items():
            yield media._replace(ids={name: value})
        if media.title and media.year:
            yield media._replace(ids={})
        return
    show = media.show
    if "simkl" in show.ids:
        return
    for name, value in show.ids.items():
        yield media._replace(show=show._replace(ids={name: value}), ids={})
    if show.title and show.year:
        yield media._replace(show=show._replace(ids={}), ids={})
