"""A throw-away add-on that does nothing more than it must: the least that a dialog or a service can cost."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

from real_kodi import package

ADDON_ID = "script.bench.floor"
READY = "bench.floor"
"""The Home window's property that its service sets."""
_SKIN = "resources/skins/"

_ADDON = """<?xml version="1.0" encoding="UTF-8"?>
<addon id="script.bench.floor" name="Floor" version="1.0.0" provider-name="tests">
  <requires><import addon="xbmc.python" version="3.0.0"/>{requests}</requires>
  {service}
  <extension point="xbmc.python.script" library="default.py"/>
  <extension point="xbmc.addon.metadata">
    <summary lang="en_GB">For measurements</summary>
    <description lang="en_GB">For measurements</description>
    <platform>all</platform>
    <license>MIT</license>
  </extension>
</addon>
"""
EMPTY_SERVICE = """
import xbmc, xbmcgui
xbmcgui.Window(10000).setProperty("bench.floor", "ready")
xbmc.Monitor().waitForAbort()
"""
REQUESTING_SERVICE = """
import os, requests, xbmc, xbmcgui
session = requests.Session()
session.get(os.environ["SIMKL_API_URL"] + "/floor", timeout=10).content
xbmcgui.Window(10000).setProperty("bench.floor", "ready")
xbmc.Monitor().waitForAbort()
"""
_DIALOG = """
import os, sys, xbmc, xbmcgui
class Dialog(xbmcgui.WindowXMLDialog):
    def onInit(self):
        for bar in () if "page" in sys.argv else (103, 106):  # Kodi draws a bar that stands at nothing again and again
            self.getControl(bar).setPercent(50)
    def onAction(self, action):
        if action.getId() in (10, 92):
            self.close()
            self.closed = True
    closed = False
folder = os.path.dirname(os.path.abspath(__file__))
name = "script-simkl-connect-activity.xml" if "page" in sys.argv else "script-simkl-connect.xml"
dialog = Dialog(name, folder, "Default", "1080i")
texts = {"phase": sys.argv[1], "mode": sys.argv[1], "sign": sys.argv[1], "message": "Standing still",
         "first_button": "Cancel", "address": "simkl.com/pin", "address_in_font": "ABCDE", "time_left": "15:00",
         "skin": "skin.estuary"}
for name, text in texts.items():
    dialog.setProperty(name, text)
if "running" not in sys.argv:
    dialog.doModal()
else:
    dialog.show()
    seconds = 0
    while not dialog.closed and not xbmc.Monitor().waitForAbort(1):
        seconds += 1
        dialog.setProperty("time_left", "14:%02d" % (-seconds % 60))
"""


def write_floor(target: Path, contents: Mapping[str, bytes], service: str = "") -> Path:
    """Its zip, with the dialog out of ``contents``, the add-on's files, and the source of a ``service``, if any."""
    files = {name: data for name, data in contents.items() if name.startswith(_SKIN)}
    files["addon.xml"] = _ADDON.format(
        service='<extension point="xbmc.service" library="service.py"/>' if service else "",
        requests='<import addon="script.module.requests"/>' if "requests" in service else "",
    ).encode()
    files["service.py"] = service.encode()
    files["default.py"] = _DIALOG.encode()
    package.write_zip(target, ADDON_ID, files)
    return target
