"""A second add-on for tests: a plug-in that lists what its user is watching on Simkl, by Simkl Connect's sign-in."""

from __future__ import annotations

from pathlib import Path

from .package import version_of, write_zip
from .paths import PROJECT

WATCHING_ID = "plugin.video.simkl.watching"
"""Its URL is ``plugin://plugin.video.simkl.watching/``; behind it, ``?twice`` and the like are in the plug-in below."""

_ADDON = """<?xml version="1.0" encoding="UTF-8"?>
<addon id="{id}" name="Watching" version="1.0.0" provider-name="tests">
  <requires>
    <import addon="xbmc.python" version="3.0.0"/>
    <import addon="script.simkl.connect" version="{version}"/>
  </requires>
  <extension point="xbmc.python.pluginsource" library="default.py">
    <provides>video</provides>
  </extension>
  <extension point="xbmc.addon.metadata">
    <reuselanguageinvoker>{reuse}</reuselanguageinvoker>
    <summary lang="en_GB">For tests</summary>
    <description lang="en_GB">For tests</description>
    <platform>all</platform>
    <license>MIT</license>
  </extension>
</addon>
"""

_PLUGIN = """
import sys
import time

import requests
import simkl_connect
import xbmcgui
import xbmcplugin

ADDON_ID = "{id}"


def watching():
    simkl = simkl_connect.session(ADDON_ID)
    simkl.get("/sync/activities").raise_for_status()
    answer = simkl.get("/sync/all-items/shows/watching")
    answer.raise_for_status()
    return [item["show"]["title"] for item in (answer.json() or {{}}).get("shows", [])]


def mark():
    body = {{"movies": [{{"title": "Night Ferry", "year": 2019, "ids": {{"imdb": "tt9000103"}}}}]}}
    return [str(simkl_connect.session(ADDON_ID).post("/sync/history", json=body).status_code)]


def account():
    return [str(simkl_connect.account())]


def sign_in():
    return [str(simkl_connect.authorize())]


def main(handle, page):
    pages = {{"": watching, "?mark": mark, "?account": account, "?sign_in": sign_in}}
    began = time.monotonic()
    try:
        labels = pages[page]()
    except (simkl_connect.SimklError, requests.RequestException) as error:
        labels = [f"{{type(error).__name__}}: {{error}}"]
    labels.append(f"seconds: {{time.monotonic() - began:.2f}}")
    for label in labels:
        xbmcplugin.addDirectoryItem(handle, "plugin://" + ADDON_ID, xbmcgui.ListItem(label))
    xbmcplugin.endOfDirectory(handle, cacheToDisc=False)


main(int(sys.argv[1]), sys.argv[2])
"""


def write_watching_plugin(folder: Path, addon_id: str = WATCHING_ID, reuses_interpreter: bool = True) -> Path:
    """The plug-in's zip, in ``folder``; as often as wanted, under different ids."""
    reuse = "true" if reuses_interpreter else "false"
    addon = _ADDON.format(id=addon_id, version=version_of(PROJECT), reuse=reuse)
    path = folder / f"{addon_id}.zip"
    write_zip(path, addon_id, {"addon.xml": addon.encode(), "default.py": _PLUGIN.format(id=addon_id).encode()})
    return path
