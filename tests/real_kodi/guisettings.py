"""Kodi's own settings files."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Mapping

from .ports import Ports

# Kodi calls a file without these two unreadable and starts from its defaults.
_EMPTY = '<settings version="2"><viewstates/><resolutions/></settings>'


def set_values(path: Path, values: Mapping[str, str]) -> None:
    """Write ``values`` into the settings file at ``path``; what else it holds stays."""
    root = ElementTree.parse(path).getroot() if path.exists() else ElementTree.fromstring(_EMPTY)
    known = {element.get("id"): element for element in root.iter("setting")}
    for name, value in values.items():
        element = known.get(name)
        if element is None:
            element = ElementTree.SubElement(root, "setting", id=name)
        element.attrib.pop("default", None)
        element.text = value
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def port_values(ports: Ports) -> dict[str, str]:
    """The settings that make Kodi listen on ``ports``; the TCP port is not among them, see :func:`advanced`."""
    return {"services.webserverport": str(ports.web), "services.esport": str(ports.event)}


def advanced(ports: Ports, debug: bool) -> str:
    """The text of ``advancedsettings.xml``. Log level 1 is debug without the overlay that the setting draws."""
    level = 1 if debug else 0
    return (
        f'<advancedsettings version="1.0"><loglevel hide="true">{level}</loglevel>'
        f"<jsonrpc><tcpport>{ports.tcp}</tcpport></jsonrpc></advancedsettings>"
    )


def first_values(skin: str, language: str, name: str) -> dict[str, str]:
    """What a profile for tests starts with: reachable from here, silent otherwise. ``name`` tells this Kodi apart."""
    return {
        "services.webserver": "true",
        "services.webserverauthentication": "false",
        "services.esenabled": "true",
        "services.esportrange": "1",
        "services.esallinterfaces": "false",
        "services.zeroconf": "false",
        "services.wsdiscovery": "false",
        "services.devicename": name,
        "addons.unknownsources": "true",
        "general.addonupdates": "2",  # never
        "screensaver.mode": "",
        "lookandfeel.skin": skin,
        "locale.language": language,
    }


def window_values(width: int, height: int) -> dict[str, str]:
    """The settings that give Kodi a window of ``width`` by ``height`` pixels instead of the whole screen."""
    return {
        "videoscreen.screenmode": "WINDOW",
        "videoscreen.resolution": "15",
        "window.width": str(width),
        "window.height": str(height),
    }
