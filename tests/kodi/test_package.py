"""The zip, built from a small work tree of the test's own. No Kodi needed."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from real_kodi.package import PackagingError, build

TREE = {
    "addon.xml": '<addon id="script.simkl.connect" version="1.2.3"/>',
    "default.py": "",
    "service.py": "",
    "LICENSE.txt": "",
    "lib/simkl_connect/__init__.py": "",
    "resources/settings.xml": "<settings/>",
    ".gitignore": "*.log.txt\n",
    "lib/debug.log.txt": "ignored by git",
    "lib/__pycache__/x.cpython-311.pyc": "",
    "lib/.hidden": "",
    "resources/client_id.txt": "left behind",
    "README.md": "not for Kodi",
    "tests/test_x.py": "",
}

SHIPPED = [
    "LICENSE.txt",
    "addon.xml",
    "default.py",
    "lib/simkl_connect/__init__.py",
    "resources/settings.xml",
    "service.py",
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        write(tmp_path, name, text)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_only_what_runs_is_in_it(tree: Path) -> None:
    path = build(tree, environment={})
    assert path == tree / "dist" / "script.simkl.connect-1.2.3.zip"
    assert list(contents(path)) == [f"script.simkl.connect/{name}" for name in SHIPPED]


def test_the_same_input_gives_the_same_bytes(tree: Path) -> None:
    before = build(tree, environment={}).read_bytes()
    (tree / "service.py").chmod(0o755)
    (tree / "service.py").touch()
    assert build(tree, environment={}).read_bytes() == before


def test_entries_have_fixed_times_and_permissions(tree: Path) -> None:
    with zipfile.ZipFile(build(tree, environment={})) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.external_attr >> 16 == 0o100644
            assert entry.compress_type == zipfile.ZIP_DEFLATED


def test_the_client_id_is_packaged(tree: Path) -> None:
    packaged = contents(build(tree, environment={"SIMKL_CLIENT_ID": "an_id.of-AN.app"}))
    assert packaged["script.simkl.connect/resources/client_id.txt"].strip() == "an_id.of-AN.app"


@pytest.mark.parametrize("value", ["two words", "a" * 201, "ümlaut", "line\n"])
def test_a_client_id_that_is_none(tree: Path, value: str) -> None:
    with pytest.raises(PackagingError, match="SIMKL_CLIENT_ID") as caught:
        build(tree, environment={"SIMKL_CLIENT_ID": value})
    assert value not in str(caught.value)


@pytest.mark.parametrize("name", ["lib/notes.docx", "resources/settings.xml.orig"])
def test_leftovers_are_refused(tree: Path, name: str) -> None:
    write(tree, name, "")
    with pytest.raises(PackagingError, match=name):
        build(tree, environment={})


def test_links_are_refused(tree: Path) -> None:
    (tree / "lib" / "link.py").symlink_to("/etc/hostname")
    with pytest.raises(PackagingError, match=r"lib/link\.py"):
        build(tree, environment={})


@pytest.mark.parametrize("name", ["default.py", "LICENSE.txt"])
def test_a_file_that_must_be_there(tree: Path, name: str) -> None:
    (tree / name).unlink()
    with pytest.raises(PackagingError, match=name):
        build(tree, environment={})


@pytest.mark.parametrize(
    "addon",
    ['<addon id="script.simkl.connect" version="../1"/>', '<addon id="script.other" version="1"/>', "<addon"],
    ids=["version", "id", "not XML"],
)
def test_an_addon_xml_that_is_wrong(tree: Path, addon: str) -> None:
    write(tree, "addon.xml", addon)
    with pytest.raises(PackagingError, match=r"addon\.xml"):
        build(tree, environment={})


def test_without_git(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tree))
    with pytest.raises(PackagingError, match="git is needed"):
        build(tree, environment={})


def test_outside_of_a_git_work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    write(tmp_path, "addon.xml", TREE["addon.xml"])
    with pytest.raises(PackagingError, match="git cannot list"):
        build(tmp_path, environment={})
