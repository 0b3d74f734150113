"""What a video file's name says: season and episodes, years; and whether Simkl's answer for it can be believed.

Only the file's own name is ever sent. The folders' names are looked at here for the year, which no name gives away.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from ..activity.reasons import Reason
from ..json_values import as_number, as_object, as_objects, as_year
from ..media import Episode, Media, Movie, Show
from .exclusions import parts_of

_EPISODES = re.compile(
    r"(?<![a-z0-9])s(?P<season>\d{1,2})[ ._-]?(?P<numbers>e\d{1,3}(?:[ ._-]?e\d{1,3}|-\d{1,3}(?![0-9a-z]|\.\d(?!\d)))*)"
    r"|(?<![a-z0-9])(?P<xseason>\d{1,2})x(?P<xnumbers>\d{2,3})(?![0-9])",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![0-9a-z])((?:19|20)\d\d)(?![0-9a-z])", re.IGNORECASE)
_FOLDER_YEAR = re.compile(r"\(((?:19|20)\d\d)\)\s*$")
_TRAILER = re.compile(
    r"(?:[-_.]|\b(?:official|teaser)\s+)trailer\s*$|[(\[]\s*(?:official\s+)?trailer\s*[)\]]", re.IGNORECASE
)
_ENDING = re.compile(r"\.[a-z0-9]{2,4}$", re.IGNORECASE)
_VIDEO = re.compile(
    r"\.(?:3gp|avi|divx|flv|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|ogm|ogv|rmvb|strm|ts|vob|webm|wmv|wtv)$", re.I
)
_DISC = re.compile(
    r"^(?:bluray|dvd|udf|iso9660|disc)://|\.(?:iso|img|nrg)$"
    r"|(?:^|[\\/])(?:VIDEO_TS|BDMV)[\\/]|[\\/](?:VIDEO_TS\.IFO|index\.bdmv)$",
    re.IGNORECASE,
)
_SEVERAL = 12
"""Episodes in one file at most; a longer range is no double episode."""


class FileName(NamedTuple):
    """A file's name taken apart. ``numbers``: the episodes in it, empty for none. ``title``: what stands before
    them."""

    name: str
    title: str
    season: int | None
    numbers: tuple[int, ...]
    years: tuple[int, ...]


class AskSimkl(NamedTuple):
    """Ask ``/search/file`` for ``file``, a name without any folder, and give the answer to :func:`judge`."""

    file: str
    title: str
    season: int | None = None
    numbers: tuple[int, ...] = ()
    years: tuple[int, ...] = ()


class Judged(NamedTuple):
    """What Simkl found. ``namesake``: a show's name to look up before it is believed, because no year tells; or
    empty. ``more``: Simkl reads another episode in the name, which :func:`judge` did not."""

    media: tuple[Media, ...]
    namesake: str = ""
    more: bool = False


def is_trailer(text: str) -> bool:
    """Whether a title, or a file's name, says that this is a trailer (Kodi's ``-trailer``, "(trailer)")."""
    return _TRAILER.search(_ENDING.sub("", text) if _VIDEO.search(text) else text) is not None


def is_disc(path: str) -> bool:
    """Whether ``path`` is a disc's, or that of an image of one."""
    return _DISC.search(path) is not None


def base_name(path: str) -> str:
    """The name of the (first) file, without folders, and for addresses without a query; "" if that is no video's."""
    first = parts_of(path)[0]
    if "://" in first:
        scheme, _, rest = first.partition("://")
        rest = re.split(r"[?#|]", rest)[0] if scheme.lower() not in ("smb", "nfs", "sftp", "ftp") else rest
        first = unquote(rest.partition("/")[2])
    name = re.split(r"[\\/]", first)[-1].strip()
    return name if _VIDEO.search(name) else ""


def read_name(path: str) -> FileName | None:
    """What the name says, with the year of the folder "Title (year)" around it; None if it is no video file's."""
    name = base_name(path)
    if not name:
        return None
    stem = _ENDING.sub("", name)
    found = _EPISODES.search(stem)
    title = plain(stem[: found.start()] if found else stem)
    years = tuple(int(year) for year in _YEAR.findall(stem))
    if not years:
        years = _folder_years(path, title)
    season, numbers = _numbers(found) if found else (None, ())
    return FileName(name, title, season, numbers, years)


def question(name: FileName) -> AskSimkl | None:
    """What to ask for a loose file; None if its name could not confirm any answer."""
    if not name.title or not (name.numbers or name.years):
        return None
    file = name.name
    if name.years and not _YEAR.search(file):  # the folder's year; the rest of the folder's name is nobody's business
        at = _EPISODES.search(file)
        start = at.start() if at else len(_ENDING.sub("", file))
        file = f"{file[:start].rstrip(' ._-')} ({name.years[0]}) {file[start:]}".replace(" .", ".")
    return AskSimkl(file, name.title, name.season, name.numbers, name.years)


def judge(asked: AskSimkl, answer: object) -> Judged | Reason:
    """What Simkl's answer to ``asked`` means, if season and episode, or the year of a film, agree with the name."""
    body = as_object(answer)
    kind = body.get("type")
    if kind == "movie" and not asked.numbers:
        title = _title(body.get("movie"))
        if title is None or title.year not in asked.years:
            return Reason.NAME_SAYS_TOO_LITTLE
        return Judged((Movie(*title),))
    if kind != "episode" or not asked.numbers:
        return Reason.UNKNOWN_SHOW if asked.numbers else Reason.NAME_SAYS_TOO_LITTLE
    show, episode = _title(body.get("show")), body.get("episode")
    if show is None or not isinstance(episode, dict):
        return Reason.UNKNOWN_SHOW
    if (as_number(episode.get("season")), as_number(episode.get("episode"))) != (asked.season, asked.numbers[0]):
        return Reason.UNKNOWN_EPISODE
    if asked.years and show.year not in asked.years:
        return Reason.NAMESAKES
    media = tuple(Episode(show, asked.season or 0, number) for number in asked.numbers)
    more = episode.get("multipart") in (1, "1") and len(media) == 1
    return Judged(media, "" if asked.years else show.title, more)


def with_part(judged: Judged, answer: object) -> Judged:
    """With what Simkl says of the next part of the file, if that is the next episode."""
    last = judged.media[-1]
    body = as_object(answer)
    show, episode = _title(body.get("show")), body.get("episode")
    if not isinstance(last, Episode) or show is None or not isinstance(episode, dict):
        return judged._replace(more=False)
    following = last._replace(number=last.number + 1)
    place = (as_number(episode.get("season")), as_number(episode.get("episode")))
    if show != last.show or place != (following.season, following.number) or len(judged.media) >= _SEVERAL:
        return judged._replace(more=False)
    return judged._replace(media=(*judged.media, following), more=episode.get("multipart") in (1, "1"))


def count_namesakes(title: str, answer: object) -> int:
    """How many titles of a ``/search/tv`` or ``/search/anime`` answer are called exactly so."""
    titles = [row.get("title") for row in as_objects(answer)]
    return sum(isinstance(one, str) and plain(one) == plain(title) for one in titles)


def _numbers(found: re.Match[str]) -> tuple[int, tuple[int, ...]]:
    if found["xseason"]:
        return int(found["xseason"]), (int(found["xnumbers"]),)
    numbers: list[int] = []
    for dash, text in re.findall(r"(-?)e?(\d{1,3})", found["numbers"].lower()):
        number = int(text)
        if dash and not numbers[-1] < number < numbers[-1] + _SEVERAL:
            break
        numbers.extend(range(numbers[-1] + 1, number) if dash else ())
        if number not in numbers:
            numbers.append(number)
    return int(found["season"]), tuple(numbers)


def _folder_years(path: str, title: str) -> tuple[int, ...]:
    """The year of the folder, or of the one above a season's, whose name is the title with a year in brackets."""
    for folder in reversed(re.split(r"[\\/]", parts_of(path)[0])[-3:-1]):
        found = _FOLDER_YEAR.search(folder)
        if found and title and plain(folder[: found.start()]) == title:
            return (int(found.group(1)),)
    return ()


def plain(title: str) -> str:
    """For comparing names: lower case, no punctuation, no year in brackets at the end."""
    text = re.sub(r"\((?:19|20)\d\d\)", " ", title)
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def _title(value: object) -> Show | None:
    """Title, year and Simkl's own id: the numbers of an answer are Simkl's, and go with no other id."""
    if not isinstance(value, dict) or not isinstance(value.get("title"), str) or not value["title"]:
        return None
    ids = as_object(value.get("ids"))
    simkl = ids.get("simkl", ids.get("simkl_id"))
    number = re.fullmatch(r"[1-9]\d{0,11}", str(simkl), re.ASCII)
    return Show(value["title"][:300], as_year(value.get("year")), {"simkl": str(simkl)} if number else {})
