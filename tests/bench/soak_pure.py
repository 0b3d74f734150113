"""Hours of service in one process, by a clock that is turned by hand: sign-ins with every kind of fault and end."""

from __future__ import annotations

import logging
import os
import random
import time
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Callable

from simkl_simulator import (
    CloseEmpty,
    CloseMidBody,
    CutJson,
    Drip,
    Fault,
    Hang,
    Html,
    ManualClock,
    ResetBefore,
    ResetMidBody,
    Simulator,
    Status,
)

from .growth import Growth
from .lasting import Device
from .procfs import memory
from .report import KIB, MIB
from .trend import Series

CLIENT_IDS = {"client-id-v1": "v1", "client-id-v2": "v2"}
SIGN_INS_AN_HOUR = 1000 / 12
SAMPLES = 20
CODE_LIVES = 120.0
"""Simulated seconds."""
WEEK = 7 * 86400.0
FAULTS: tuple[Fault, ...] = (
    Status(503),
    Status(429, headers={"Retry-After": "3"}),
    Html(),
    CutJson(),
    CloseEmpty(),
    CloseMidBody(),
    ResetBefore(),
    ResetMidBody(pause=0.0),
    Hang(),
    Drip(b"x" * 1000, 0.5),
)
_PATHS = ("/oauth/pin", "/oauth2/device", "/oauth2/token", "/users")


class Soak:
    """The device and the people in front of it. ``seed`` makes a run repeatable, as far as threads are."""

    def __init__(self, folder: Path, hours: float, seed: int) -> None:
        self._folder = folder
        self._sign_ins = round(hours * SIGN_INS_AN_HOUR)
        self._hours = hours
        self._random = random.Random(seed)
        self._clock = ManualClock(time.time() // 1)
        self._begun = self._clock()
        self.ends = Counter[str]()
        self.done = 0
        self._growth = Growth(
            folder,
            2,  # this one and the worker's
            (Series("Python objects (tracemalloc)", KIB, 64 * 1024), lambda: tracemalloc.get_traced_memory()[0]),
            (Series("memory (anonymous PSS)", MIB, 4 * 2.0**20), lambda: memory(os.getpid())),
        )

    def run(self) -> list[Series]:
        """All hours; the samples are taken while no server runs, with the device idle."""
        logging.getLogger("simkl_connect").setLevel(logging.CRITICAL)
        tracemalloc.start()
        self._device = self._start("")
        for sample in range(SAMPLES):
            self._go_on_until(self._sign_ins * (sample + 1) // SAMPLES)
            self._growth.sample(self.done)
        self._device.close()
        tracemalloc.stop()
        return self._growth.series

    @property
    def hours(self) -> float:
        """Simulated ones so far."""
        return (self._clock() - self._begun) / 3600

    def _start(self, url: str, client_id: str = "client-id-v1") -> Device:
        return Device(self._folder, self._clock, url, client_id, self._random.random)

    def _go_on_until(self, done: int) -> None:
        """With a server of its own, of which nothing is left when the sample is taken."""
        with Simulator(CLIENT_IDS, interval=5, expires_in=CODE_LIVES, rate_limits=False, clock=self._clock) as simkl:
            self._device.url = simkl.url
            while self.done < done:
                self._sign_in(simkl)
                self._idle_until(self._begun + self.done * 3600 / SIGN_INS_AN_HOUR)
            self._connect(simkl)

    def _sign_in(self, simkl: Simulator) -> None:
        device = self._device
        device.client_id = self._random.choice(list(CLIENT_IDS))
        for _ in range(self._random.choice((0, 0, 1, 2))):
            simkl.fault(self._random.choice(_PATHS), self._random.choice(FAULTS), handled=self._random.random() < 0.3)
        self.done += 1
        device.authorizer.authorize(f"request-{self.done}")
        device.step_until(lambda: device.view.phase != "starting", 120)
        approve, deny, cancel = self._approve, self._deny, self._cancel
        ends: list[Callable[[Simulator], None]] = [approve, approve, approve, deny, cancel, self._forget, self._restart]
        if device.view.phase in ("waiting", "retrying"):
            self._random.choice(ends)(simkl)
        self._device.step_until(lambda: not self._device.busy, 120)
        self.ends[self._device.view.phase] += 1
        if self._random.random() < 0.1:
            self._device.sign_out(f"sign-out-{self.done}")
        if self._random.random() < 0.05:
            self._device.wall_clock_ahead += WEEK

    def _connect(self, simkl: Simulator) -> None:
        """A sign-in without a fault: a sample finds one connection that is kept, each time."""
        simkl.end_faults()
        self._device.authorizer.authorize(f"request-before-{self.done}")
        self._device.step_until(lambda: self._device.view.phase == "waiting", 120)
        self._approve(simkl)
        self._device.step_until(lambda: not self._device.busy, 600)

    def _decide(self, decide: Callable[[str], None], simkl: Simulator) -> None:
        self._device.step_until(lambda: False, self._random.uniform(0, 20))
        code = self._device.view.user_code
        if code in simkl.codes():
            decide(code)
        over = ("connected", "denied", "failed", "expired")
        self._device.step_until(lambda: self._device.view.phase in over, CODE_LIVES + 60)

    def _approve(self, simkl: Simulator) -> None:
        self._decide(simkl.approve, simkl)

    def _deny(self, simkl: Simulator) -> None:
        self._decide(simkl.deny, simkl)

    def _cancel(self, simkl: Simulator) -> None:
        self._device.step_until(lambda: False, self._random.uniform(0, 20))
        self._device.authorizer.cancel()

    def _forget(self, simkl: Simulator) -> None:
        """Nobody looks at the screen any more; the next press finds the sign-in still running, or its end."""

    def _restart(self, simkl: Simulator) -> None:
        """Kodi ends in the middle, and is started again."""
        self._device.close()
        self._device = self._start(simkl.url, self._device.client_id)
        self._approve(simkl)

    def _idle_until(self, moment: float) -> None:
        self._device.step_until(lambda: False, moment - self._clock())
