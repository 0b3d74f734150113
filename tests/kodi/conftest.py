from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Sequence

import pytest
from real_kodi import package
from real_kodi.addon import Addon
from real_kodi.dependencies import stand_ins
from real_kodi.kodi import Kodi
from real_kodi.profile import Setup
from simkl_simulator import Simulator

ROOT = Path(__file__).resolve().parents[2]
CLIENT_IDS = {"v1": "client-id-v1", "v2": "client-id-v2"}

Boot = Callable[..., Addon]


@pytest.fixture(scope="session")
def addon_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The add-on as it ships, without a packaged client id."""
    return package.build(ROOT, tmp_path_factory.mktemp("dist"), {})


@pytest.fixture(params=CLIENT_IDS)
def flow(request: pytest.FixtureRequest) -> str:
    """The flow that the client id belongs to."""
    name: str = request.param
    return name


@pytest.fixture
def simkl() -> Iterator[Simulator]:
    """A Simkl that knows a client id for each flow and is polled every second."""
    clients = {client_id: flow for flow, client_id in CLIENT_IDS.items()}
    with Simulator(clients, interval=1, expires_in=60) as simulator:
        yield simulator


@pytest.fixture
def boot(addon_zip: Path) -> Iterator[Boot]:
    """Boots a Kodi with the add-on against a Simkl at ``url``, with the client id of ``flow`` in its settings.

    ``addons`` are the zips of further add-ons; what is not named here goes to :class:`Setup`.
    """
    with ExitStack() as stack:

        def boot(
            url: str,
            flow: str = "v1",
            settings: Mapping[str, str] | None = None,
            environment: Mapping[str, str] | None = None,
            built: Path = addon_zip,
            with_service: bool = True,
            with_socks: bool = False,
            addons: Sequence[Path] = (),
            **setup: Any,
        ) -> Addon:
            values = {"client_id": CLIENT_IDS.get(flow, ""), **(settings or {})}
            folders = stand_ins(with_socks=with_socks)
            kodi = Kodi(
                Setup(zips=[built, *addons], folders=folders, debug=True, addon_settings=values, **setup),
                environment={"SIMKL_API_URL": url, **(environment or {})},
                wait_for_service=with_service,
            )
            return Addon(stack.enter_context(kodi))

        yield boot
