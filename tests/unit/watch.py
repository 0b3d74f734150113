"""A referee for the property tests of the machine and of its owner."""

from __future__ import annotations

from dataclasses import dataclass

from simkl_connect.auth.events import CodeExpired, CodeIssued, Denied, Event, Granted, SlowDown
from simkl_connect.auth.state_machine import SLOW_DOWN_BY
from simkl_connect.errors import PermanentError


@dataclass
class Watch:
    """The rules of one sign-in, kept apart from the code that is to obey them."""

    answered_at: float = 0.0
    interval: float = 0.0
    deadline: float | None = None
    asked_at: float = 0.0
    over: bool = False

    def sent(self, poll: bool, now: float) -> None:
        if not poll:
            self.asked_at = now
            return
        assert not self.over, "a poll after the end"
        assert self.deadline is not None, "a poll without a code"
        assert now >= self.answered_at + self.interval, "a poll before its time"
        assert now < self.deadline, "a poll after the deadline"

    def answered(self, read: Event, now: float) -> None:
        self.answered_at = now
        if self.deadline is None:
            if isinstance(read, CodeIssued):
                self.interval = read.authorization.interval
                self.deadline = self.asked_at + read.authorization.expires_in
        elif isinstance(read, SlowDown):
            self.interval = max(self.interval + SLOW_DOWN_BY, read.interval)
        elif isinstance(read, (CodeExpired, Denied, Granted)) or type(read) is PermanentError:
            self.over = True
