"""The language files: every text in use is there, in every language, and nothing else is."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator, Mapping

import pytest
from simkl_connect.activity.possible import Action
from simkl_connect.activity.reasons import Reason, Status
from simkl_connect.api.search import KINDS
from simkl_connect.kodi import texts
from simkl_connect.kodi.background import notifications
from simkl_connect.kodi.screens import page_texts
from simkl_connect.ui.activity_view import Alert
from simkl_connect.ui.view import Button

PROJECT = Path(__file__).parents[2]
FOLDERS = {
    folder.name.rpartition(".")[2]: folder for folder in sorted((PROJECT / "resources" / "language").glob("*.*.*"))
}
"""By language, in Kodi's way of writing: ``de_de``."""
ENGLISH = "en_gb"
TRANSLATED = [language for language in FOLDERS if language != ENGLISH]

FILM, ANIME = 32477, 32479
SAME_AS_ENGLISH: frozenset[tuple[str, int]] = frozenset(
    {(language, FILM) for language in ("de_de", "fr_fr", "it_it", "nl_nl", "pl_pl", "sv_se", "tr_tr")}
    | {(language, ANIME) for language in TRANSLATED if language not in ("ja_jp", "ru_ru", "zh_cn")}
)
"""Texts that are as in English on purpose, by language and id."""

_QUOTED = re.compile(r'(?:(msgctxt|msgid|msgstr) )?"((?:[^"\\]|\\["\\n])*)"')
_ESCAPED = {r"\n": "\n", r"\"": '"', r"\\": "\\"}
_LEFT_ALONE = re.compile(r"\{[^}]*\}?|\}|simkl\.com[a-z/]*|SIMKL_API_URL|Connected Apps")
_IN_SKIN = re.compile(r"\$ADDON\[script\.simkl\.connect (\d+)\]")
_IN_CODE = re.compile(r"\b3[0-3]\d{3}\b")
"""Kodi gives 30000 to 33999 to add-ons."""


@dataclass(frozen=True)
class Entry:
    """One of a language file. The header is the one whose ``context`` and ``english`` are empty."""

    context: str
    english: str
    translation: str
    comments: tuple[str, ...]

    @property
    def number(self) -> int:
        """The id; 0 if it is none."""
        found = re.fullmatch(rf"#({_IN_CODE.pattern})", self.context)
        return int(found.group(1)) if found else 0


def parse(text: str) -> list[Entry]:
    """A line that is no part of a language file is an error."""
    return [_entry(block) for block in re.split(r"\n\n+", text.strip("\n"))]


def _entry(block: str) -> Entry:
    fields = {"msgctxt": "", "msgid": "", "msgstr": ""}
    lines = block.split("\n")
    last = ""
    for line in lines:
        if line.startswith("#"):
            continue
        found = _QUOTED.fullmatch(line)
        last = found.group(1) or last if found else ""
        if found is None or not last:
            raise ValueError(f"not understood: {line!r}")
        fields[last] += re.sub(r"\\.", lambda escape: _ESCAPED[escape.group()], found.group(2))
    comments = tuple(line[2:].strip() for line in lines if line.startswith("#."))
    return Entry(fields["msgctxt"], fields["msgid"], fields["msgstr"], comments)


def entries(language: str) -> list[Entry]:
    return parse((FOLDERS[language] / "strings.po").read_text("utf-8-sig"))


def by_number(language: str) -> dict[int, Entry]:
    return {entry.number: entry for entry in entries(language)[1:]}


def used_in_settings() -> Iterator[int]:
    for element in ElementTree.parse(PROJECT / "resources" / "settings.xml").iter():
        for value in (element.get("label"), element.get("help"), element.text):
            if value and _IN_CODE.fullmatch(value.strip()):
                yield int(value)


def used_in_skins() -> set[int]:
    files = (PROJECT / "resources" / "skins").rglob("*.xml")
    return {int(number) for file in files for number in _IN_SKIN.findall(file.read_text("utf-8"))}


def used_in_code() -> set[int]:
    sources = "".join(Path(module.__file__).read_text("utf-8") for module in (texts, page_texts, notifications))
    return {int(number) for number in _IN_CODE.findall(sources)}


BUTTONS = {
    *texts.BUTTONS.values(),
    *page_texts.ACTIONS.values(),
    *(texts.SIGN_OUT, texts.SWITCH_ACCOUNT, texts.SEND_LATER, texts.DO_NOT_SEND),
    *(page_texts.SEND_NOW, page_texts.BUG_REPORT, page_texts.OTHER_WORDS, page_texts.BACK),
}


def width(text: str) -> int:
    """In letters; a Chinese or Japanese one is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def test_every_text_in_use_is_in_the_language_file_and_no_other() -> None:
    used = {*used_in_code(), *used_in_settings(), *used_in_skins()}
    there = set(by_number(ENGLISH))
    assert {"missing": used - there, "unused": there - used} == {"missing": set(), "unused": set()}


def test_every_button_has_a_text() -> None:
    assert set(texts.BUTTONS) == set(Button)


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (page_texts.REASONS, Reason),
        (page_texts.STATUSES, Status),
        (page_texts.ACTIONS, Action),
        (page_texts.ALERTS, Alert),
        (page_texts.KINDS, KINDS),
    ],
    ids=["reasons", "statuses", "actions", "alerts", "kinds"],
)
def test_the_activity_page_has_a_text_for_each(table: Mapping[object, int], known: Iterable[object]) -> None:
    assert set(table) == set(known)
    assert len(set(table.values())) == len(table)


@pytest.mark.parametrize("language", FOLDERS)
def test_the_file_is_one_kodi_reads(language: str) -> None:
    content = (FOLDERS[language] / "strings.po").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf"), "a byte order mark"
    assert b"\r" not in content
    assert re.fullmatch(r"resource\.language\.[a-z]{2}_[a-z]{2}", FOLDERS[language].name)


@pytest.mark.parametrize("language", FOLDERS)
def test_the_header_is_the_languages_own(language: str) -> None:
    header = entries(language)[0]
    values = dict(line.split(": ", 1) for line in header.translation.splitlines())
    assert (header.context, header.english) == ("", "")
    assert values["Language"] == language
    assert values["Content-Type"] == "text/plain; charset=UTF-8"
    assert re.fullmatch(r"nplurals=[1-3]; plural=[^;]+;", values["Plural-Forms"])


@pytest.mark.parametrize("language", FOLDERS)
def test_every_id_is_one_and_is_there_once(language: str) -> None:
    found = entries(language)[1:]
    assert [entry.context for entry in found if not entry.number] == []
    assert [number for number, times in Counter(entry.number for entry in found).items() if times > 1] == []


@pytest.mark.parametrize("language", FOLDERS)
def test_every_text_says_what_it_is_for(language: str) -> None:
    assert [entry.number for entry in entries(language)[1:] if not any(entry.comments)] == []


def test_english_is_its_own_translation() -> None:
    assert [entry.number for entry in entries(ENGLISH)[1:] if entry.translation or not entry.english] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_has_the_texts_of_english_and_no_other(language: str) -> None:
    english, translated = by_number(ENGLISH), by_number(language)
    assert {"missing": english.keys() - translated, "extra": translated.keys() - english} == {
        "missing": set(),
        "extra": set(),
    }
    assert [number for number in english if translated[number].english != english[number].english] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    assert [number for number, entry in by_number(language).items() if not entry.translation.strip()] == []
    same = {(language, number) for number, entry in by_number(language).items() if entry.translation == entry.english}
    assert same == {allowed for allowed in SAME_AS_ENGLISH if allowed[0] == language}


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_and_addresses_are_left_alone(language: str) -> None:
    for number, entry in by_number(language).items():
        kept = sorted(_LEFT_ALONE.findall(entry.translation))
        assert kept == sorted(_LEFT_ALONE.findall(entry.english)), f"{number}: {entry.translation}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_buttons_and_instructions_fit(language: str) -> None:
    short = BUTTONS | used_in_skins()
    for number, entry in by_number(language).items():
        if number not in short:
            continue
        room = max(1.6 * width(entry.english), width(entry.english) + 12)
        assert width(entry.translation) <= room, f"{number}: {entry.translation}"


@pytest.mark.parametrize("element", ["summary", "description"])
def test_the_add_on_introduces_itself_in_every_language(element: str) -> None:
    found = ElementTree.parse(PROJECT / "addon.xml").iter(element)
    assert sorted(item.get("lang", "").lower() for item in found if item.text) == sorted(FOLDERS)
