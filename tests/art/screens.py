"""Photographs every state of the sign-in screen and of the activity page in a real Kodi: ``python -m art.screens
[NAME...]``.

Writes contact sheets for each skin and screen, two for all languages, and the pictures for the add-on's page.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping, Sequence

from PIL import Image
from real_kodi import package
from real_kodi.addon import Addon
from real_kodi.dependencies import stand_ins
from real_kodi.kodi import Kodi
from real_kodi.paths import PROJECT
from real_kodi.profile import ESTOUCHY, ESTUARY, Setup
from simkl_simulator import Simulator

from . import pages, scenes
from .pages import PAGES, close_page
from .scenes import DEVICE_APP, PIN_APP, SCENES, Scene, Stage

SHEETS = PROJECT / "docs/screens"
PAGE = PROJECT / "resources/screenshots"
ON_THE_PAGE = ("waiting_device", "last_minute", "connected")
"""Pictures that go with the add-on."""
IN_EVERY_LANGUAGE = (scenes.retrying, scenes.expired, scenes.failed)
PAGE_IN_EVERY_LANGUAGE = (pages.empty, pages.problem, pages.menu)
"""Those with the longest texts."""
LANGUAGES = "languages"
ACTIVITY = "activity"

GAP = 16
QUALITY = 85
_NEEDS_ARIAL = ("ja_jp", "ko_kr", "zh_cn", "zh_tw")
"""Languages whose letters are in Kodi's own font and not in the skins'."""


@dataclass(frozen=True)
class Look:
    """A skin, a screen, a language."""

    skin: str
    width: int
    height: int
    language: str = "en_gb"

    @property
    def name(self) -> str:
        """For the file."""
        return f"{self.skin.partition('.')[2]}-{self.height}p"


PAGE_LOOK = Look(ESTUARY, 1920, 1080)
LOOKS = (Look(ESTUARY, 1280, 720), PAGE_LOOK, Look(ESTUARY, 3840, 2160), Look(ESTOUCHY, 1920, 1080))


def main(wanted: Sequence[str]) -> int:
    """All sheets, or those whose names are given."""
    for look in LOOKS:
        name = f"{ACTIVITY}-{look.name}"
        if not wanted or ACTIVITY in wanted or name in wanted:
            shots = list(photograph(look, known_scenes=PAGES, leave=close_page).values())
            save(contact_sheet(shots, columns=2, width=640), SHEETS / f"{name}.jpg")
        if not wanted or look.name in wanted:
            pictures = photograph(look)
            save(contact_sheet(list(pictures.values()), columns=2, width=960), SHEETS / f"{look.name}.jpg")
            for name in ON_THE_PAGE if look == PAGE_LOOK else ():
                save(pictures[name], PAGE / f"{name}.jpg")
    if not wanted or LANGUAGES in wanted:
        shots = [shot for look in translations() for shot in photograph(look, IN_EVERY_LANGUAGE).values()]
        save(contact_sheet(shots, len(IN_EVERY_LANGUAGE), width=400), SHEETS / f"{LANGUAGES}.jpg")
    if not wanted or f"{ACTIVITY}-{LANGUAGES}" in wanted:
        looks = translations()
        shots = [one for look in looks for one in photograph(look, PAGE_IN_EVERY_LANGUAGE, PAGES, close_page).values()]
        save(contact_sheet(shots, len(PAGE_IN_EVERY_LANGUAGE), width=400), SHEETS / f"{ACTIVITY}-{LANGUAGES}.jpg")
    return 0


def translations() -> tuple[Look, ...]:
    """A look for each language that the add-on speaks besides English."""
    folders = (PROJECT / "resources/language").glob("resource.language.*")
    languages = sorted(folder.name.rpartition(".")[2] for folder in folders)
    return tuple(Look(ESTUARY, 1280, 720, language) for language in languages if language != "en_gb")


def photograph(
    look: Look,
    wanted: Sequence[Scene] = (),
    known_scenes: Mapping[str, Sequence[Scene]] = SCENES,
    leave: Scene = Stage.leave,
) -> dict[str, Image.Image]:
    """The ``wanted`` scenes, or all, by their names. Each is left by ``leave``."""
    pictures: dict[str, Image.Image] = {}
    for client_id, known in known_scenes.items():
        chosen = [scene for scene in known if not wanted or scene in wanted]
        if not chosen:
            continue
        with open_stage(look, client_id) as stage:
            for scene in chosen:
                pictures[scene.__name__] = photograph_scene(stage, scene, leave)
    print(look.name, look.language, flush=True)
    return pictures


def photograph_scene(stage: Stage, scene: Scene, leave: Scene) -> Image.Image:
    """Play ``scene``, look, and leave it."""
    scene(stage)
    picture = stage.kodi.picture()
    leave(stage)
    return picture


@contextmanager
def open_stage(look: Look, client_id: str) -> Iterator[Stage]:
    """A Kodi that looks so, with the add-on built from the work tree, talking to a simulated Simkl."""
    simulator = Simulator({PIN_APP: "v1", DEVICE_APP: "v2"}, interval=1, rate_limits=False)
    with tempfile.TemporaryDirectory() as folder, simulator as simkl:
        setup = Setup(
            zips=[package.build(PROJECT, Path(folder), {package.CLIENT_ID_VARIABLE: client_id})],
            folders=stand_ins(),
            skin=look.skin,
            language=f"resource.language.{look.language}",
            width=look.width,
            height=look.height,
            kodi_settings={"lookandfeel.font": "Arial"} if look.language in _NEEDS_ARIAL else {},
        )
        with Kodi(setup, {"SIMKL_API_URL": simkl.url}, wait_for_service=True) as kodi:
            yield Stage(Addon(kodi), simkl)


def contact_sheet(pictures: Sequence[Image.Image], columns: int, width: int) -> Image.Image:
    """All of them side by side, each ``width`` pixels wide."""
    height = width * 9 // 16
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP), "#555555")
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        place = (GAP + column * (width + GAP), GAP + row * (height + GAP))
        sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), place)
    return sheet


def save(picture: Image.Image, path: Path) -> None:
    """A JPEG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    picture.save(unfinished, "JPEG", quality=QUALITY, optimize=True)
    os.replace(unfinished, path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
