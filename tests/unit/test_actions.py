"""What the user does with an entry of the activity page."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from chances import json_values, steady
from hypothesis import given
from hypothesis import strategies as st
from scrobbling_device import OFFLINE, Device, episode, film, numbers_sent, reply, taken
from simkl_connect.activity.actions import read_choice
from simkl_connect.errors import Problem, TransientError
from simkl_connect.http.messages import Request
from simkl_connect.identification.identify import PlayingItem
from simkl_connect.identification.media_json import dump_media
from simkl_connect.media import Episode, Media, Movie, Show
from simkl_connect.models import Account, Secret, Token
from simkl_connect.scrobbling.callbacks import Notice

LIGHTS = Show("Harbour Lights", 2009, {"simkl": "203"})
FERRY = Movie("Night Ferry", 1998, {"simkl": "102"})
NOTHING = reply(200, [])


@pytest.fixture
def device() -> Device:
    return Device()


def loose(number: int, folder: str = "/tv") -> PlayingItem:
    """A file whose show Simkl does not find by its name."""
    return PlayingItem({"type": "unknown"}, f"{folder}/Hrbr Lghts S01E{number:02}.mkv")


def watch_unknown(device: Device, playing: PlayingItem, percent: float = 95.0) -> None:
    device.play(playing, 0.0)
    device.wait()
    assert device.answer(NOTHING).path == "/search/file"
    device.play(playing, percent)
    device.scrobbler.stopped()
    device.wait()


def utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def removed(request: Request) -> list[tuple[int, int]]:
    """Season and number of each episode in a removal."""
    assert (request.path, isinstance(request.json, dict)) == ("/sync/history/remove", True)
    body: Any = request.json
    return [(one["number"], part["number"]) for one in body["shows"][0]["seasons"] for part in one["episodes"]]


class TestChoose:
    def test_an_unknown_file_that_was_watched_is_sent_with_its_time(self, device: Device) -> None:
        watch_unknown(device, loose(1))
        assert device.said == ("skipped", "unknown_show")
        at = utc(device.wall.now)
        device.wait(7200.0)
        device.choose(Episode(LIGHTS, 1, 1, "One"))
        assert device.said == ("waiting", "")
        (sent,) = device.answer_all()
        assert numbers_sent(sent) == [(1, at)]
        assert device.row["title"] == "Harbour Lights S01E01"
        assert device.said == ("watched", "")

    def test_the_next_episode_then_goes_through_by_itself_after_a_restart_too(self, device: Device) -> None:
        watch_unknown(device, loose(1))
        device.choose(Episode(LIGHTS, 1, 1))
        device.answer_all()
        device.restart()
        device.watch(loose(2))
        assert {request.path for request in device.answer_all()} == {"/scrobble/stop"}
        assert (device.row["title"], device.said) == ("Harbour Lights S01E02", ("watched", ""))

    def test_what_was_left_early_is_remembered_and_not_sent(self, device: Device) -> None:
        watch_unknown(device, loose(1), 41.0)
        device.choose(Episode(LIGHTS, 1, 1))
        assert device.answer_all() == []
        assert (device.row["status"], device.row["title"]) == ("paused", "Harbour Lights S01E01")
        device.watch(loose(1))
        assert {request.path for request in device.answer_all()} == {"/scrobble/stop"}

    def test_a_wrong_mark_is_taken_back_before_the_right_one_is_made(self, device: Device) -> None:
        device.watch(episode(1))
        at = utc(device.wall.now)
        device.answer_all()
        device.wait(3600.0)
        device.choose(Episode(LIGHTS, 1, 2))
        first, second = device.answer_all()
        assert removed(first) == [(1, 1)]
        assert numbers_sent(second) == [(2, at)]
        assert device.said == ("watched", "")

    def test_a_wrong_mark_that_waits_is_not_sent_at_all(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer(OFFLINE)
        device.choose(Episode(LIGHTS, 1, 2))
        device.scrobbler.retry_now()
        (sent,) = device.answer_all()
        assert [number for number, _ in numbers_sent(sent)] == [2]

    def test_the_title_that_it_has_already_changes_nothing_at_simkl(self, device: Device) -> None:
        device.watch(film())
        device.answer_all()
        del device.database.values["recent_marks"]
        device.restart()
        device.choose(Movie("Film 1", 2001, {"simkl": "5"}))
        assert device.answer_all() == []
        assert device.row["status"] == "watched"

    def test_a_mark_that_another_entry_has_earned_stays(self, device: Device) -> None:
        device.watch(film(1))
        device.answer_all()
        device.wait(2700.0)
        other = PlayingItem({**film(1).item, "id": 9, "file": "/films/9.mkv"}, "/films/9.mkv")
        device.watch(other)
        device.answer_all()
        device.choose(FERRY)
        (sent,) = device.answer_all()
        assert sent.path == "/sync/history"

    def test_both_episodes_of_a_double_file_are_named(self, device: Device) -> None:
        watch_unknown(device, PlayingItem({"type": "unknown"}, "/tv/Hrbr Lghts S01E04E05.mkv"))
        device.choose(Episode(LIGHTS, 2, 8))
        (sent,) = device.answer_all()
        assert [number for number, _ in numbers_sent(sent)] == [8, 9]

    def test_what_plays_is_reported_as_what_was_chosen(self, device: Device) -> None:
        device.play(loose(1), 10.0)
        device.wait()
        device.answer(NOTHING)
        device.choose(Episode(LIGHTS, 1, 1))
        assert [request.path for request in device.answer_all()] == ["/scrobble/start"]
        assert device.said == ("watching", "")
        device.scrobbler.sampled(loose(1).file, 2600.0, 2700.0)
        device.scrobbler.stopped()
        assert [request.path for request in device.answer_all()] == ["/scrobble/stop"]

    def test_after_an_undo_the_right_title_can_be_chosen(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer_all()
        device.act("undo")
        device.choose(Episode(LIGHTS, 1, 2))
        first, second = device.answer_all()
        assert removed(first) == [(1, 1)]
        assert [number for number, _ in numbers_sent(second)] == [2]
        assert (device.row["undone"], device.said) == (False, ("watched", ""))


class TestSendAgain:
    def test_a_failed_mark_is_tried_by_all_ways_with_its_time(self, device: Device) -> None:
        device.watch(film())
        at = utc(device.wall.now)
        device.answer(reply(404, {"error": "id_err"}))
        device.wait()
        refused = device.worker.send()
        assert isinstance(refused.json, dict)
        device.answer(reply(201, {"added": {}, "not_found": {"movies": refused.json["movies"], "shows": []}}))
        assert (device.said, device.row["can"]) == (
            ("failed", "unknown_movie"),
            ["choose", "send_again", "never_folder", "open"],
        )
        device.act("send_again")
        (sent,) = device.answer_all()
        assert isinstance(sent.json, dict)
        assert sent.json["movies"][0]["watched_at"] == at
        assert device.said == ("watched", "")

    def test_what_simkl_did_not_know_is_asked_for_again(self, device: Device) -> None:
        watch_unknown(device, loose(1))
        device.act("send_again")
        assert device.said == ("waiting", "")
        found = {"title": "Harbour Lights", "year": 2009, "ids": {"simkl": 203}}
        device.answer(reply(200, {"type": "episode", "show": found, "episode": {"season": 1, "episode": 1}}))
        for _ in ("tv", "anime"):
            device.answer(NOTHING)
        assert [request.path for request in device.answer_all()] == ["/sync/history"]
        assert (device.row["title"], device.said) == ("Harbour Lights S01E01", ("watched", ""))
        assert "undo" in device.row["can"]

    def test_what_was_taken_back_is_sent_again(self, device: Device) -> None:
        device.watch(film())
        device.answer_all()
        device.act("undo")
        device.answer_all()
        device.act("send_again")
        assert [request.path for request in device.answer_all()] == ["/sync/history"]
        assert (device.row["undone"], device.said) == (False, ("watched", ""))


class TestUndo:
    def test_exactly_the_episode_is_taken_away(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer_all()
        device.act("undo")
        assert device.row["undone"]
        (sent,) = device.answer_all()
        assert removed(sent) == [(1, 1)]
        assert (device.row["undone"], device.row["status"]) == (True, "skipped")
        assert device.outbox() == []

    def test_both_episodes_of_a_double_file(self, device: Device) -> None:
        rows = [{"episodeid": 100 + number, "episode": number, "file": "/tv/45.mkv"} for number in (4, 5)]
        device.watch(episode(4, file="/tv/45.mkv")._replace(season=rows))
        device.answer_all()
        device.act("undo")
        (sent,) = device.answer_all()
        assert removed(sent) == [(1, 4), (1, 5)]

    def test_what_waits_is_dropped(self, device: Device) -> None:
        device.watch(film())
        device.answer(OFFLINE)
        device.act("undo")
        assert (device.outbox(), device.row["undone"], device.said) == ([], True, ("skipped", ""))
        device.watch(film())
        assert len(device.outbox()) == 1, "a new play counts"

    def test_what_is_on_its_way_is_taken_away_after_it_has_arrived(self, device: Device) -> None:
        device.watch(film())
        device.worker.send()
        device.act("undo")
        device.answer(OFFLINE)
        device.scrobbler.retry_now()
        assert [request.path for request in device.answer_all()] == ["/sync/history", "/sync/history/remove"]
        assert (device.row["undone"], device.row["status"]) == (True, "skipped")

    def test_what_may_have_arrived_is_taken_away(self, device: Device) -> None:
        device.watch(film())
        device.answer(TransientError(Problem.TIMEOUT, "read"))
        assert device.outbox()[0]["uncertain"]
        device.act("undo")
        device.scrobbler.retry_now()
        assert [request.path for request in device.answer_all()] == ["/sync/history/remove"]

    def test_offline_it_waits_on_the_disk(self, device: Device) -> None:
        device.watch(film())
        device.answer_all()
        device.act("undo")
        device.answer(OFFLINE)
        device.restart()
        assert [request.path for request in device.answer_all()] == ["/sync/history/remove"]
        assert device.row["undone"]

    def test_the_same_video_watched_once_more_is_marked_after_that(self, device: Device) -> None:
        device.watch(film())
        device.answer_all()
        device.act("undo")
        device.answer(OFFLINE)
        device.watch(film())
        device.scrobbler.retry_now()
        assert [request.path for request in device.answer_all()] == ["/sync/history/remove", "/sync/history"]

    def test_a_whole_show_marked_by_hand(self, device: Device) -> None:
        for number in (1, 2, 3):
            device.library["episode", 100 + number] = episode(number)
            device.scrobbler.library_updated({"item": {"type": "episode", "id": 100 + number}, "playcount": 1})
        device.wait(3.0)
        device.answer_all()
        device.act("undo")
        (sent,) = device.answer_all()
        assert removed(sent) == [(1, 1), (1, 2), (1, 3)]

    def test_another_account_is_not_touched(self, device: Device) -> None:
        device.watch(film())
        device.answer_all()
        device.tokens.stored, device.tokens.owner = Token(Secret("t2"), client_id="app"), Account("Bob", "2")
        device.act("undo")
        assert device.answer_all() == []
        device.tokens.owner = Account("Ada", "1")
        assert [request.path for request in device.answer_all()] == ["/sync/history/remove"]

    def test_one_that_simkl_refuses_for_good_is_told(self, device: Device) -> None:
        device.watch(film())
        device.answer_all()
        device.act("undo")
        while device.worker.waiting:
            device.answer(reply(404, {"error": "id_err"}))
            device.wait()
        assert (device.said, device.row["undone"]) == (("failed", "unknown_movie"), False)
        assert device.notifications[-1].notice is Notice.FAILED


class TestTheSyncIsTold:
    """Of what was taken back, so that it does not send it anew."""

    @staticmethod
    def taken_back(device: Device) -> set[tuple[int, int]]:
        times = device.scrobbler.decisions.taken_back(["1"])
        return {numbers for one in times.values() for numbers in one}

    def test_of_what_was_on_simkl_until_it_is_sent_again(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer_all()
        device.act("undo")
        device.answer_all()
        device.restart()
        assert self.taken_back(device) == {(1, 1)}
        device.act("send_again")
        device.answer_all()
        assert self.taken_back(device) == set()

    def test_until_it_is_watched_again(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer_all()
        device.act("undo")
        device.watch(episode(2))
        device.watch(episode(1))
        device.answer_all()
        assert self.taken_back(device) == set()

    def test_until_it_is_marked_by_hand_again(self, device: Device) -> None:
        device.library["episode", 101] = episode(1)
        device.watch(episode(1))
        device.answer_all()
        device.act("undo")
        device.answer_all()
        device.wait(60.0)
        device.scrobbler.library_updated({"item": {"type": "episode", "id": 101}, "playcount": 2})
        device.wait(3.0)
        device.answer_all()
        assert self.taken_back(device) == set()

    def test_of_what_was_never_sent(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer(OFFLINE)
        device.act("undo")
        assert self.taken_back(device) == {(1, 1)}

    def test_of_what_arrives_after_that(self, device: Device) -> None:
        device.watch(episode(1))
        request = device.worker.send()
        device.act("undo")
        device.answer(taken(request))
        device.answer_all()
        assert self.taken_back(device) == {(1, 1)}

    def test_not_of_what_was_only_called_wrong(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer_all()
        device.choose(Episode(LIGHTS, 1, 2))
        device.answer_all()
        assert self.taken_back(device) == set()

    def test_not_of_what_is_chosen_before_it_is_gone(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer_all()
        device.act("undo")
        device.answer(OFFLINE)
        device.choose(Episode(Show("Harbour Lights", 2009, {"tvdb": "1111"}), 1, 1))
        device.scrobbler.retry_now()
        assert device.answer_all() == []
        assert self.taken_back(device) == set()


class TestNever:
    def test_a_folder_goes_into_the_settings(self, device: Device) -> None:
        device.watch(PlayingItem(film().item, "smb://ada:secret@nas/kids/x.mkv"))
        device.act("never", what="folder")
        assert device.excluded_folders == ["smb://nas/kids/"]
        assert "never_folder" not in device.row["can"]
        device.watch(PlayingItem(film(2).item, "smb://bob:other@nas/kids/y.mkv"))
        assert device.said == ("skipped", "excluded")

    def test_with_all_settings_taken_it_is_kept_beside_them(self, device: Device) -> None:
        device.free_settings = 0
        device.watch(film())
        device.act("never", what="folder")
        device.restart()
        device.watch(film(2))
        assert (device.excluded_folders, device.said) == ([], ("skipped", "excluded"))
        assert device.scrobbler.decisions.is_excluded("/films/3.mkv")

    def test_a_show(self, device: Device) -> None:
        device.watch(episode(1))
        device.act("never", what="show")
        device.restart()
        device.watch(episode(2))
        assert device.said == ("skipped", "excluded")
        assert device.scrobbler.decisions.excludes_show(Show("x", None, {"tvdb": "1111"}))
        assert not device.scrobbler.decisions.excludes_show(Show("x", None, {"tvdb": "1112"}))
        device.watch(film())
        assert device.said == ("waiting", "")

    def test_an_add_on(self, device: Device) -> None:
        item = {"type": "movie", "title": "Film", "year": 2001, "mediapath": "plugin://plugin.video.a/?id=1"}
        device.watch(PlayingItem(item, "http://h/1"))
        device.act("never", what="addon")
        device.restart()
        device.watch(PlayingItem({**item, "title": "Other"}, "http://h/2"))
        assert device.said == ("skipped", "excluded")

    @pytest.mark.parametrize("what", ["show", "folder"])
    def test_it_can_be_taken_back_where_it_happened_and_where_it_shows(self, device: Device, what: str) -> None:
        device.free_settings = 0
        for ago in (0, 1):
            device.watch(episode(1))
            device.act("never", what=what)
            device.watch(episode(2))
            assert (device.said, "allow" in device.row["can"]) == (("skipped", "excluded"), True)
            device.act("allow", device.rows()[-1 - ago][0])
            device.restart()
            device.watch(episode(3 + ago))
            assert device.said == ("waiting", "")

    def test_a_folder_in_the_settings_is_the_users_to_take_back(self, device: Device) -> None:
        device.watch(film())
        device.act("never", what="folder")
        assert "allow" not in device.row["can"]

    def test_what_plays_is_left_alone_at_once(self, device: Device) -> None:
        device.play(episode(1), 10.0)
        device.answer_all()
        device.act("never", what="show")
        assert device.said == ("skipped", "excluded")
        device.act("allow")
        assert device.said == ("watching", "")
        device.answer_all()
        device.act("never", what="show")
        device.answer_all()
        device.scrobbler.sampled(episode(1).file, 2600.0, 2700.0)
        device.scrobbler.stopped()
        assert device.answer_all() == []

    def test_what_plays_is_left_alone_also_by_a_press_on_an_older_row_of_its_show(self, device: Device) -> None:
        device.watch(episode(1))
        device.play(episode(2), 10.0)
        device.answer_all()
        device.act("never", device.rows()[0][0], what="show")
        assert device.said == ("skipped", "excluded")
        assert [request.path for request in device.answer_all()] == ["/scrobble/stop"]

    def test_a_mark_made_by_hand_is_left_alone(self, device: Device) -> None:
        device.watch(episode(1))
        device.answer_all()
        device.act("never", what="show")
        device.library["episode", 102] = episode(2)
        device.scrobbler.library_updated({"item": {"type": "episode", "id": 102}, "playcount": 1})
        device.wait(3.0)
        assert device.answer_all() == []


def test_all_is_forgotten_on_request(device: Device) -> None:
    watch_unknown(device, loose(1))
    device.choose(Episode(LIGHTS, 1, 1))
    device.act("never", what="show")
    device.answer_all()
    token, device.tokens.stored = device.tokens.stored, None
    device.watch(film())
    device.scrobbler.clear()
    assert device.rows() == []
    assert device.database.queued == {}
    assert not {"session", "recent_marks"} & device.database.values.keys()
    device.tokens.stored = token
    device.play(loose(2), 10.0)
    assert device.said == ("watching", "")
    assert device.asked() == ["/search/file"]


@pytest.mark.parametrize(
    "playing",
    [
        PlayingItem({"type": "unknown"}, "smb://ada:secret@nas/private/x.mkv"),
        PlayingItem({"type": "unknown", "file": "https://h/secret/x.mkv?token=secret"}, "https://h/secret/x.mkv"),
        PlayingItem({"type": "unknown", "mediapath": "plugin://plugin.video.a/?token=secret"}, "http://h/secret"),
    ],
)
def test_no_password_and_no_files_path_is_stored(device: Device, playing: PlayingItem) -> None:
    device.play(playing, 0.0, 95.0)
    device.scrobbler.stopped()
    device.choose(FERRY)
    stored = json.dumps([*device.database.queued.values(), *device.database.values.values()])
    assert "secret" not in stored
    assert "private/x" not in stored


@pytest.mark.parametrize("restart", [True, False])
def test_a_read_only_sign_in_is_told_once(device: Device, restart: bool) -> None:
    device.tokens.stored = Token(Secret("t"), scope="media:read", client_id="app")
    for number in (1, 2):
        device.watch(film(number))
        if restart:
            device.restart()
    assert [one.notice for one in device.notifications] == [Notice.READ_ONLY]
    device.tokens.since = 99.0
    device.watch(film(3))
    assert len(device.notifications) == 2


def test_marks_that_fail_together_are_told_together(device: Device) -> None:
    device.tokens.stored = None
    for number in (1, 2, 3):
        device.watch(PlayingItem(film(number).item, film(number).file))
    device.tokens.stored = Token(Secret("t2"), client_id="app")
    device.wait()
    sent = device.worker.send()
    assert isinstance(sent.json, dict)
    device.answer(reply(201, {"added": {}, "not_found": {"movies": sent.json["movies"], "shows": []}}))
    device.wait()
    assert [(one.notice, one.videos) for one in device.notifications] == [(Notice.FAILED, 3)]


CHOICE = dump_media(Episode(LIGHTS, 1, 2, "Two", {"tvdb": "7"}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(json.dumps(dump_media(FERRY)), FERRY, id="a film"),
        pytest.param(json.dumps(CHOICE), Episode(LIGHTS, 1, 2, "Two"), id="an episode"),
        pytest.param(CHOICE, None, id="no text"),
        pytest.param("{", None, id="no JSON"),
        pytest.param(json.dumps(dump_media(FERRY._replace(ids={}))), None, id="no id"),
        pytest.param(json.dumps(dump_media(FERRY._replace(ids={"imdb": "7", "slug": "x"}))), None, id="odd ids"),
        pytest.param(json.dumps(dump_media(Episode(LIGHTS, 1, 0))), None, id="no number"),
        pytest.param(json.dumps({"show": CHOICE["show"]}), None, id="a whole show"),
        pytest.param(json.dumps(dump_media(FERRY._replace(title="x" * 4000))), None, id="endless"),
        pytest.param("[" * 4000, None, id="deep"),
    ],
)
def test_what_can_be_chosen(value: object, expected: Media | None) -> None:
    assert read_choice(value) == expected


@steady(200)
@given(
    st.sampled_from(["send_again", "undo", "never", "allow", "choose", "send_now"]),
    st.one_of(st.sampled_from([0, 1, 99, -1, True]), json_values),
    st.one_of(st.sampled_from(["folder", "show", "addon"]), json_values),
    st.one_of(json_values, json_values.map(json.dumps)),
)
def test_odd_commands_are_ignored(name: str, row: object, what: object, media: object) -> None:
    device = Device()
    device.watch(film())
    before = device.rows()
    device.scrobbler.act(name, {"row": row, "what": what, "media": media})
    if row != 1 or (name, what) not in [("undo", what), ("never", "folder")]:
        assert device.rows() == before
    device.answer_all()


def test_a_removal_that_simkl_took_is_settled(device: Device) -> None:
    device.watch(film())
    device.answer_all()
    device.act("undo")
    device.answer(taken(device.worker.send()))
    assert device.outbox() == []
