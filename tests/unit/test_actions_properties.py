"""Any order of plays, corrections, undos and repeats, with a network that comes, goes, and loses answers."""

from __future__ import annotations

import json
from typing import NamedTuple, Union

from chances import steady
from hypothesis import given
from hypothesis import strategies as st
from scrobbling_device import OFFLINE, Device, episode, taken
from simkl_connect.api.history import remove_request
from simkl_connect.errors import Problem, TransientError
from simkl_connect.http.messages import Request
from simkl_connect.media import Episode, Media, Movie, Show
from simkl_connect.models import Secret, Token

SHOW = Show("Harbour Lights", 2009, {"tvdb": "1111"})
LOST = TransientError(Problem.TIMEOUT, "read")


class Watch(NamedTuple):
    percent: float


class Press(NamedTuple):
    """On the entry of so many plays ago."""

    name: str
    ago: int


class Network(NamedTuple):
    """``takes``: requests have their effect; ``answers``: and that is heard of."""

    takes: bool
    answers: bool


class Wait(NamedTuple):
    seconds: float
    restart: bool


Act = Union[Watch, Press, Network, Wait]
ACTS = st.one_of(
    st.builds(Watch, st.sampled_from([40.0, 95.0])),
    st.builds(Press, st.sampled_from(["undo", "choose", "send_again"]), st.integers(0, 3)),
    st.builds(Network, st.booleans(), st.booleans()),
    st.builds(Wait, st.sampled_from([0.0, 5000.0]), st.booleans()),
)


class Server:
    """The numbers of the episodes that are marked on Simkl."""

    def __init__(self) -> None:
        self.network = Network(True, True)
        self.marked: set[int] = set()

    def serve(self, device: Device) -> None:
        device.wait()
        for _ in range(100):
            if not device.worker.waiting:
                return
            request = device.worker.send()
            if self.network.takes:
                self.take(request)
            answered = taken(request) if all(self.network) else LOST if self.network.takes else OFFLINE
            device.answer(answered)

    def take(self, request: Request) -> None:
        body = json.loads(json.dumps(request.json))
        if request.path == "/scrobble/stop" and body["progress"] >= 80:
            self.marked.add(body["episode"]["number"])
        shows = body.get("shows", [])
        numbers = {one["number"] for show in shows for season in show["seasons"] for one in season["episodes"]}
        if request.path == "/sync/history":
            self.marked |= numbers
        elif request.path == "/sync/history/remove":
            self.marked -= numbers


class Entry(NamedTuple):
    """What the user expects of an entry: which episode it is, whether it was watched, and taken back."""

    row: int
    number: int
    watched: bool
    undone: bool = False


def press(device: Device, act: Press, entry: Entry, number: int) -> Entry:
    if act.name == "choose":
        device.choose(Episode(SHOW, 1, number), entry.row)
        return entry._replace(number=number, undone=False)
    device.act(act.name, entry.row)
    if act.name == "undo":
        return entry._replace(undone=entry.watched)
    return entry._replace(undone=False)


@steady(400)
@given(st.lists(ACTS, max_size=15))
def test_what_the_user_wants_is_on_simkl_in_the_end_and_nothing_else(acts: list[Act]) -> None:
    device, server = Device(), Server()
    entries: list[Entry] = []
    for number, act in enumerate(acts, 1):
        if isinstance(act, Watch):
            device.watch(episode(number), act.percent)
            entries.append(Entry(device.rows()[-1][0], number, act.percent >= 80))
        elif isinstance(act, Press):
            if act.ago < len(entries):
                place = len(entries) - 1 - act.ago
                entries[place] = press(device, act, entries[place], number)
        elif isinstance(act, Network):
            server.network = act
        else:
            server.serve(device)
            if act.restart:
                device.scrobbler.close(0.5)
                device.restart()
            device.wait(act.seconds)
    server.network = Network(True, True)
    for _ in range(3):
        device.wait(901.0)
        server.serve(device)
    assert server.marked == {one.number for one in entries if one.watched and not one.undone}
    assert device.outbox() == []
    times = device.scrobbler.decisions.taken_back(["1"])
    taken_back = {number for one in times.values() for _, number in one}
    assert {one.number for one in entries if one.undone} <= taken_back
    assert not taken_back & server.marked
    rows = dict(device.rows())
    assert [rows[one.row].get("undone", False) for one in entries] == [one.undone for one in entries]
    wanted = {one.row: "watched" if one.watched else "paused" for one in entries if not one.undone}
    assert {row: rows[row]["status"] for row in wanted} == wanted


IDS = st.dictionaries(
    st.sampled_from(["simkl", "imdb", "tmdb", "tvdb"]), st.from_regex(r"[1-9]\d{0,3}", fullmatch=True)
)
YEARS = st.none() | st.integers(1900, 2100)
MEDIA = st.one_of(
    st.builds(Movie, st.text(max_size=3), YEARS, IDS),
    st.builds(Episode, st.builds(Show, st.text(max_size=3), YEARS, IDS), st.integers(0, 3), st.integers(1, 9)),
)


@steady(300)
@given(st.lists(MEDIA, max_size=20))
def test_a_removal_means_its_films_and_episodes_and_never_a_show_or_a_season(media: list[Media]) -> None:
    body = remove_request(media, Token(Secret("t"), client_id="app")).json
    assert isinstance(body, dict)
    assert body.keys() <= {"movies", "shows"}
    found = [season for show in body.get("shows", []) for season in show["seasons"]]
    assert all(show["seasons"] and "episodes" not in show for show in body.get("shows", []))
    numbers = [(season["number"], one["number"]) for season in found for one in season["episodes"]]
    assert all(season["episodes"] for season in found)
    films = [one for one in media if isinstance(one, Movie)]
    only_episodes = [(1, 1) for one in films if one.is_anime]
    wanted = [*only_episodes, *((one.season, one.number) for one in media if isinstance(one, Episode))]
    assert sorted(numbers) == sorted(wanted)
    assert len(body.get("movies", [])) == len(films) - len(only_episodes)
