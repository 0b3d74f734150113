"""What the user is asked about the sync: whether it is wanted, what of it, and whether it is to be undone.

The service does the work: it is sent commands, and says in the sync property how far it is. Titles are private, so a
preview comes through the database.
"""

from __future__ import annotations

import json
from time import monotonic
from typing import Iterator, Mapping, Sequence

import xbmc
import xbmcgui

from ...api.parsing import clean_text
from ...errors import StorageFailed
from ...json_values import as_object
from ...scrobbling.callbacks import owners_of
from ...storage.reader import Reader
from ...storage.stored import Stored
from ...sync import OFFERED, PREVIEW, UNDO
from ...sync.preview import Preview, load_preview
from ...sync.run import Directions
from ...ui.commands import SYNC, SYNC_ANSWER, SYNC_CANCEL, SYNC_OFFERED, SYNC_UNDO
from .. import files, ipc, preferences, texts
from ..json_rpc import call
from ..own_addon import addon_name
from ..texts import Texts

LOOK_EVERY = 0.2
"""Seconds between two looks at what the service says."""
PATIENCE = 10.0
"""Seconds in which a service that runs takes up a command, and finds out whose account it is."""
YES, NO = 107, 106
"""Kodi's own texts."""
LONGEST_TITLE = 120
"""Letters."""
_UNDER_WAY = ("reading", "sending", "writing")


def offer() -> None:
    """After a sign-in: asks once for each account whether library and Simkl are to be brought together.

    Not over a video that plays, and not where the library is empty: then the next sign-in asks.
    """
    if xbmc.Player().isPlayingVideo() or _is_library_empty() or _was_offered():
        return
    wanted = xbmcgui.Dialog().yesno(addon_name(), Texts()(texts.SYNC_OFFER))
    ipc.send(SYNC_OFFERED, ipc.new_request())
    if wanted:
        bring_together(asks=True)


def bring_together(asks: bool) -> None:
    """Compares library and Simkl, shows what would be done, and has it done as far as the user wants it.

    Without ``asks`` it is done at once. While a sync is under way, ``asks`` offers to end it; where there is something
    to undo, that too.
    """
    if not ipc.published():
        _say(texts.PROBLEMS["service_gone"])
    elif ipc.sync_news().get("status") in _UNDER_WAY:
        if asks and xbmcgui.Dialog().yesno(addon_name(), Texts()(texts.SYNC_UNDER_WAY)):
            ipc.send(SYNC_CANCEL, ipc.new_request())
    elif not asks:
        ipc.send(SYNC, ipc.new_request(), asks=False)
    elif not _undo_count():
        _compare()
    else:
        choice = xbmcgui.Dialog().select(addon_name(), [Texts()(texts.SYNC_NOW), Texts()(texts.SYNC_UNDO)])
        if choice == 0:
            _compare()
        elif choice == 1:
            undo()


def undo() -> None:
    """Asks once, then has the service take back what the last sync set in the library."""
    count, text = _undo_count(), Texts()
    if not ipc.published():
        _say(texts.PROBLEMS["service_gone"])
    elif not count:
        _say(texts.SYNC_NO_UNDO)
    elif xbmcgui.Dialog().yesno(addon_name(), text(texts.SYNC_UNDO_QUESTION).format(count=count)):
        ipc.send(SYNC_UNDO, ipc.new_request())


def _compare() -> None:
    request = ipc.new_request()
    ipc.send(SYNC, request, asks=True)
    news = _wait_for_question(request)
    status, problem = news.get("status"), news.get("problem")
    preview = _preview() if status == "asking" else None
    if preview is not None:
        directions = _choose(preview)
        if directions is None:
            ipc.send(SYNC_CANCEL, request)
        else:
            ipc.send(SYNC_ANSWER, request, to_simkl=directions.to_simkl, to_kodi=directions.to_kodi)
    elif status == "failed":
        known = {**texts.PROBLEMS, texts.BUSY: texts.SYNC_BUSY}
        _say(known.get(str(problem), texts.PROBLEMS["internal"]))
    elif status == "asking":
        ipc.send(SYNC_CANCEL, request)
        _say(texts.PROBLEMS["storage"])


def _wait_for_question(request: str) -> Mapping[str, object]:
    """What the service says once it has read both sides; nothing if Kodi ends, or another one has taken over."""
    monitor, was_taken, patient_until = xbmc.Monitor(), False, monotonic() + PATIENCE
    while not monitor.waitForAbort(LOOK_EVERY):
        news = ipc.sync_news()
        is_ours = news.get("request") == request
        if not ipc.published():
            return {"status": "failed", "problem": "service_gone"}
        if is_ours and news.get("status") != "reading":
            return news
        if was_taken and not is_ours:
            return {}
        if not was_taken and monotonic() > patient_until:
            return {"status": "failed", "problem": "service_silent"}
        was_taken = was_taken or is_ours
    return {}


def _choose(preview: Preview) -> Directions | None:
    """What the user wants carried where; None: nothing is to be done."""
    text = Texts()
    before = preferences.syncing()
    directions = Directions(*before) if any(before) else Directions(True, True)
    choice = 0
    while True:
        items: list[str | xbmcgui.ListItem] = [xbmcgui.ListItem(*row) for row in _menu(preview, directions, text)]
        choice = xbmcgui.Dialog().select(addon_name(), items, preselect=choice, useDetails=True)
        if choice < 0:
            return None
        if choice == 0:
            return directions
        if choice == 1:
            directions = directions._replace(to_simkl=not directions.to_simkl)
        elif choice == 2:
            directions = directions._replace(to_kodi=not directions.to_kodi)
        else:
            xbmcgui.Dialog().textviewer(addon_name(), "\n".join(_titles(preview, text)))


def _menu(preview: Preview, directions: Directions, text: Texts) -> Iterator[tuple[str, str]]:
    numbers = text(texts.SYNC_NUMBERS)
    rows = (
        (texts.SYNC_TO_SIMKL, directions.to_simkl, preview.episodes_to_simkl, preview.films_to_simkl),
        (texts.SYNC_TO_KODI, directions.to_kodi, preview.episodes_to_kodi, preview.films_to_kodi),
    )
    yield text(texts.SYNC_START), ""
    for number, is_on, episodes, films in rows:
        switch = xbmc.getLocalizedString(YES if is_on else NO)
        yield f"{text(number)}: {switch}", numbers.format(episodes=episodes, films=films)
    yield text(texts.SYNC_TITLES), text(texts.SYNC_LEFT).format(count=sum(preview.left.values()))


def _titles(preview: Preview, text: Texts) -> Iterator[str]:
    """Everything by title, under headings."""
    for number, titles in (
        (texts.SYNC_TO_SIMKL, preview.titles_to_simkl),
        (texts.SYNC_TO_KODI, preview.titles_to_kodi),
    ):
        yield from _section(text(number), titles)
    for reason in preview.left:
        titles = [title for why, title in preview.titles_left if why is reason]
        yield from _section(f"{text(texts.LEFT_ALONE[reason.value])}: {len(titles)}", titles)


def _section(heading: str, titles: Sequence[str]) -> Iterator[str]:
    if titles:
        yield f"[B]{heading}[/B]"
        yield from (clean_text(title, LONGEST_TITLE) for title in titles)
        yield ""


def _preview() -> Preview | None:
    try:
        rows = _reader().rows(PREVIEW)
    except StorageFailed:
        return None
    return load_preview(rows[-1]) if rows else None


def _undo_count() -> int:
    """How many marks could be taken back."""
    try:
        rows = _reader().rows(UNDO)
    except StorageFailed:
        return 0
    return sum(_length(row) for row in rows)


def _length(text: str) -> int:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return 0
    return len(rows) if isinstance(rows, list) else 0


def _is_library_empty() -> bool:
    methods = ("VideoLibrary.GetMovies", "VideoLibrary.GetEpisodes")
    answers = [call(method, {"limits": {"start": 0, "end": 1}}) for method in methods]
    return not any(as_object(answer.get("limits")).get("total") for answer in answers)


def _was_offered() -> bool:
    reader, monitor = _reader(), xbmc.Monitor()
    stored, patient_until = Stored(reader.read), monotonic() + PATIENCE
    try:
        while not stored.account().account_id and monotonic() < patient_until:  # it comes a little after the token
            if monitor.waitForAbort(LOOK_EVERY):
                return True
        return any(reader.read(OFFERED + owner) for owner in owners_of(stored))
    except StorageFailed:
        return True  # then nothing can be remembered, and nothing done


def _reader() -> Reader:
    return Reader(files.database())


def _say(number: int) -> None:
    xbmcgui.Dialog().ok(addon_name(), Texts()(number))
