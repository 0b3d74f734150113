"""A tiny add-on for the harness's own tests: a service, a script, three settings, a property for what it has done."""

from __future__ import annotations

from pathlib import Path

from .package import write_zip

ADDON_ID = "script.throw.away"

_ADDON = """<?xml version="1.0" encoding="UTF-8"?>
<addon id="script.throw.away" name="Throw away" version="1.0.0" provider-name="tests">
  <requires>
    <import addon="xbmc.python" version="3.0.0"/>
    <import addon="script.module.requests" version="2.31.0" optional="true"/>
    <import addon="script.module.pyqrcode" version="1.2.1" optional="true"/>
  </requires>
  <extension point="xbmc.python.script" library="default.py"/>
  <extension point="xbmc.service" library="service.py"/>
  <extension point="xbmc.addon.metadata">
    <summary lang="en_GB">For tests</summary>
    <description lang="en_GB">For tests</description>
    <platform>all</platform>
    <license>MIT</license>
  </extension>
</addon>
"""

_SERVICE = """
import xbmc, xbmcaddon, xbmcgui
xbmcgui.Window(10000).setProperty("service", xbmcaddon.Addon().getSetting("colour") or "none")
xbmc.Monitor().waitForAbort()
"""

_SCRIPT = """
import sys, xbmcaddon, xbmcgui
def requests():
    import requests
    return requests.__version__ + " " + requests.__file__
def qr():
    import pyqrcode
    return pyqrcode.create("https://simkl.com").png_as_base64_str()
def colour():
    xbmcaddon.Addon().setSetting("colour", "green")
    return "green"
try:
    done = {"requests": requests, "qr": qr, "colour": colour, "hello": lambda: "hello"}[sys.argv[1]]()
except ImportError as error:
    done = "ImportError"
xbmcgui.Window(10000).setProperty("script", done)
"""

_SETTINGS = """<?xml version="1.0" encoding="utf-8"?>
<settings version="1">
  <section id="script.throw.away">
    <category id="one" label="128">
      <group id="1">
        <setting id="colour" type="string" label="32001">
          <level>0</level><default/><constraints><allowempty>true</allowempty></constraints>
          <control type="edit" format="string"/>
        </setting>
        <setting id="wake" type="boolean" label="32002">
          <level>0</level><default>true</default><control type="toggle"/>
        </setting>
        <setting id="greet" type="action" label="32003">
          <level>0</level><data>RunScript(script.throw.away,hello)</data>
          <control type="button" format="action"><close>true</close></control>
        </setting>
      </group>
    </category>
  </section>
</settings>
"""

_TEXTS = """# Kodi Media Center language file
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: en_gb\\n"

msgctxt "#32001"
msgid "Colour"
msgstr ""

msgctxt "#32002"
msgid "Wake up"
msgstr ""

msgctxt "#32003"
msgid "Say hello"
msgstr ""
"""

_FILES = {
    "addon.xml": _ADDON,
    "service.py": _SERVICE,
    "default.py": _SCRIPT,
    "resources/settings.xml": _SETTINGS,
    "resources/language/resource.language.en_gb/strings.po": _TEXTS,
}


def write_throw_away(folder: Path) -> Path:
    """Its zip, in ``folder``."""
    path = folder / "throw-away.zip"
    write_zip(path, ADDON_ID, {name: text.encode() for name, text in _FILES.items()})
    return path
