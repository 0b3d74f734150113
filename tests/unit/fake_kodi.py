"""A Kodi of a few lines, typed against Kodi's stubs: settings, one window's properties, notifications sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xbmc
import xbmcaddon
import xbmcgui
import xbmcvfs

ADDON_ID = "script.simkl.connect"


class FakeKodi:
    """What the add-on's Kodi layer touches.

    ``loses`` names settings that Kodi forgets, ``disk_loses`` those that it keeps only in memory; ``disabled`` hides
    the add-on. ``answers``: what else JSON-RPC answers, by method.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings: dict[str, str] = {}
        self.loses: set[str] = set()
        self.disk_loses: set[str] = set()
        self.disabled = False
        self.own_settings: dict[str, object] = {}
        self.asked: list[str] = []
        self.properties: dict[str, str] = {}
        self.calls: list[str] = []
        self.answers: dict[str, object] = {}
        self.toasts: list[str] = []
        self.texts: dict[int, str] = {}

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        kodi = self

        class Addon(xbmcaddon.Addon):
            def __init__(self, id: str | None = None) -> None:  # Kodi's name
                if kodi.disabled:
                    raise RuntimeError("Unknown addon id")

            def getSetting(self, id: str) -> str:
                return kodi.settings.get(id, "")

            def setSetting(self, id: str, value: str) -> None:
                if id not in kodi.loses:
                    kodi.settings[id] = value
                kodi.write_settings_file()

            def getAddonInfo(self, id: str) -> str:
                return {"path": str(kodi.path), "version": "1.2.3", "name": "Simkl Connect"}.get(id, "")

            def getLocalizedString(self, id: int) -> str:
                return kodi.texts.get(id, f"text {id}")

        class Window(xbmcgui.Window):
            def __init__(self, existingWindowId: int = -1) -> None:
                assert existingWindowId == 10000

            def setProperty(self, key: str, value: str) -> None:
                kodi.properties[key] = value

            def getProperty(self, key: str) -> str:
                return kodi.properties.get(key, "")

            def clearProperty(self, key: str) -> None:
                kodi.properties.pop(key, None)

        class Dialog(xbmcgui.Dialog):
            def notification(self, heading: str, message: str, *_rest: Any) -> None:
                kodi.toasts.append(message)

        monkeypatch.setattr(xbmcaddon, "Addon", Addon)
        monkeypatch.setattr(xbmcgui, "Window", Window)
        monkeypatch.setattr(xbmcgui, "Dialog", Dialog)
        monkeypatch.setattr(
            xbmcvfs, "translatePath", lambda path: path.replace("special://profile", str(kodi.path / "profile"))
        )
        monkeypatch.setattr(xbmc, "executeJSONRPC", self._call)
        monkeypatch.setattr(xbmc, "getCondVisibility", lambda _condition: not kodi.disabled)

    def _call(self, request: str) -> str:
        called = json.loads(request)
        if called["method"] == "Settings.GetSettingValue":
            self.asked.append(called["params"]["setting"])
            return json.dumps({"result": {"value": self.own_settings.get(called["params"]["setting"])}})
        if called["method"] == "Addons.GetAddonDetails":
            return json.dumps({"result": {"addon": {"enabled": not self.disabled}}})
        self.calls.append(request)
        return json.dumps(self.answers.get(called["method"], {}))

    @property
    def data_folder(self) -> Path:
        return self.path / "profile" / "addon_data" / ADDON_ID

    def write_settings_file(self) -> None:
        root = ElementTree.Element("settings", version="2")
        for name, value in self.settings.items():
            if name not in self.disk_loses:
                ElementTree.SubElement(root, "setting", id=name).text = value
        self.data_folder.mkdir(parents=True, exist_ok=True)
        ElementTree.ElementTree(root).write(self.data_folder / "settings.xml")
