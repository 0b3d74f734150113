"""``docs/errors.md``: every cause, what the user reads, what Kodi's log says.

A row is made by letting it happen: the add-on without Kodi meets with the cause, and is watched. So neither a sentence
nor a log line stands here.
"""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from typing import Callable, Iterator, Mapping, Sequence

from device import ASKS, WEEK, Ask, Device, Ear, MemoryJournal, Words, kind_of
from fakes import FakeClock, FakeStore
from flow_cases import PIN, TOKEN_BODY, FlowCase, answer
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.token_refresher import Notice
from simkl_connect.errors import ConnectionFailed, Problem, StorageFailed
from simkl_connect.http.messages import Request, Response, checked_base_url
from simkl_connect.http.route import READ_TIMEOUT
from simkl_connect.http.session import LARGEST_BODY
from simkl_connect.http.sockets import CONNECT_TIMEOUT
from simkl_connect.http.worker import LONGEST_EXCHANGE
from simkl_connect.kodi import texts
from simkl_connect.kodi.notifications import NOTICES
from simkl_connect.storage.ledger import Ledger
from simkl_connect.ui.service_client import GONE_AFTER, SILENT_AFTER

from .texts import english

INTRODUCTION = """\
# What can go wrong

Written by `make docs`, by letting each cause happen: the sentences are the add-on's English ones, the log lines its
own. Each line in Kodi's log begins with `[script.simkl.connect]`; an `…` stands for what differs from one device to the
next, *nothing* for no warning and no error. No line holds a code or a token.

A sign-in that waits for the user goes on in all trouble that may pass: the code stays on the screen. Where no code is
there yet, the same trouble ends the sign-in with the same sentence, and *Try again*.
"""
HTML = {"content-type": "text/html"}
NO_CONNECTION = f"no connection within {CONNECT_TIMEOUT:.0f} seconds"
NO_BYTE = f"{READ_TIMEOUT:.0f} seconds without a byte"
TOO_LARGE = f"more than {LARGEST_BODY // 1024} KiB, packed or not"
PORTAL = b"<html>Welcome to the hotel</html>"


def failed(problem: Problem, *errors: str) -> ConnectionFailed:
    """As the transport names a failed connection: what went wrong, then why."""
    return ConnectionFailed(problem, "/".join(errors))


@dataclass(frozen=True)
class Cause:
    """``what`` happens where ``ask`` is answered with ``reply``; an exception of another kind is a mistake of ours."""

    what: str
    ask: str
    reply: Response | Exception


CAUSES: dict[Problem, list[Cause]] = {
    Problem.CLIENT_ID_MISSING: [],
    Problem.CLIENT_ID_REFUSED: [
        Cause("neither flow takes the client ID", "code-pin", Response(412)),
        Cause("it is taken back during a sign-in", "poll-pin", answer({"error": "client_id_failed"}, 412)),
        Cause("the same, device flow", "poll-device", answer({"error": "invalid_client"}, 401)),
    ],
    Problem.API_URL_REFUSED: [],
    Problem.OFFLINE: [
        Cause("no network, or the name is not found", "code-pin", failed(Problem.OFFLINE, "gaierror")),
        Cause("nobody answers at that address", "poll-pin", failed(Problem.OFFLINE, "ConnectionRefusedError")),
        Cause("the connection breaks", "poll-pin", failed(Problem.OFFLINE, "ConnectionResetError")),
        Cause("what answers does not speak HTTP", "poll-pin", failed(Problem.OFFLINE, "BadStatusLine")),
    ],
    Problem.PROXY: [
        Cause(
            "Kodi's proxy does not answer, or refuses",
            "poll-pin",
            failed(Problem.PROXY, "ProxyFailed", "ConnectionRefusedError"),
        ),
        Cause(
            "a SOCKS proxy, and Kodi's `script.module.pysocks` is not installed",
            "poll-pin",
            failed(Problem.PROXY, "ProxyFailed", "ModuleNotFoundError"),
        ),
    ],
    Problem.TIMEOUT: [
        Cause(
            f"no connection within {CONNECT_TIMEOUT:.0f} seconds", "poll-pin", failed(Problem.TIMEOUT, "TimeoutError")
        ),
        Cause(f"{READ_TIMEOUT:.0f} seconds without a byte", "poll-pin", failed(Problem.TIMEOUT, "TimeoutError")),
        Cause(
            f"no whole answer within {LONGEST_EXCHANGE:.0f} seconds",
            "poll-pin",
            ConnectionFailed(Problem.TIMEOUT, "no whole answer in time (…)"),
        ),
    ],
    Problem.TLS: [
        Cause(
            "the certificate is expired, not valid yet, for another name, or from an unknown issuer",
            "poll-pin",
            failed(Problem.TLS, "SSLCertVerificationError"),
        ),
    ],
    Problem.CAPTIVE_PORTAL: [
        Cause("a page for people in place of the answer", "poll-pin", Response(200, HTML, PORTAL)),
        Cause("a redirect", "poll-pin", Response(302)),
        Cause("511 Network Authentication Required", "poll-pin", Response(511, HTML, PORTAL)),
    ],
    Problem.RATE_LIMITED: [
        Cause("too many requests with this client ID", "poll-pin", Response(429, {"retry-after": "20"})),
    ],
    Problem.SERVER_TROUBLE: [
        Cause("an error of the server", "poll-pin", Response(503)),
        Cause("the same, device flow", "poll-device", answer({"error": "server_error"}, 500)),
        Cause("a status that says nothing about the sign-in", "poll-pin", Response(403, HTML, PORTAL)),
    ],
    Problem.BAD_ANSWER: [
        Cause("empty, cut, not JSON, not UTF-8", "poll-pin", Response(200, {}, b'{"resu')),
        Cause("a field is missing or of the wrong kind", "poll-pin", answer({"result": "OK", "access_token": 5})),
        Cause("a word that is not in the protocol", "poll-pin", answer({"result": "KO", "message": "Maybe"})),
        Cause(
            f"more than {LARGEST_BODY // 1024} KiB, packed or not",
            "poll-pin",
            failed(Problem.BAD_ANSWER, "BadResponse"),
        ),
        Cause("a code that can't be shown", "code-pin", PIN.issued(user_code="[B]")),
    ],
    Problem.REFUSED: [
        Cause("Simkl says no, and this is its last word", "poll-pin", Response(401)),
        Cause(
            "the same, device flow; Simkl's own sentence follows on the screen",
            "poll-device",
            answer({"error": "policy_violation", "error_description": "Not in this country"}, 400),
        ),
    ],
    Problem.READ_ONLY: [
        Cause(
            "the granted scope has no `media:write`", "poll-device", answer({**TOKEN_BODY, "scope": "media:read"}, 200)
        ),
    ],
    Problem.STORAGE: [],
    Problem.INTERNAL: [Cause("a mistake in the add-on", "poll-pin", KeyError("user_code"))],
    Problem.SERVICE_SILENT: [],
    Problem.SERVICE_GONE: [],
}
"""Where the list is empty, the cause is none of Simkl's answers: see :func:`_elsewhere`."""
QUIETLY = [
    Cause("the token can't be refreshed now", "refresh-device", Response(503)),
    Cause("the user's day at Simkl is used up", "refresh-device", answer({"error": "user_limit_exceeded"}, 429)),
    Cause("the account's name can't be had now", "name-pin", failed(Problem.OFFLINE, "gaierror")),
]
"""What the user is not told, because it is tried again later and the connection is kept."""


class _Mistaken(Words):
    """A server whose answer to one request the add-on trips over."""

    def __init__(self, case: FlowCase, ask: Ask, error: Exception) -> None:
        super().__init__(case)
        self.ask, self.error = ask, error

    def send(self, request: Request) -> Response:
        if kind_of(request) == self.ask.name:
            raise self.error
        return super().send(request)


def _meet(cause: Cause) -> tuple[Device, list[str]]:
    """The device after ``cause``, and the log lines that it led to."""
    ask = next(ask for ask in ASKS if str(ask) == cause.ask)
    if isinstance(cause.reply, (Response, ConnectionFailed)):
        network = Words(ask.case)
        network.strike(ask, cause.reply)
    else:
        network = _Mistaken(ask.case, ask, cause.reply)
    device = Device(network, ask.case.name)
    with Ear() as ear:
        _go(device, ask)
    device.close()
    return device, _warnings(ear)


def _go(device: Device, ask: Ask) -> None:
    if ask.name in ("code", "poll"):
        device.authorizer.authorize("r1")
        device.run(lambda: device.view.problem is not None or device.view.phase in ("expired", "denied"))
        return
    device.sign_in()
    if ask.name == "refresh":
        device.wall.advance(WEEK)
        device.run(lambda: bool(device.paths("refresh")) and not device.keeper.in_flight)
    elif ask.name == "revoke":
        device.keeper.sign_out()
        device.run(lambda: bool(device.notices))


def _warnings(ear: Ear) -> list[str]:
    """Level and text, without the logger's name, and without the numbers of lines."""
    lines = [line.split(" ", 2) for line in ear.lines]
    told = [f"{level.lower()}: {text}" for level, _, text in lines if level in ("WARNING", "ERROR")]
    return [re.sub(r" at _perform:.*", " at …", line) for line in told]


def _then(device: Device) -> str:
    """What comes next, in a few words."""
    phase = Phase(device.view.phase)
    if phase is Phase.RETRYING:
        return "the code stays, it is asked again"
    if phase is Phase.CONNECTED:
        return "connected all the same; try again"
    return "the sign-in ends; try again"


def _elsewhere() -> dict[Problem, list[tuple[str, str, str]]]:
    """Causes on the device itself: what, log, then."""
    ends, goes_on = "the sign-in ends; try again", "try again: a sign-in that went on is joined"
    silent = f"no answer from the service within {SILENT_AFTER:.0f} seconds"
    gone = f"and is not back within {GONE_AFTER:.0f} seconds"
    try:
        checked_base_url("http://simkl.example")
    except ValueError as error:
        refused = f"error: SIMKL_API_URL: {error}"
    return {
        Problem.CLIENT_ID_MISSING: [
            ("neither the add-on's settings nor the zip has one", _not_started(Problem.CLIENT_ID_MISSING), ends)
        ],
        Problem.API_URL_REFUSED: [
            ("`SIMKL_API_URL` is http, and not on this machine", _code(refused), ends),
            ("a press of Authorize after that", _not_started(Problem.API_URL_REFUSED), ends),
        ],
        Problem.STORAGE: [
            (
                "neither journal nor settings take the token",
                _full_disk(),
                f"{ends}; while Kodi runs, the token is kept, and saved as soon as there is room",
            )
        ],
        Problem.SERVICE_SILENT: [(silent, _code(), goes_on)],
        Problem.SERVICE_GONE: [(f"the service has ended, {gone}", _code(), goes_on)],
    }


def _not_started(problem: Problem) -> str:
    device = Device(Words(PIN), "pin")
    device.missing = problem
    with Ear() as ear:
        device.authorizer.authorize("r1")
    assert device.view.problem == problem.value
    return _code(*_warnings(ear))


def _full_disk() -> str:
    device = Device(Words(PIN), "pin", store=_FullStore())
    device.authorizer.authorize("r1")
    device.run(lambda: device.view.phase == "waiting")
    device.network.approve()
    device.store.full = True
    with Ear() as ear:
        device.run(lambda: device.view.phase == "failed")
    device.close()
    assert device.view.problem == Problem.STORAGE.value
    return _code(*_warnings(ear))


class _FullStore(FakeStore):
    """A store on a full disk."""

    def _check(self) -> None:
        if self.full:
            Ledger(_FullJournal(), _FullSettings(), FakeClock()).write({"access_token": ""})


class _FullJournal(MemoryJournal):
    def write(self, values: dict[str, str]) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class _FullSettings:
    def read(self, name: str) -> str:
        return ""

    def write(self, values: Mapping[str, str]) -> None:
        raise StorageFailed("settings.xml: OSError")


def _code(*lines: str) -> str:
    return "<br>".join(f"`{line}`" for line in lines) or "*nothing*"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _problem(problem: Problem, elsewhere: dict[Problem, list[tuple[str, str, str]]]) -> Iterator[str]:
    yield f"### `{problem.value}`"
    yield ""
    yield f"> {english(texts.PROBLEMS[problem])}"
    yield ""
    rows = []
    for cause in CAUSES[problem]:
        device, log = _meet(cause)
        if device.view.problem != problem.value:
            raise ValueError(f"{cause.what}: {device.view.problem}, not {problem.value}")
        rows.append((cause.what, _code(*log), _then(device)))
    rows += elsewhere.get(problem, [])
    if not rows:
        raise ValueError(f"nothing leads to {problem.value}")
    yield from _table(("cause", "Kodi's log", "then"), rows)


def _notices() -> Iterator[str]:
    happens: dict[Notice, tuple[str, Callable[[], tuple[str, ...]]]] = {
        Notice.ENDED: (
            "the app was removed under Connected Apps, or the connection was not used for half a year",
            lambda: _told(Cause("", "refresh-device", answer({"error": "invalid_grant"}, 400))),
        ),
        Notice.SIGNED_OUT: ("Sign out", lambda: _told(Cause("", "revoke-device", Response(200)))),
        Notice.SIGNED_OUT_HERE: (
            "Sign out while Simkl does not answer",
            lambda: _told(Cause("", "revoke-device", Response(503))),
        ),
        Notice.SIGNED_OUT_PIN: ("Sign out of a connection that the PIN flow has made", lambda: ()),
        Notice.RECONNECT: ("from March 2027 on, once a week, where the add-on has a new client ID", lambda: ()),
        Notice.SETTINGS_LOST: ("`settings.xml` is torn, and so is the copy beside it", lambda: ()),
    }
    rows = [(english(NOTICES[notice]), happens[notice][0], _code(*happens[notice][1]())) for notice in Notice]
    yield from _table(("the user reads", "cause", "Kodi's log"), rows)


def _told(cause: Cause) -> tuple[str, ...]:
    return tuple(_meet(cause)[1])


def _ends() -> Iterator[str]:
    causes: dict[Phase, tuple[str, Cause]] = {
        Phase.EXPIRED: (
            "the code's time is over, or Simkl does not know it any more",
            Cause("", "poll-pin", PIN.code_gone),
        ),
        Phase.DENIED: ("Deny on the phone", Cause("", "poll-device", answer({"error": "access_denied"}, 400))),
    }
    rows = []
    for phase, (what, cause) in causes.items():
        device, _ = _meet(cause)
        if device.view.phase != phase.value:
            raise ValueError(f"{what}: {device.view.phase}")
        rows.append((english(texts.PHASES[phase]), what))
    yield from _table(("the user reads", "cause"), rows)


def page() -> str:
    """The whole of ``docs/errors.md``."""
    elsewhere = _elsewhere()
    return "\n".join(
        [
            INTRODUCTION,
            "## On the sign-in screen",
            "",
            *(line for problem in Problem for line in _problem(problem, elsewhere)),
            "## Ends that are no failures",
            "",
            *_ends(),
            "## Notifications",
            "",
            *_notices(),
            "## What only the log says",
            "",
            "It is tried again later, and the connection is kept.",
            "",
            *_table(("cause", "Kodi's log"), [(cause.what, _code(*_meet(cause)[1])) for cause in QUIETLY]),
        ]
    )
