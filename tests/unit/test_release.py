"""A release: its texts, and a whole one in a git repository of the test's own."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from shipping import notes, release
from shipping.notes import ReleaseError

CHANGELOG = """# Changelog

## [Unreleased]

### Added
- One thing, see [the docs](docs/one.md),
  on two lines.
- Another & `thing`.

## [0.1.0] - 2026-01-01

### Added
- The first.
"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<addon id="script.simkl.connect" name="Simkl Connect" version="0.1.0" provider-name="x">
    <requires><import addon="xbmc.python" version="3.0.0"/></requires>
    <extension point="xbmc.addon.metadata">
        <news>0.1.0
- The first.</news>
    </extension>
</addon>
"""
TODAY = "2026-02-03"


@pytest.mark.parametrize("version", ["1.2.3", "0.0.1", "10.20.30"])
def test_a_version(version: str) -> None:
    assert ".".join(map(str, notes.require_version(version))) == version


@pytest.mark.parametrize("version", ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.03", "1.2.3-beta", "1.2.3\n", "a.b.c"])
def test_no_version(version: str) -> None:
    with pytest.raises(ReleaseError, match="is no version: three numbers are"):
        notes.require_version(version)


def test_the_changelog_is_closed_under_the_version_and_open_for_the_next() -> None:
    closed = notes.close(CHANGELOG, "0.2.0", TODAY)
    assert closed.startswith("# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Added\n- One thing")
    assert closed.endswith("`thing`.\n\n## [0.1.0] - 2026-01-01\n\n### Added\n- The first.\n")
    with pytest.raises(ReleaseError, match="nothing under"):
        notes.unreleased(closed)


def test_the_first_release_of_all() -> None:
    closed = notes.close("## [Unreleased]\n\n- A\n", "0.1.0", TODAY)
    assert closed == f"## [Unreleased]\n\n## [0.1.0] - {TODAY}\n\n- A\n"


@pytest.mark.parametrize("text", ["## [Unreleased]\n", "## [Unreleased]\n\n### Added\n\n## [0.1.0]\n- Old\n"])
def test_an_empty_changelog(text: str) -> None:
    with pytest.raises(ReleaseError, match="nothing under"):
        notes.unreleased(text)


def test_a_changelog_without_the_section() -> None:
    with pytest.raises(ReleaseError, match="no section"):
        notes.unreleased("# Changelog\n")


def test_a_section_that_is_there_already() -> None:
    with pytest.raises(ReleaseError, match=r"a section 0\.1\.0 already"):
        notes.close(CHANGELOG, "0.1.0", TODAY)


def test_news_are_plain_lines() -> None:
    text = notes.news("0.2.0", notes.unreleased(CHANGELOG))
    assert text == "0.2.0\n- One thing, see the docs, on two lines.\n- Another & thing."


def test_news_have_room_for_1500_characters() -> None:
    many = "\n".join(f"- {'x' * 96}" for _ in range(40))
    text = notes.news("0.2.0", many)
    assert 1300 < len(text) <= notes.NEWS_LIMIT
    assert text.endswith("x\n…")


def test_the_manifest_is_changed_in_two_places_only() -> None:
    bumped = notes.bump(MANIFEST, "0.2.0", "0.2.0\n- A & B")
    assert bumped == MANIFEST.replace('version="0.1.0"', 'version="0.2.0"').replace(
        "0.1.0\n- The first.", "0.2.0\n- A &amp; B"
    )
    assert 'addon="xbmc.python" version="3.0.0"' in bumped


@pytest.mark.parametrize(
    ("version", "manifest", "complaint"),
    [
        ("0.0.9", MANIFEST, r"0\.0\.9 is older than 0\.1\.0"),
        ("0.2.0", MANIFEST.replace('version="0.1.0" ', ""), "has no version"),
        ("0.2.0", MANIFEST.replace("news>", "olds>"), "has no <news>"),
    ],
    ids=["downgrade", "no version", "no news"],
)
def test_a_manifest_that_cannot_be_bumped(version: str, manifest: str, complaint: str) -> None:
    with pytest.raises(ReleaseError, match=complaint):
        notes.bump(manifest, version, "x")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with an add-on, on its main branch, everything committed."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.delenv("SIMKL_CLIENT_ID", raising=False)
    files = {
        "addon.xml": MANIFEST,
        "CHANGELOG.md": CHANGELOG,
        "Makefile": "fine:\n\t@true\nbroken:\n\t@false\n",
        ".gitignore": "dist/\n",
        **dict.fromkeys(("default.py", "service.py", "LICENSE.txt"), ""),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "First")
    return tmp_path


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True).stdout


def test_a_release(tree: Path) -> None:
    path = release.release(tree, "0.2.0", TODAY, ["fine"])
    assert path == tree / "dist" / "script.simkl.connect-0.2.0.zip"
    with zipfile.ZipFile(path) as archive:
        assert b'version="0.2.0"' in archive.read("script.simkl.connect/addon.xml")
    assert git(tree, "log", "-1", "--format=%s").strip() == "Release 0.2.0"
    assert git(tree, "diff", "--name-only", "HEAD~1").split() == ["CHANGELOG.md", "addon.xml"]
    assert git(tree, "rev-parse", "v0.2.0^{commit}") == git(tree, "rev-parse", "HEAD")
    assert git(tree, "status", "--porcelain") == ""
    with pytest.raises(ReleaseError, match=r"the tag v0\.2\.0 is there already"):
        release.release(tree, "0.2.0", TODAY, [])


def test_the_version_that_addon_xml_has_already(tree: Path) -> None:
    """As before the first release."""
    (tree / "CHANGELOG.md").write_text("## [Unreleased]\n\n- A\n")
    git(tree, "commit", "--quiet", "--all", "--message", "Anew")
    release.release(tree, "0.1.0", TODAY, [])
    assert git(tree, "tag").strip() == "v0.1.0"


@pytest.mark.parametrize(
    ("version", "complaint"),
    [("0.0.9", "is older than"), ("1.x", "is no version"), ("0.1.0", "a section 0.1.0 already")],
)
def test_a_release_that_is_refused_changes_nothing(tree: Path, version: str, complaint: str) -> None:
    with pytest.raises(ReleaseError, match=complaint):
        release.release(tree, version, TODAY, [])
    assert untouched(tree)


def test_a_check_that_fails_undoes_it_all(tree: Path) -> None:
    with pytest.raises(ReleaseError, match="make broken failed"):
        release.release(tree, "0.2.0", TODAY, ["fine", "broken"])
    assert untouched(tree)


def untouched(tree: Path) -> bool:
    return (git(tree, "status", "--porcelain"), git(tree, "tag"), git(tree, "log", "--format=%s")) == (
        "",
        "",
        "First\n",
    )


def test_something_not_committed(tree: Path) -> None:
    (tree / "notes.txt").write_text("x")
    (tree / "default.py").write_text("x")
    with pytest.raises(ReleaseError, match=r"not committed: default\.py, notes\.txt"):
        release.release(tree, "0.2.0", TODAY, [])


def test_another_branch(tree: Path) -> None:
    git(tree, "switch", "--quiet", "--create", "idea")
    with pytest.raises(ReleaseError, match="releases are made on main, this is idea"):
        release.release(tree, "0.2.0", TODAY, [])


def test_skipping_is_said_loudly_and_a_refusal_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main(["--skip-checks", "1.x"]) == 1
    said = capsys.readouterr()
    assert "NOTHING IS CHECKED" in said.out
    assert said.err == "release: '1.x' is no version: three numbers are, like 1.2.3\n"
