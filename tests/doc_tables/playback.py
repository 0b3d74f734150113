"""The second half of ``docs/states.md``: a playback, drawn from its table."""

from __future__ import annotations

from simkl_connect.scrobbling.playback import (
    LARGE_SEEK,
    LENGTH_WAIT,
    TRANSITIONS,
    WATCHED_PERCENT,
    Aborted,
    Event,
    Paused,
    Phase,
    Playback,
    Resumed,
    Sampled,
    Sought,
    Started,
    Stopped,
)

from .machine import Machine, meaning

FILE, LENGTH = "a", 1000.0
SAMPLES: dict[str, Event] = {
    "Started": Started("b"),
    "Started (same file)": Started(FILE),
    "Sampled": Sampled(FILE, 10.0, LENGTH),
    "Sampled (after Paused)": Sampled(FILE, 10.0, LENGTH),
    "Paused": Paused(FILE),
    "Resumed": Resumed(FILE),
    "Sought": Sought(FILE),
    "Stopped": Stopped(),
    "Aborted": Aborted(),
}
TEXT = f"""\
While a video is open, the player is asked for position and length. Its start is reported once the length is known, or
after {LENGTH_WAIT:.0f} seconds. What ends at {WATCHED_PERCENT} % or more is reported as watched, once, anything else
as stopped. A jump of {LARGE_SEEK:.0f} seconds or more is reported as another start.
"""


def _leads(phase: str, event: str) -> str | None:
    """Found by letting it happen."""
    sample = SAMPLES[event]
    if (Phase(phase), type(sample)) not in TRANSITIONS:
        return None
    held = event == "Sampled (after Paused)"
    state = Playback(Phase(phase), 1, FILE, length=0.0 if phase == Phase.OPENING.value else LENGTH, held=held)
    return state.advance(sample, 1.0)[0].phase.value


def section() -> list[str]:
    """Its lines."""
    unknown = {event for _, event in TRANSITIONS} - {type(sample) for sample in SAMPLES.values()}
    if unknown:
        raise ValueError(f"no sample of {unknown}")
    events = {name: meaning(type(sample)) for name, sample in SAMPLES.items()}
    machine = Machine([phase.value for phase in Phase], events, _leads)
    return ["# The states of a playback", "", *machine.diagram(), TEXT, *machine.table()]
