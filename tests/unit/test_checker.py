"""Kodi's own checker, as it is run here: what it objects to in a zip, and that it needs no network."""

from __future__ import annotations

import io
import socket
import zipfile
from pathlib import Path
from typing import Mapping, NoReturn

import pytest
from PIL import Image
from real_kodi.package import write_zip
from shipping import checker

ADDON_ID = "script.example"
METADATA = """
<summary lang="en_GB">Example</summary><description lang="en_GB">An example</description>
<platform>all</platform><license>MIT</license><source>https://example.org/</source><news>1.0.0</news>
<assets><icon>icon.png</icon><fanart>fanart.jpg</fanart></assets>
"""
ADDON = f"""<?xml version="1.0" encoding="UTF-8"?>
<addon id="{ADDON_ID}" name="Example" version="1.0.0" provider-name="tests">
<requires>
<import addon="xbmc.python" version="3.0.0"/><import addon="script.module.requests" version="2.22.0"/>
</requires>
<extension point="xbmc.python.script" library="default.py"><provides>executable</provides></extension>
<extension point="xbmc.addon.metadata">{METADATA}</extension>
</addon>
"""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("the checker wants to go to the network")

    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)


def picture(width: int, height: int, kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, kind)
    return file.getvalue()


def outcome(folder: Path, **changes: bytes | None) -> tuple[bool, str]:
    """Whether the checker is content with an add-on changed so, and what was said; None leaves a file out."""
    files: Mapping[str, bytes | None] = {
        "addon.xml": ADDON.encode(),
        "default.py": b"pass\n",
        "icon.png": picture(512, 512, "PNG"),
        "fanart.jpg": picture(1920, 1080, "JPEG"),
        **{name.replace("__", "."): content for name, content in changes.items()},
    }
    path = folder / "example.zip"
    write_zip(path, ADDON_ID, {name: content for name, content in files.items() if content is not None})
    said: list[str] = []
    return checker.check(path, said.append), "\n".join(said)


def changed(old: str, new: str) -> bytes:
    assert old in ADDON
    return ADDON.replace(old, new).encode()


def test_a_good_add_on(tmp_path: Path) -> None:
    content, said = outcome(tmp_path)
    assert content, said
    assert "0 errors, 0 warnings" in said
    assert said.count("not checked, needs the network: ") == len(checker.SKIPPED)


FAULTS: dict[str, tuple[dict[str, bytes | None], str]] = {
    "icon not declared": ({"addon__xml": changed("<icon>icon.png</icon>", "")}, "icon should be explicitly declared"),
    "no icon": ({"addon__xml": changed("<icon>icon.png</icon>", ""), "icon__png": None}, "might want to add a icon"),
    "icon of a wrong size": ({"icon__png": picture(500, 500, "PNG")}, "icon should have either 256x256 or 512x512"),
    "old address": ({"addon__xml": changed("https://example.org/", "http://example.org/")}, "no https address"),
    "unknown dependency": (
        {"addon__xml": changed("module.requests", "module.nope")},
        "script.module.nope is not avail",
    ),
    "newer dependency": ({"addon__xml": changed("2.22.0", "99.0.0")}, "Version mismatch for required dependency"),
    "news too long": ({"addon__xml": changed("<news>", f"<news>{'x' * 1500}")}, "Schema validation failed"),
    "long entry point": ({"default__py": b"a = 1\n" * 15}, "Complex entry point"),
    "odd file": ({"notes__docx": b""}, "non whitelisted file ending"),
    "folder is not the id": ({"addon__xml": changed(f'id="{ADDON_ID}"', 'id="script.other"')}, "does not match"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault(tmp_path: Path, fault: str) -> None:
    changes, complaint = FAULTS[fault]
    content, said = outcome(tmp_path, **changes)
    assert not content
    assert complaint in said


def test_an_allowed_warning_that_does_not_come_up_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checker.ALLOWED, "For a thing of the past", "it was right once")
    content, said = outcome(tmp_path)
    assert not content
    assert "does not come up any more: For a thing of the past" in said


def test_the_zip_itself_is_what_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    with pytest.raises(zipfile.BadZipFile):
        checker.check(tmp_path / "broken.zip", print)
