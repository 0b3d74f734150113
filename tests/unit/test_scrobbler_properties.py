"""Any evening: videos played to some point, replaced, Kodi killed or quit, the network gone and back."""

from __future__ import annotations

import json
from enum import Enum
from typing import NamedTuple, Union

from chances import steady
from hypothesis import given
from hypothesis import strategies as st
from scrobbling_device import OFFLINE, Device, episode, taken
from simkl_connect.http.messages import Request


class End(Enum):
    STOPPED = "stopped"
    REPLACED = "replaced"
    KILLED = "killed"
    QUIT = "quit"


class Play(NamedTuple):
    """A video, played to this place and left in this way."""

    percent: float
    end: End


class Network(NamedTuple):
    works: bool


class Wait(NamedTuple):
    seconds: float


Act = Union[Play, Network, Wait]
ACTS = st.one_of(
    st.builds(Play, st.sampled_from([5.0, 79.9, 80.0, 93.0, 100.0]), st.sampled_from(End)),
    st.builds(Network, st.booleans()),
    st.builds(Wait, st.sampled_from([1.0, 30.0, 5000.0])),
)


class Server:
    """What Simkl has heard of, by the episode's number."""

    def __init__(self) -> None:
        self.works = True
        self.marks: list[int] = []

    def serve(self, device: Device) -> None:
        device.wait()
        for _ in range(50):
            if not device.worker.waiting:
                return
            request = device.worker.send()
            if self.works:
                self.marks += marked(request)
            device.answer(taken(request) if self.works else OFFLINE)


def marked(request: Request) -> list[int]:
    body = json.loads(json.dumps(request.json))
    if request.path == "/scrobble/stop":
        return [body["episode"]["number"]] if body["progress"] >= 80 else []
    shows = body["shows"] if request.path == "/sync/history" else []
    return [one["number"] for show in shows for season in show["seasons"] for one in season["episodes"]]


@steady(200)
@given(st.lists(ACTS, max_size=15), st.booleans())
def test_each_video_watched_to_80_percent_is_marked_once_and_no_other(acts: list[Act], answers: bool) -> None:
    device, server, watched, number = Device(), Server(), [], 0
    for act in acts:
        if isinstance(act, Network):
            server.works = act.works
        elif isinstance(act, Wait):
            device.wait(act.seconds)
        else:
            number += 1
            device.play(episode(number), 0.0, act.percent)
            watched += [number] * (act.percent >= 80)
            if act.end is End.STOPPED:
                device.scrobbler.stopped()
            elif act.end is not End.REPLACED:
                if act.end is End.QUIT:
                    device.scrobbler.close(0.5)
                device.restart()
        if answers:
            server.serve(device)
    device.scrobbler.stopped()
    server.works = True
    for _ in range(3):
        device.wait(901.0)
        server.serve(device)
    assert sorted(server.marks) == watched
    assert device.outbox() == []
