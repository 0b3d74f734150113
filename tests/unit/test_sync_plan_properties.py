"""What holds for every plan, whatever the library, Simkl and their past look like."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

from chances import steady
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.sync.matching import match
from simkl_connect.sync.plan import Plan, Reason, Write, make_plan
from simkl_connect.sync.titles import FILM, Entry, Row, Title

NOW = 1_700_000_000
PLACES = [100_001, 100_002, 200_001, -77]
IDS = {"imdb": ["tt00001", "tt00002"], "tvdb": ["1", "2", "3"], "tmdb": ["1", "2"]}

times = st.sampled_from([0, 2, NOW - 5000, NOW - 10, NOW, NOW + 9999])
ids = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in IDS.items()})
names = st.tuples(st.sampled_from(["A", "a ", "B", ""]), st.sampled_from([None, 2000, 2001]))
agreements = st.lists(st.integers(-12, 12).filter(bool), max_size=3, unique=True).map(lambda rows: tuple(sorted(rows)))


@st.composite
def _row(draw: Any, row_id: int, place: int, files: dict[int, tuple[int, int]]) -> Row:
    """Alone, or in a file with others, which have the same count then."""
    file = draw(st.sampled_from([0, 0, *files]))
    return Row(row_id, place, *(files[file] if file else (draw(st.integers(0, 3)), draw(times))), 0, file)


class World(NamedTuple):
    titles: list[Title]
    entries: list[Entry]


@st.composite
def worlds(draw: Any) -> World:
    row_ids = itertools.count(1)
    titles = []
    for kind, name, its_ids in draw(st.lists(st.tuples(st.sampled_from(["movie", "show"]), names, ids), max_size=5)):
        places = [FILM] if kind == "movie" else draw(st.lists(st.sampled_from(PLACES), max_size=5))
        files = {file: (draw(st.integers(0, 3)), draw(times)) for file in (1, 2)}
        rows = [draw(_row(next(row_ids), place, files)) for place in places]
        titles.append(Title(kind, *name, its_ids, rows))
    entries = []
    for simkl in range(1, draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["movie", "show"]))
        place = st.just(FILM) if kind == "movie" else st.sampled_from(PLACES)
        is_anime = kind == "show" and draw(st.booleans())
        watched, agreed = draw(st.dictionaries(place, times)), draw(st.dictionaries(place, agreements))
        odd = (draw(st.integers(0, 2)), draw(st.booleans())) if kind == "show" else (0, False)
        entries.append(Entry(kind, simkl, is_anime, *draw(names), draw(ids), watched, *odd, agreed))
    return World(titles, entries)


def applied(world: World, plan: Plan, refused: dict[str, Reason]) -> World:
    """Both sides after the plan was carried out; Simkl does not find what ``refused`` names."""
    where = {id(title): found for found in match(*world) for title in found.titles}
    entries = {(entry.kind, entry.simkl): entry for entry in world.entries}
    for name, agreed in plan.agreed.items():
        entries[name] = entries[name]._replace(agreed=agreed)
    new: dict[tuple[str, str], Entry] = {}
    for send in plan.sends:
        known = where[id(send.title)].entries
        entry = entries[known[0].kind, known[0].simkl] if known else None
        if send.key in refused:
            continue
        if entry is None:
            name = (send.title.kind, where[id(send.title)].key)
            entry = new.setdefault(name, Entry(send.title.kind, 100 + len(new), False, "", None, send.ids, {}))
            entry.watched[send.row.place] = send.watched_at
        else:
            watched = {**entry.watched, send.row.place: send.watched_at}
            entries[entry.kind, entry.simkl] = entry._replace(watched=watched)
    writes = {(write.title.kind, write.row.row_id): write for write in plan.writes}
    of_files = {(id(write.title), write.row.file): write for write in plan.writes if write.row.file}
    titles = []
    for title in world.titles:
        rows = [
            _written(row, writes.get((title.kind, row.row_id)) or of_files.get((id(title), row.file)))
            for row in title.rows
        ]
        titles.append(title._replace(rows=rows))
    return World(titles, [*entries.values(), *new.values()])


def _written(row: Row, write: Write | None) -> Row:
    return row if write is None else row._replace(playcount=1, last_played=write.last_played or row.last_played)


@given(worlds(), st.data())
@steady(300)
def test_a_second_run_has_nothing_to_do(world: World, data: Any) -> None:
    plan = make_plan(*world, {}, NOW)
    keys = [send.key for send in plan.sends]
    refused = {key: Reason.NOT_FOUND for key in (data.draw(st.lists(st.sampled_from(keys))) if keys else [])}
    world = applied(world, plan, refused)
    second = make_plan(*world, refused, NOW)
    assert not second.sends and not second.writes
    third = make_plan(*applied(world, second, refused), refused, NOW)
    assert not third.sends and not third.writes and not third.agreed


@given(worlds())
@steady(300)
def test_nothing_is_unwatched_and_no_play_count_is_touched_that_is_not_0(world: World) -> None:
    plan = make_plan(*world, {}, NOW)
    assert all(write.row.playcount == 0 for write in plan.writes)
    assert all(any(row.playcount > 0 for row in send.title.rows) or len(world.titles) > 1 for send in plan.sends)


@given(worlds())
@steady(300)
def test_a_row_is_marked_only_if_its_episode_is_watched_somewhere(world: World) -> None:
    after = applied(world, make_plan(*world, {}, NOW), {})
    for found, before in zip(match(*after), match(*world)):
        watched = {row.place for title in before.titles for row in title.rows if row.playcount > 0}
        watched.update(place for entry in before.entries for place in entry.watched)
        assert all(row.place in watched for title in found.titles for row in title.rows if row.playcount > 0)


@given(worlds())
@steady(300)
def test_no_date_lies_in_the_future_and_none_moves_back(world: World) -> None:
    plan = make_plan(*world, {}, NOW)
    assert all(0 <= send.watched_at <= NOW for send in plan.sends)
    assert all(write.last_played == 0 or write.row.last_played < write.last_played <= NOW for write in plan.writes)


@given(worlds())
@steady(300)
def test_each_mark_is_carried_over_once_or_left_alone_with_a_reason(world: World) -> None:
    plan = make_plan(*world, {}, NOW)
    assert len({send.key for send in plan.sends}) == len(plan.sends)
    written = [(write.title.kind, write.row.row_id) for write in plan.writes]
    assert len(set(written)) == len(written)
    for found in match(*world):
        here = {row.place for title in found.titles for row in title.rows if row.playcount > 0}
        there = {place for entry in found.entries for place in entry.watched}
        sent = {send.row.place for send in plan.sends if any(send.title is title for title in found.titles)}
        left = {one.title for one in plan.left}
        assert here - there - sent == set() or any(title.title in left for title in found.titles)
