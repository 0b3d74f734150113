"""A plug-in for tests: its URLs lead to local videos and carry whatever tags, properties and ids a test asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping
from urllib.parse import urlencode

from .package import write_zip

PLUGIN_ID = "plugin.video.simkltest"

_ADDON = """<?xml version="1.0" encoding="UTF-8"?>
<addon id="plugin.video.simkltest" name="Videos for tests" version="1.0.0" provider-name="tests">
  <requires>
    <import addon="xbmc.python" version="3.0.0"/>
  </requires>
  <extension point="xbmc.python.pluginsource" library="default.py">
    <provides>video</provides>
  </extension>
  <extension point="xbmc.addon.metadata">
    <summary lang="en_GB">For tests</summary>
    <description lang="en_GB">For tests</description>
    <platform>all</platform>
    <license>MIT</license>
  </extension>
</addon>
"""

_PLUGIN = """
import json, sys, urllib.parse
import xbmcgui, xbmcplugin

SETTERS = {
    "mediatype": "setMediaType", "title": "setTitle", "tvshowtitle": "setTvShowTitle", "year": "setYear",
    "season": "setSeason", "episode": "setEpisode", "imdbnumber": "setIMDBNumber", "duration": "setDuration",
}

told = json.loads(dict(urllib.parse.parse_qsl(sys.argv[2][1:]))["told"])
for name, value in told["home"].items():
    xbmcgui.Window(10000).setProperty(name, value)
item = xbmcgui.ListItem(told["label"], path=told["video"])
if told["by"] == "InfoTagVideo":
    tag = item.getVideoInfoTag()
    for name, value in told["info"].items():
        getattr(tag, SETTERS[name])(value)
    if told["ids"]:
        tag.setUniqueIDs(told["ids"])
else:
    if told["info"]:
        item.setInfo("video", told["info"])
    if told["ids"]:
        item.setUniqueIDs(told["ids"])
for name, value in told["properties"].items():
    item.setProperty(name, value)
xbmcplugin.setResolvedUrl(int(sys.argv[1]), True, item)
"""


@dataclass(frozen=True)
class PluginVideo:
    """A video as the plug-in gives it to Kodi.

    ``info`` are the tags by their names in ``setInfo`` (mediatype, title, tvshowtitle, year, season, episode,
    imdbnumber, duration), ``ids`` go to ``setUniqueIDs``, ``properties`` to the list item, ``home`` to the home window
    before the video starts. ``by`` is how tags are set: ``setInfo``, or ``InfoTagVideo`` (Kodi 20 and later).
    """

    video: Path
    label: str = ""
    info: Mapping[str, str | int] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    home: Mapping[str, str] = field(default_factory=dict)
    by: str = "setInfo"

    @property
    def url(self) -> str:
        """``plugin://…``: what to play."""
        told = {**self.__dict__, "video": str(self.video)}
        return f"plugin://{PLUGIN_ID}/?{urlencode({'told': json.dumps(told)})}"


def write_video_plugin(folder: Path) -> Path:
    """The plug-in's zip, in ``folder``."""
    path = folder / "video-plugin.zip"
    write_zip(path, PLUGIN_ID, {"addon.xml": _ADDON.encode(), "default.py": _PLUGIN.encode()})
    return path
