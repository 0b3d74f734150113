"""``docs/states.md``: the sign-in's state machine, drawn from its table."""

from __future__ import annotations

from typing import Iterator

from simkl_connect.auth.events import (
    CodeExpired,
    CodeIssued,
    Denied,
    Granted,
    GrantEnded,
    Identified,
    Pending,
    SlowDown,
)
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.state_machine import (
    LONGEST_BACKOFF,
    SLOW_DOWN_BY,
    TRANSITIONS,
    Cancelled,
    Input,
    Sent,
    SignIn,
    Tick,
)
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.kodi import texts
from simkl_connect.models import Account, DeviceAuthorization, Secret, Token

from . import playback
from .machine import Machine, meaning
from .texts import english

CODE = DeviceAuthorization(Secret(""), "", Secret(""), expires_in=900.0, interval=5.0)
SAMPLES: list[Input] = [
    Sent(),
    CodeIssued(CODE),
    Pending(),
    SlowDown(),
    TransientError(Problem.OFFLINE, ""),
    Granted(Token(Secret(""))),
    Identified(Account("")),
    CodeExpired(),
    Denied(),
    PermanentError(Problem.REFUSED, ""),
    GrantEnded(""),
    Tick(),
    Cancelled(),
]
"""One of each event; Tick comes at the deadline."""
NOW = 900.0
TIMES = f"""\
A poll is due one interval after the last answer, never at the deadline or later; one request at a time. `SlowDown` adds
{SLOW_DOWN_BY:.0f} seconds to the interval for good. While the network or the server fails, the waits grow from the
interval up to {LONGEST_BACKOFF:.0f} seconds, and a pause that the server asks for is kept.
"""


def _state(phase: Phase) -> SignIn:
    return SignIn(phase=phase, authorization=CODE, interval=5.0, deadline=NOW)


def _leads(phase: str, event: str) -> str | None:
    """Found by letting it happen."""
    (sample,) = [sample for sample in SAMPLES if type(sample).__name__ == event]
    known = (Phase(phase), type(sample)) in TRANSITIONS
    return _state(Phase(phase)).advance(sample, NOW).phase.value if known else None


def _machine() -> Machine:
    unknown = {event for _, event in TRANSITIONS} - {type(sample) for sample in SAMPLES}
    if unknown:
        raise ValueError(f"no sample of {unknown}")
    events = {type(sample).__name__: meaning(type(sample)) for sample in SAMPLES}
    return Machine([phase.value for phase in Phase], events, _leads)


def _step(phase: Phase) -> str:
    """What the owner is to do in this phase."""
    return _state(phase).next_step(NOW - 1.0).value


def _phases() -> Iterator[str]:
    yield "| phase | the owner is to | the user reads |"
    yield "|---|---|---|"
    told = {
        Phase.RETRYING: "the sentence for the trouble, see [errors.md](errors.md)",
        Phase.FAILED: "the sentence for the failure, see [errors.md](errors.md)",
        Phase.CONNECTED: english(texts.CONNECTED_AS).replace("{name}", "…"),
    }
    for phase in Phase:
        said = told[phase] if phase in told else english(texts.PHASES[phase])
        yield f"| `{phase.value}` | {_step(phase)} | {said} |"
    yield ""


def page() -> str:
    """The whole of ``docs/states.md``."""
    return "\n".join(
        [
            "# The states of a sign-in",
            "",
            "Drawn by `make docs` from `TRANSITIONS` in `lib/simkl_connect/auth/state_machine.py`: the whole of it.",
            "",
            *_machine().diagram(),
            "A token is taken in every phase in which one can arrive, in the ends too: Simkl delivers it only once.",
            "",
            "## Phases",
            "",
            *_phases(),
            TIMES,
            "## Events",
            "",
            "An empty cell: the event changes nothing but that its request is over. A client ID that goes with the",
            "other flow is such an event in `starting`: the code is asked for again, in the other flow.",
            "",
            *_machine().table(),
            *playback.section(),
        ]
    )
