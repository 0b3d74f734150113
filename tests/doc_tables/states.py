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
    Event,
    Sent,
    SignIn,
    Tick,
)
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.kodi import texts
from simkl_connect.models import Account, DeviceAuthorization, Secret, Token

from .texts import english

CODE = DeviceAuthorization(Secret(""), "", Secret(""), expires_in=900.0, interval=5.0)
SAMPLES: list[Event] = [
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


def _targets() -> dict[Phase, list[tuple[Event, Phase]]]:
    """For each phase what can happen and where it leads, found by letting it happen."""
    known = {type(event) for event in SAMPLES}
    unknown = {event for _, event in TRANSITIONS if event not in known}
    if unknown:
        raise ValueError(f"no sample of {unknown}")
    return {
        phase: [
            (event, _state(phase).advance(event, NOW).phase) for event in SAMPLES if (phase, type(event)) in TRANSITIONS
        ]
        for phase in Phase
    }


def _state(phase: Phase) -> SignIn:
    return SignIn(phase=phase, authorization=CODE, interval=5.0, deadline=NOW)


def _name(event: Event) -> str:
    return type(event).__name__


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {Phase.STARTING.value}"
    for phase, targets in _targets().items():
        leads: dict[Phase, list[str]] = {}
        for event, target in targets:
            if not (isinstance(event, Sent) or target is phase):
                leads.setdefault(target, []).append(_name(event))
        for target, events in leads.items():
            yield f"    {phase.value} --> {target.value} : {', '.join(events)}"
    yield "```"
    yield ""


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


def _events() -> Iterator[str]:
    targets = _targets()
    yield f"| event | what it is | {' | '.join(f'`{phase.value}`' for phase in Phase)} |"
    yield f"|---|---|{'---|' * len(Phase)}"
    for event in SAMPLES:
        cells = []
        for phase in Phase:
            target = dict((_name(happening), target) for happening, target in targets[phase]).get(_name(event))
            cells.append("" if target is None else "stays" if target is phase else f"**{target.value}**")
        meaning = (type(event).__doc__ or "").split("\n")[0].partition(":")[0].rstrip(".").replace("``", "`")
        yield f"| `{_name(event)}` | {meaning} | {' | '.join(cells)} |"
    yield ""


def page() -> str:
    """The whole of ``docs/states.md``."""
    return "\n".join(
        [
            "# The states of a sign-in",
            "",
            "Drawn by `make docs` from `TRANSITIONS` in `lib/simkl_connect/sign_in.py`, which is the whole of it.",
            "",
            *_diagram(),
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
            *_events(),
        ]
    )
