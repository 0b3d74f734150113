"""A disk that refuses what is asked of it, as the system's own calls say it: a library between Python and libc."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest
from simkl_connect.storage import file_system
from simkl_connect.storage.database import Database

HERE = Path(__file__).parent
LIB = HERE.parents[1] / "lib"
COMPILER = shutil.which("cc")
START = """
import os, sys
sys.path.insert(0, {lib!r})
from simkl_connect.errors import StorageFailed
from simkl_connect.storage import file_system
from simkl_connect.storage.database import Database
def tried(*to_do):
    try:
        print(*[one() for one in to_do])
    except StorageFailed as failed:
        print(failed)
def fail(**numbers):
    for name in [name for name in os.environ if name.startswith("FAIL_")]:
        del os.environ[name]
    os.environ.update({{"FAIL_" + name: str(number) for name, number in numbers.items()}})
path = {path!r}
"""
C_LOCALE = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "simkl.db"


@pytest.fixture(scope="session")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if COMPILER is None or not sys.platform.startswith("linux"):
        pytest.skip("no C compiler, or not Linux")
    library = tmp_path_factory.mktemp("trouble") / "trouble.so"
    command = [COMPILER, "-shared", "-fPIC", "-w", "-o", str(library), str(HERE / "disk_trouble.c"), "-ldl"]
    subprocess.run(command, check=True, timeout=60)
    return library


def run(path: Path, code: str, **environment: str) -> list[str]:
    """What the code prints; ``path`` is a name in it."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", START.format(lib=str(LIB), path=str(path)) + code],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode("ascii").splitlines()


@pytest.mark.parametrize(
    "failing",
    [
        {"CHMOD": errno.EPERM},
        {"SYNC_FOLDER": errno.EINVAL},
        {"SYNC_FOLDER": errno.EACCES},
        {"LOCK": errno.ENOLCK},
        {"LOCK": errno.EINVAL},
        {"LOCK": errno.ENOSYS},
        {"LOCK": errno.EOPNOTSUPP, "CHMOD": errno.EPERM, "SYNC_FOLDER": errno.EINVAL},
    ],
    ids=str,
)
def test_what_a_disk_does_not_know_is_done_without(path: Path, trouble: Path, failing: dict[str, int]) -> None:
    code = """
database = Database(path)
database.write({"a": "1"})
database.close()
print(Database(path).values(), database.set_aside)
"""
    failures = {f"FAIL_{name}": str(number) for name, number in failing.items()}
    assert run(path, code, LD_PRELOAD=str(trouble), **failures) == ["{'a': '1'} False"]
    assert Database(str(path)).values() == {"a": "1"}


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EROFS], ids=os.strerror)
def test_a_folder_that_can_not_be_written_is_no_folder_that_can_not_be_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "fsync", fails_with(number))
    with pytest.raises(OSError, match=os.strerror(number)):
        file_system.sync_folder(bytes(tmp_path))


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EACCES, errno.ENOTSUP], ids=os.strerror)
def test_a_folder_that_can_not_be_synced_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "fsync", fails_with(number))
    file_system.sync_folder(bytes(tmp_path))


def fails_with(number: int) -> Callable[[int], None]:
    def fsync(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    return fsync


def test_a_path_can_hold_what_an_address_can_not(tmp_path: Path, trouble: Path) -> None:
    path = tmp_path / "50% #1 [a]?b" / "simkl.db"
    code = "Database(path).write({'a': '1'})"
    run(path, code, LD_PRELOAD=str(trouble), FAIL_LOCK=str(errno.EINVAL))
    assert Database(str(path)).values() == {"a": "1"}


@pytest.mark.parametrize(
    ("failing", "told"),
    [
        ({"SYNC": errno.EIO}, "disk I/O error"),
        ({"WRITE": errno.EIO}, "disk I/O error"),
        ({"WRITE": errno.ENOSPC}, "database or disk is full"),
    ],
    ids=["EIO in a sync", "EIO in a write", "ENOSPC"],
)
def test_a_write_that_is_not_on_the_disk_fails_and_changes_nothing(
    path: Path, trouble: Path, failing: dict[str, int], told: str
) -> None:
    code = f"""
database = Database(path)
database.write({{"a": "1"}})
fail(**{failing!r})
tried(lambda: database.write({{"a": "2"}}))
fail()
tried(lambda: database.read("a"), lambda: database.write({{"b": "3"}}), database.values)
"""
    said, later = run(path, code, LD_PRELOAD=str(trouble))
    assert (said, later) == (told, "1 None {'a': '1', 'b': '3'}")


@pytest.mark.parametrize(
    "failing", [{"OPEN_TO_WRITE": errno.EROFS}, {"WRITE": errno.ENOSPC}, {"SYNC": errno.EIO}], ids=str
)
def test_a_file_that_can_not_be_made_is_made_later(path: Path, trouble: Path, failing: dict[str, int]) -> None:
    code = f"""
fail(**{failing!r})
database = Database(path)
tried(database.values)
print(database.is_missing)
fail()
tried(lambda: database.write({{"a": "1"}}), database.values)
"""
    said, missing, later = run(path, code, LD_PRELOAD=str(trouble))
    assert str(path) not in said
    assert said in ("Read-only file system", "database or disk is full", "disk I/O error")
    assert (missing, later) == ("True", "None {'a': '1'}")


def test_a_read_only_disk_can_still_be_read(path: Path, trouble: Path) -> None:
    Database(str(path)).write({"a": "1"})
    code = """
database = Database(path)
tried(database.values)
tried(lambda: database.write({"b": "2"}))
tried(database.values)
print(database.set_aside)
"""
    said = run(path, code, LD_PRELOAD=str(trouble), FAIL_OPEN_TO_WRITE=str(errno.EROFS))
    assert said == ["{'a': '1'}", "attempt to write a readonly database", "{'a': '1'}", "False"]


def test_letters_beyond_ascii_in_the_path_work_in_the_c_locale(tmp_path: Path) -> None:
    code = """
assert sys.getfilesystemencoding() == "ascii", sys.getfilesystemencoding()
folder = (path + "/J\\xfcrgen \\u0416 [1]").encode()
Database(folder + b"/simkl.db").write({"a": "1"})
print(Database(folder.decode() + "/simkl.db").values())
from simkl_connect.storage.legacy import Legacy
open(folder + b"/unsaved.json", "w").write('{"scope": "x"}')
legacy = Legacy(folder, lambda names: {})
print(legacy.values())
legacy.forget()
print(sorted(os.listdir(folder)))
"""
    said = run(tmp_path, code, **C_LOCALE)
    assert said == ["{'a': '1'}", "{'scope': 'x'}", "[b'simkl.db', b'simkl.db-journal']"]
    assert Database(str(tmp_path / "Jürgen Ж [1]" / "simkl.db")).read("a") == "1"


def test_a_kill_at_any_moment_loses_nothing_that_had_returned(path: Path) -> None:
    code = """
database = Database(path)
for number in range(len(database.rows("outbox")) + 1, 1000000):
    database.write({"n": str(number), "x" + str(number % 50): "y" * 300})
    database.push("outbox", str(number))
    os.write(1, b"%d\\n" % number)
"""
    for moment in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", START.format(lib=str(LIB), path=str(path)) + code], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        with process.stdout as said:
            lines = [said.readline() for _ in range(3 + 7 * moment)]
            process.kill()
            returned = int([*lines, *said.read().splitlines(keepends=True)][-1])
        process.wait()
        database = Database(str(path))
        rows = [int(item) for _, item in database.rows("outbox")]
        assert int(database.read("n")) >= returned
        assert rows == list(range(1, len(rows) + 1))
        assert len(rows) >= returned
        assert not database.set_aside
        database.close()
