"""The proxy in Kodi's settings is the way every request takes: SOCKS too, where the module for it is there."""

from __future__ import annotations

from typing import Mapping

import pytest
from conftest import Boot
from real_kodi.tcp import connections_to
from real_kodi.waiting import wait_for
from simkl_simulator import Hang, Simulator, silent_listener
from simkl_simulator.socks import socks_proxy
from test_nothing_stuck import PATIENCE

SOCKS5 = "3"
"""Kodi's number for it."""
LOGIN = ("us er", "pass:word")


def socks_at(port: int) -> Mapping[str, str]:
    """Settings of Kodi's own."""
    return {
        "network.usehttpproxy": "true",
        "network.httpproxytype": SOCKS5,
        "network.httpproxyserver": "127.0.0.1",
        "network.httpproxyport": str(port),
        "network.httpproxyusername": LOGIN[0],
        "network.httpproxypassword": LOGIN[1],
    }


def test_a_sign_in_goes_through_a_socks_proxy(boot: Boot, simkl: Simulator) -> None:
    with socks_proxy(LOGIN) as proxy:
        addon = boot(simkl.url, kodi_settings=socks_at(proxy.port), with_socks=True)
        addon.sign_in(simkl)
        assert len(proxy.targets) == simkl.connections > 0


def test_without_the_module_for_it_a_socks_proxy_is_named(boot: Boot, simkl: Simulator) -> None:
    with socks_proxy(LOGIN) as proxy:
        addon = boot(simkl.url, kodi_settings=socks_at(proxy.port))
        addon.run("authorize")
        addon.wait_for_message("The proxy server does not work.")
        assert simkl.requests == []
        assert LOGIN[1] not in addon.kodi.log()


@pytest.mark.parametrize("phase", ["handshake", "no answer"])
def test_kodi_quits_at_once_while_a_socks_proxy_hangs(boot: Boot, simkl: Simulator, phase: str) -> None:
    simkl.fault("/oauth", Hang())
    with silent_listener() as silent, socks_proxy(LOGIN) as proxy:
        port = silent.port if phase == "handshake" else proxy.port
        addon = boot(simkl.url, kodi_settings=socks_at(port), with_socks=True)
        addon.run("authorize")
        addon.wait_for_phase("starting")
        if phase == "no answer":
            wait_for(lambda: simkl.requests, "the request to be sent")
        else:
            wait_for(lambda: connections_to(silent.port), "the proxy to be asked")
        assert addon.kodi.quit() < PATIENCE
