"""What a user's decision is about: how Kodi, a plug-in or the file's name call a show or a film.

Pure. A key holds no path: where nothing else tells videos apart, it is the digest of one.
"""

from __future__ import annotations

import hashlib
from typing import Any, Mapping, NamedTuple, Tuple

from ..json_values import as_number, as_object, as_year
from ..media import Media, Movie
from .exclusions import PLUGIN, addon_of, folder_of, parts_of
from .file_names import is_disc, plain, read_name
from .identify import PlayingItem, is_channel, is_of_plugin, library_id, paths_of, rows_of_file
from .library_items import known_ids, numbers_of, text_of

SHOW, MOVIE, FILE = "show", "movie", "file"
"""What a key begins with."""
Numbers = Tuple[int, int]
"""Season and number of an episode."""
NO_NUMBERS = (0, 0)
"""A film's."""
_DIGITS = 32
_STREAMS = ("http://", "https://", "udp://", "rtp://", "rtsp://", "rtmp://", "pipe://")
"""Behind one such address there may be another video each time."""


class Subject(NamedTuple):
    """``keys``: names of the show, the film or the file, the surest first. ``season`` and ``numbers``: of a show's
    episodes. ``is_named``: these come from the file's name."""

    keys: tuple[str, ...] = ()
    season: int | None = None
    numbers: tuple[int, ...] = ()
    is_named: bool = False

    @property
    def is_show(self) -> bool:
        """Whether the keys are a show's."""
        return self.season is not None and bool(self.numbers)


class Origin(NamedTuple):
    """Where a video is from. ``folder``: as an exclusion names it; ``addon``: the plug-in's id; "" for none."""

    subject: Subject = Subject()
    folder: str = ""
    addon: str = ""

    def exclusions(self) -> dict[str, tuple[str, ...]]:
        """By what is excluded with it: the names of the folder, the show and the add-on."""
        show = self.subject.keys if self.subject.is_show else ()
        found = {"folder": (self.folder,), "show": show, "addon": (self.addon,)}
        return {what: names for what, names in found.items() if any(names)}


def origin_of(playing: PlayingItem) -> Origin:
    """Where the video is from, and what it is called there."""
    addon = addon_of(paths_of(playing))
    return Origin(subject_of(playing), "" if addon else folder_of(playing.file), addon)


def subject_of(playing: PlayingItem) -> Subject:
    """What the video is called; no keys where its names don't tell it from others."""
    item = playing.item
    show, title, place = text_of(item, "showtitle"), text_of(item, "title"), numbers_of(item)
    if library_id(item) is not None and item.get("type") == "episode" and place:
        numbers = (as_number(row.get("episode")) for row in rows_of_file(playing))
        row = playing.show
        keys = title_keys(SHOW, text_of(row, "title") or show, as_year(row.get("year")), known_ids(row.get("uniqueid")))
        return Subject(keys, place[0], tuple(one for one in numbers if one))
    if show and place:
        keys = title_keys(SHOW, show, None, known_ids(item.get("uniqueid"), "tvshow."))
        return Subject(keys, place[0], place[1:])
    ids, year = known_ids(item.get("uniqueid")), as_year(item.get("year"))
    if item.get("type") == "movie" and title and (ids or year):
        return Subject(title_keys(MOVIE, title, year, ids))
    return _by_address(playing)


def title_keys(kind: str, title: str, year: int | None, ids: Mapping[str, str]) -> tuple[str, ...]:
    """Names of a show or film: each id that is known, and the title with the year."""
    keys = [f"{kind} {name}:{ids[name]}" for name in ("tvdb", "imdb", "tmdb", "simkl") if name in ids]
    words = plain(title)
    return (*keys, f"{kind} {words} {year or ''}".strip()) if words else tuple(keys)


def named(media: Media) -> tuple[tuple[str, ...], Numbers]:
    """The names of a film, or of a show and the numbers of its episode."""
    if isinstance(media, Movie):
        return title_keys(MOVIE, media.title, media.year, media.ids), NO_NUMBERS
    show = media.show
    return title_keys(SHOW, show.title, show.year, show.ids), (media.season, media.number)


def dump_origin(origin: Origin) -> dict[str, object]:
    """Its part of a row of the activity page."""
    keys, season, numbers, is_named = origin.subject
    subject = {"keys": list(keys), "season": season, "numbers": list(numbers), "named": is_named}
    return {"file": origin.folder, "addon": origin.addon, "subject": subject}


def load_origin(row: Mapping[str, Any]) -> Origin:
    """What :func:`dump_origin` has made of it; empty where it is odd."""
    folder, addon = row.get("file"), row.get("addon")
    return Origin(
        load_subject(row.get("subject")),
        folder if isinstance(folder, str) else "",
        addon if isinstance(addon, str) else "",
    )


def load_subject(value: object) -> Subject:
    """What :func:`dump_origin` has made of it; an empty one for anything else."""
    fields = as_object(value)
    keys, numbers = fields.get("keys"), fields.get("numbers")
    whole = [as_number(one) for one in numbers] if isinstance(numbers, list) else []
    return Subject(
        tuple(one for one in keys if isinstance(one, str)) if isinstance(keys, list) else (),
        as_number(fields.get("season")),
        tuple(one for one in whole if one),
        fields.get("named") is True,
    )


def _by_address(playing: PlayingItem) -> Subject:
    """A loose file by its name, if that says which episode it is; all else by the address alone."""
    paths = paths_of(playing)
    if is_channel(playing) or any(is_disc(path) for path in paths):  # the next programme, the next disc
        return Subject()
    if is_of_plugin(playing):
        own = [path for path in paths if path.lower().startswith(PLUGIN) and path[len(PLUGIN) :].partition("/")[2]]
        return Subject((_digest(own[-1]),)) if own else Subject()
    name = read_name(playing.file)
    if name is not None and name.title and name.season is not None and name.numbers:
        keys = title_keys(SHOW, name.title, name.years[0] if name.years else None, {})
        return Subject(keys, name.season, name.numbers, is_named=True)
    if not playing.file or playing.file.lower().startswith(_STREAMS):
        return Subject()
    return Subject((_digest(parts_of(playing.file)[0]),))


def _digest(address: str) -> str:
    """The same for the same address, whoever reads it there."""
    scheme, found, rest = address.rpartition("://")
    host, slash, folders = rest.partition("/")
    plain_address = f"{scheme}{found}{host.rpartition('@')[2] if found else host}{slash}{folders}"
    digest = hashlib.sha256(plain_address.encode("utf-8", "replace"))
    return f"{FILE} {digest.hexdigest()[:_DIGITS]}"
