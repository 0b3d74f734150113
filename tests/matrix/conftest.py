from __future__ import annotations

import os

import pytest
from real_kodi import chroot
from real_kodi.runtime import Runtime

RELEASES = tuple(os.environ.get("RELEASES", "").split()) or chroot.RELEASES


@pytest.fixture(scope="module", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """A release of Debian."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def runtime(request: pytest.FixtureRequest, release: str) -> Runtime:
    """Its Kodi. Making it takes a while, so what happens is shown at once."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    try:
        with capture.global_and_fixture_disabled():
            return chroot.runtime(release)
    except chroot.Unavailable as error:
        pytest.skip(f"no Kodi of {release}: {error}")
