"""Which film or episode plays: Kodi's answers in, what to tell Simkl, or why nothing, out.

Library items and what other add-ons hand over are told by their ids; loose files by their name, if Simkl's answer
agrees with it. Unsure means nothing is sent: a title that is missing on Simkl can be put right, a wrong one is not
even seen.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, NamedTuple, Sequence

from ..activity.reasons import Reason
from ..json_values import as_number, as_object, as_year
from ..media import Episode, Media, Movie, Show
from .exclusions import Preferences, is_excluded
from .file_names import AskSimkl, base_name, is_disc, is_trailer, question, read_name
from .hints import hinted
from .library_items import Fields, known_ids, library_media, numbers_of, text_of

_SLASH = re.compile(r"[\\/]")
"""In a title it would end a folder's name."""


class PlayingItem(NamedTuple):
    """What Kodi and other add-ons say of the video that plays; anything may be missing or odd.

    ``item``: ``Player.GetItem``'s ``item``. ``file``: what ``getPlayingFile()`` gave. ``show``:
    ``VideoLibrary.GetTVShowDetails``'s ``tvshowdetails``. ``season``: ``VideoLibrary.GetEpisodes``'s ``episodes`` of
    that show and season. ``trakt_ids`` and ``player_info``: the Home window's properties ``script.trakt.ids`` and
    ``TMDbHelper.PlayerInfoString``, empty if they are stale.
    """

    item: Mapping[str, Any] = {}
    file: str = ""
    show: Mapping[str, Any] = {}
    season: Sequence[Mapping[str, Any]] = ()
    trakt_ids: str = ""
    player_info: str = ""


class Identified(NamedTuple):
    """What plays; two or more for a file that holds several episodes. ``live``: a programme on live TV. ``chosen``: the
    user has said so."""

    media: tuple[Media, ...]
    live: bool = False
    chosen: bool = False


class Skipped(NamedTuple):
    """Nothing is sent, and why."""

    reason: Reason


def identify(playing: PlayingItem, preferences: Preferences) -> Identified | Skipped | AskSimkl:
    """Which film or episode plays, or why that is left alone, or what to ask Simkl for it."""
    reason = _left_alone(playing, preferences)
    if reason is not None:
        return Skipped(reason)
    if library_id(playing.item) is not None:
        return _from_library(playing)
    found = _from_tag(playing)
    if isinstance(found, Identified) and is_channel(playing):
        return found._replace(live=True)
    return found


def shown_title(playing: PlayingItem) -> str:
    """The video's name for the user: Kodi's title, else its label, else the file's name."""
    item = playing.item
    show, title = text_of(item, "showtitle"), text_of(item, "title")
    numbers = numbers_of(item)
    if show and numbers:
        return "{} S{:02}E{:02}".format(show, *numbers)
    return title or text_of(item, "label") or base_name(playing.file)


def media_title(media: Sequence[Media]) -> str:
    """The same for what was identified."""
    first = media[0]
    if isinstance(first, Movie):
        return first.title
    numbers = "".join(f"E{one.number:02}" for one in media if isinstance(one, Episode))
    return f"{first.show.title} S{first.season:02}{numbers}"


def hint_subject(playing: PlayingItem) -> str:
    """What an add-on's hint is about: a hint that was seen with another subject before is stale."""
    item = playing.item
    return text_of(item, "showtitle") or text_of(item, "title") or text_of(item, "label")


def is_same_video(one: PlayingItem, other: PlayingItem) -> bool:
    """Whether two items with the same file are one video, as the parts of a stack are.

    Add-ons resolve different videos to one address, that of a proxy of their own. What is not known tells nothing.
    """
    pairs = [(one.item.get(name), other.item.get(name)) for name in ("id", "showtitle", "title", "season", "episode")]
    pairs.append((_custom(one).get("original_listitem_url"), _custom(other).get("original_listitem_url")))
    return all(not first or not second or first == second for first, second in pairs)


def paths_of(playing: PlayingItem) -> list[str]:
    """Every address that the video has: the file played, and the plug-in's or the library's own."""
    item, custom = playing.item, _custom(playing)
    own = [item.get(name) for name in ("file", "mediapath", "dynpath")]
    return [
        path for path in (playing.file, *own, custom.get("original_listitem_url")) if isinstance(path, str) and path
    ]


def _left_alone(playing: PlayingItem, preferences: Preferences) -> Reason | None:
    item, paths = playing.item, paths_of(playing)
    if item.get("type") in ("song", "musicvideo"):
        return Reason.MUSIC
    if is_excluded(paths, preferences.excluded):
        return Reason.EXCLUDED
    names = (text_of(item, "title"), text_of(item, "label"), *map(base_name, paths))
    if _is_excluded_by_its_add_on(playing) or any(is_trailer(name) for name in names):
        return Reason.TRAILER
    if not preferences.pvr and is_channel(playing):
        return Reason.LIVE_TV
    if not preferences.pvr and any(path.startswith("pvr://recordings/") for path in paths):
        return Reason.RECORDING
    if library_id(item) is None and any(is_disc(path) for path in paths):
        return Reason.DISC
    return None


def is_channel(playing: PlayingItem) -> bool:
    """Whether it is live TV."""
    return playing.item.get("type") == "channel" or any(
        path.startswith("pvr://channels/") for path in paths_of(playing)
    )


def _is_excluded_by_its_add_on(playing: PlayingItem) -> bool:
    values = [value for key, value in _custom(playing).items() if str(key).lower() == "script.trakt.exclude"]
    return any(str(value).lower() in ("true", "1") for value in values)


def library_id(item: Fields) -> int | None:
    """The row's id; a channel's ``id`` is not the library's."""
    number = as_number(item.get("id"))
    return number if number and item.get("type") in ("movie", "episode") else None


def _from_library(playing: PlayingItem) -> Identified | Skipped | AskSimkl:
    is_episode = playing.item.get("type") == "episode"
    rows = rows_of_file(playing) if is_episode else [playing.item]
    found = (library_media(row, playing.show) for row in rows)
    media = [one for one in found if isinstance(one, Episode if is_episode else Movie)]
    if media:
        return Identified(tuple(media))
    return _by_title(playing)


def rows_of_file(playing: PlayingItem) -> list[Fields]:
    """The episode that Kodi names, and the others that are in the same file; in order."""
    item = playing.item
    file = item.get("file")
    others = [
        row
        for row in playing.season
        if isinstance(row, dict)
        and row.get("file") == file
        and file
        and as_number(row.get("season", item.get("season"))) == as_number(item.get("season"))
    ]
    rows = [item, *({"season": item.get("season"), **row} for row in others)]
    numbered = {as_number(row.get("episode")): row for row in reversed(rows)}
    return [numbered[number] for number in sorted(number for number in numbered if number)] or [item]


def _from_tag(playing: PlayingItem) -> Identified | Skipped | AskSimkl:
    """A plug-in's video, a server's, a loose file: by its tag's ids, then another add-on's hint, then a name."""
    item = playing.item
    is_loose = not is_of_plugin(playing) and not playing.file.lower().startswith(("http://", "https://"))
    numbers = numbers_of(item) if text_of(item, "showtitle") else None
    media = _tagged_episode(item, numbers) if numbers else _tagged_movie(item)
    if (media is None or (isinstance(media, Movie) and not media.ids)) and not is_loose:
        media = hinted(item, playing.player_info, playing.trakt_ids) or media
    return _by_title(playing) if media is None else Identified((media,))


def _tagged_movie(item: Fields) -> Movie | None:
    title, show = text_of(item, "title"), text_of(item, "showtitle")
    is_movie = item.get("type") == "movie" and show in ("", title)
    ids, year = known_ids(item.get("uniqueid")), as_year(item.get("year"))
    return Movie(title, year, ids) if is_movie and title and (ids or year) else None


def _tagged_episode(item: Fields, numbers: tuple[int, int]) -> Episode | None:
    """Only ``tvshow.…`` ids are the show's for certain; the bare ones are the episode's, or nobody knows whose."""
    ids = known_ids(item.get("uniqueid"), "tvshow.")
    if not ids:
        return None
    return Episode(Show(text_of(item, "showtitle"), None, ids), *numbers, text_of(item, "title"))


def _by_title(playing: PlayingItem) -> Skipped | AskSimkl:
    """What is called by a show's name and numbers alone, or not even that: by the words, as a file's name says them."""
    item = playing.item
    show, numbers = text_of(item, "showtitle"), numbers_of(item)
    if show and numbers:
        name = read_name("{} S{:02}E{:02}.mkv".format(_SLASH.sub(" ", show), *numbers))
    elif is_channel(playing):
        title, year = _SLASH.sub(" ", text_of(item, "title")), as_year(item.get("year"))
        name = read_name(f"{title} ({year}).mkv") if title and year else None
    else:
        name = None if is_of_plugin(playing) else read_name(playing.file)
    asked = question(name) if name is not None else None
    return Skipped(Reason.NAME_SAYS_TOO_LITTLE) if asked is None else asked


def is_of_plugin(playing: PlayingItem) -> bool:
    """Whether an add-on plays it."""
    return any(path.lower().startswith("plugin://") for path in paths_of(playing))


def _custom(playing: PlayingItem) -> Fields:
    return as_object(playing.item.get("customproperties"))
