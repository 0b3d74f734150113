"""What a decision of the user holds for, by how Kodi, a plug-in or a file's name call a video."""

from __future__ import annotations

import pytest
from fakes import MemoryDatabase
from scrobbling_device import episode, film
from simkl_connect.identification.decisions import KEPT, Decisions
from simkl_connect.identification.exclusions import Preferences, folder_of, is_excluded
from simkl_connect.identification.identify import PlayingItem
from simkl_connect.identification.subjects import Subject, dump_origin, load_subject, origin_of, subject_of
from simkl_connect.media import Episode, Media, Movie, Show

TARGET = Show("Harbour Lights", 2009, {"simkl": "203"})
FILM = Movie("Night Ferry", 1998, {"simkl": "102"})


def decisions(database: MemoryDatabase) -> Decisions:
    return Decisions(database, Preferences, lambda: 0.0)  # type: ignore[arg-type]


def loose(name: str) -> PlayingItem:
    return PlayingItem({"type": "unknown"}, f"/tv/{name}.mkv")


def plug_in(number: int, **more: object) -> PlayingItem:
    tag = {"type": "episode", "showtitle": "Hrbr Lghts", "season": 1, "episode": number}
    return PlayingItem({**tag, "mediapath": f"plugin://plugin.video.a/?id={number}", **more}, f"http://h/{number}")


def lights(season: int, number: int) -> Episode:
    return Episode(TARGET, season, number)


@pytest.mark.parametrize(
    ("first", "chosen", "second", "expected"),
    [
        pytest.param(loose("Lghts S01E01"), lights(1, 1), loose("lghts.1x02"), lights(1, 2), id="next episode"),
        pytest.param(loose("Lghts S01E01"), lights(1, 1), loose("Lghts S03E05"), lights(3, 5), id="another season"),
        pytest.param(loose("Lghts S01E01"), lights(1, 1), loose("Other S01E02"), None, id="another show"),
        pytest.param(loose("Lghts (2009) S01E01"), lights(1, 1), loose("Lghts (2019) S01E02"), None, id="another year"),
        pytest.param(loose("Lghts S02E01"), lights(1, 13), loose("Lghts S02E02"), lights(1, 14), id="other numbers"),
        pytest.param(loose("Lghts S02E05"), lights(2, 1), loose("Lghts S02E03"), None, id="an episode below 1"),
        pytest.param(loose("Lghts S02E01"), lights(1, 13), loose("Lghts S03E01"), None, id="not of another season"),
        pytest.param(loose("Lghts S00E01"), FILM, loose("Lghts S00E01"), FILM, id="a special that is a film"),
        pytest.param(loose("Lghts S00E01"), FILM, loose("Lghts S00E02"), None, id="not the next one"),
        pytest.param(loose("video"), lights(1, 4), loose("video"), lights(1, 4), id="a file that is called nothing"),
        pytest.param(loose("video"), FILM, PlayingItem({}, "/b/video.mkv"), None, id="the same name elsewhere"),
        pytest.param(plug_in(1), lights(1, 1), plug_in(2), lights(1, 2), id="a plug-in's show"),
        pytest.param(plug_in(1), lights(1, 5), plug_in(1), lights(1, 5), id="a plug-in's episode"),
        pytest.param(plug_in(1), lights(1, 5), plug_in(2), None, id="a plug-in's next one, with other numbers"),
        pytest.param(
            plug_in(1, showtitle=""), FILM, plug_in(1, showtitle=""), FILM, id="a plug-in's video by its address"
        ),
        pytest.param(plug_in(1, showtitle=""), FILM, plug_in(2, showtitle=""), None, id="not its other videos"),
        pytest.param(episode(1), lights(1, 1), episode(2), lights(1, 2), id="a show of the library"),
        pytest.param(episode(1), lights(1, 2), episode(3), None, id="a library's episode alone"),
        pytest.param(film(1), FILM, film(1), FILM, id="a film of the library"),
        pytest.param(film(1), FILM, film(2), None, id="another film"),
        pytest.param(PlayingItem({}, "dvd://1"), FILM, PlayingItem({}, "dvd://1"), None, id="the next disc"),
        pytest.param(
            PlayingItem({}, "http://127.0.0.1:1/a.mkv"),
            FILM,
            PlayingItem({}, "http://127.0.0.1:1/a.mkv"),
            None,
            id="a proxy",
        ),
    ],
)
def test_what_a_correction_holds_for(
    first: PlayingItem, chosen: Media, second: PlayingItem, expected: Media | None
) -> None:
    database = MemoryDatabase()
    assert decisions(database).correct(subject_of(first), chosen) == (chosen,)
    assert decisions(database).media(subject_of(second)) == ((expected,) if expected else ())


def test_the_latest_correction_counts() -> None:
    database = MemoryDatabase()
    for chosen in (lights(1, 13), lights(2, 1)):
        decisions(database).correct(subject_of(loose("Lghts S02E01")), chosen)
    assert decisions(database).media(subject_of(loose("Lghts S02E02"))) == (lights(2, 2),)
    assert len(database.queued) == 1


def test_all_episodes_of_a_file_are_corrected() -> None:
    known = decisions(MemoryDatabase())
    known.correct(subject_of(loose("Lghts S01E01")), lights(1, 1))
    assert known.media(subject_of(loose("Lghts S01E02E03"))) == (lights(1, 2), lights(1, 3))


def test_the_oldest_correction_is_dropped() -> None:
    database = MemoryDatabase()
    known = decisions(database)
    for number in range(KEPT + 1):
        known.correct(Subject((f"file {number}",)), FILM)
    assert len(database.queued) == KEPT
    for one in (known, decisions(database)):
        assert [one.media(Subject((f"file {number}",))) for number in (0, 1)] == [(), (FILM,)]


def test_a_full_disk_forgets_at_the_end_only() -> None:
    database = MemoryDatabase()
    database.full = True
    known = decisions(database)
    known.correct(Subject(("file a",)), FILM)
    known.exclude(["/a/"])
    assert known.media(Subject(("file a",))) == (FILM,)
    assert known.is_excluded("/a/b.mkv")


@pytest.mark.parametrize("item", ["", "[]", '{"keys": 5}', '{"keys": ["a"], "media": {}}', '{"keys": [[]]}'])
def test_odd_rows_are_passed_over(item: str) -> None:
    database = MemoryDatabase()
    database.push("correction", item)
    assert decisions(database).media(Subject(("a",))) == ()


class TestTakenBack:
    def test_it_is_known_by_each_name_and_to_its_owner_alone_after_a_restart_too(self) -> None:
        database = MemoryDatabase()
        decisions(database).take_back("ada", [lights(1, 2)], 7.0)
        known = decisions(database)
        assert known.taken_back(["ada"]) == {"show simkl:203": {(1, 2): 7.0}, "show harbour lights 2009": {(1, 2): 7.0}}
        assert known.taken_back(["grace"]) == {}

    def test_what_is_wanted_back_is_that_alone(self) -> None:
        database = MemoryDatabase()
        known = decisions(database)
        known.take_back("ada", [lights(1, 1), lights(1, 2)], 7.0)
        for owner, key, number in (
            ("grace", "show simkl:203", 2),
            ("ada", "show simkl:204", 2),
            ("ada", "show simkl:203", 3),
        ):
            known.want_back([owner], [key], (1, number))
        assert set(known.taken_back(["ada"])["show simkl:203"]) == {(1, 1), (1, 2)}
        known.want_back(["ada", "since 5"], ["show tvdb:1", "show simkl:203"], (1, 2))
        for one in (known, decisions(database)):
            assert one.taken_back(["ada"])["show simkl:203"] == {(1, 1): 7.0}
        known.want_back(["ada"], ["show simkl:203"], (1, 1))
        assert (known.taken_back(["ada"]), database.rows("taken_back")) == ({}, [])

    def test_the_oldest_is_dropped(self) -> None:
        known = decisions(MemoryDatabase())
        for number in range(KEPT + 1):
            known.take_back("ada", [lights(1, number + 1)], 7.0)
        numbers = known.taken_back(["ada"])["show simkl:203"]
        assert (len(numbers), (1, 1) in numbers) == (KEPT, False)

    def test_a_full_disk_forgets_at_the_end_only(self) -> None:
        database = MemoryDatabase()
        database.full = True
        known = decisions(database)
        known.take_back("ada", [FILM], 7.0)
        assert known.taken_back(["ada"])["movie simkl:102"] == {(0, 0): 7.0}
        known.want_back(["ada"], ["movie simkl:102"], (0, 0))
        assert known.taken_back(["ada"]) == {}

    def test_all_is_forgotten_with_the_other_decisions(self) -> None:
        database = MemoryDatabase()
        known = decisions(database)
        known.take_back("ada", [FILM], 7.0)
        known.clear()
        assert known.taken_back(["ada"]) == decisions(database).taken_back(["ada"]) == {}

    @pytest.mark.parametrize(
        "item",
        ["", "[]", '{"owner": "a"}', '{"owner": "a", "media": [5], "at": 1}', '{"owner": 5, "media": [], "at": "x"}'],
    )
    def test_odd_rows_are_passed_over(self, item: str) -> None:
        database = MemoryDatabase()
        database.push("taken_back", item)
        assert decisions(database).taken_back(["a"]) == {}


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/films/kids/x.mkv", "/films/kids/"),
        ("smb://Ada:pw@NAS/Kids/x.mkv", "smb://nas/kids/"),
        ("nfs://nas/kids/100%25 x/y.mkv", "nfs://nas/kids/100% x/"),
        ("/films/100%2541/y.mkv", "/films/100%2541/"),
        ("stack:///films/kids/a.mkv , /films/kids/b.mkv", "/films/kids/"),
        ("zip://%2ffilms%2fkids%2fa.zip/a.mkv", "/films/kids/"),
        ("C:\\Films\\x.mkv", "c:/films/"),
        ("https://h/secret/x.mkv", ""),
        ("pvr://recordings/x.pvr", ""),
        ("plugin://plugin.video.a/x", ""),
        ("/x.mkv", ""),
        ("", ""),
    ],
)
def test_the_folder_of_a_file(path: str, folder: str) -> None:
    assert folder_of(path) == folder
    assert not folder or is_excluded([path], [folder])


def test_what_a_row_keeps_is_read_back() -> None:
    for playing in (loose("Lghts S01E01E02"), film(), episode(3), PlayingItem({}, "")):
        assert load_subject(dump_origin(origin_of(playing))["subject"]) == subject_of(playing)


@pytest.mark.parametrize("value", [None, [], {"keys": 5, "numbers": "x"}, {"keys": [5], "numbers": [[]], "season": {}}])
def test_an_odd_subject_is_none(value: object) -> None:
    assert load_subject(value) == Subject()
