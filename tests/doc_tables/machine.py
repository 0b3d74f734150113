"""A state machine as a diagram, and as a table of its events."""

from __future__ import annotations

from typing import Callable, Iterator, Mapping, NamedTuple, Sequence


class Machine(NamedTuple):
    """``events``: what each is, by name. ``leads``: the phase after an event in a phase; None: it changes nothing."""

    phases: Sequence[str]
    events: Mapping[str, str]
    leads: Callable[[str, str], str | None]

    def diagram(self) -> Iterator[str]:
        """Lines of Mermaid, from the first phase on."""
        yield from ("```mermaid", "stateDiagram-v2", f"    [*] --> {self.phases[0]}")
        for phase in self.phases:
            targets: dict[str, list[str]] = {}
            for event in self.events:
                target = self.leads(phase, event)
                if target not in (None, phase):
                    targets.setdefault(str(target), []).append(event)
            yield from (f"    {phase} --> {target} : {', '.join(events)}" for target, events in targets.items())
        yield from ("```", "")

    def table(self) -> Iterator[str]:
        """A row for each event, a column for each phase."""
        yield f"| event | what it is | {' | '.join(f'`{phase}`' for phase in self.phases)} |"
        yield f"|---|---|{'---|' * len(self.phases)}"
        for event, meaning in self.events.items():
            targets = ((phase, self.leads(phase, event)) for phase in self.phases)
            cells = ["" if to is None else "stays" if to == phase else f"**{to}**" for phase, to in targets]
            yield f"| `{event}` | {meaning} | {' | '.join(cells)} |"
        yield ""


def meaning(event: type) -> str:
    """The first sentence of what the code says of it."""
    first_line = (event.__doc__ or "").split("\n")[0]
    return first_line.partition(":")[0].partition(". ")[0].rstrip(".").replace("``", "`")
