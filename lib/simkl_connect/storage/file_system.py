"""What is asked of the file system besides reading and writing, and done without where it is not supported."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import Iterator

from ..errors import StorageFailed

try:
    import fcntl
except ImportError:  # Windows
    _HAS_FCNTL = False
else:
    _HAS_FCNTL = True

_FAILURES = (errno.EIO, errno.ENOSPC, errno.EROFS)
"""What an fsync of a folder must not pass over; anything else means that folders can't be synced here."""
_ALREADY_LOCKED = (errno.EACCES, errno.EAGAIN)


@contextlib.contextmanager
def translate_errors() -> Iterator[None]:
    """Turns an OSError into StorageFailed, without the path that it quotes."""
    try:
        yield
    except OSError as error:
        raise StorageFailed(error.strerror or type(error).__name__) from error


def create_private(path: bytes) -> None:
    """Makes the file, with its folder, so that others can't read it; one that exists keeps its content. Raises OSError.

    An existing file is never opened: closing it would drop every lock that this process has on it (fcntl(2)).
    """
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if os.path.lexists(path):
        with contextlib.suppress(OSError):  # FAT, CIFS, Android, a read-only disk
            os.chmod(path, 0o600)
        return
    with contextlib.suppress(FileExistsError):  # made by another one just now
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    sync_folder(folder)
    sync_folder(os.path.dirname(folder))


def sync_folder(folder: bytes) -> None:
    """Makes new, renamed and deleted entries of ``folder`` permanent, where the system can. Raises OSError.

    SMB and FUSE answer EINVAL.
    """
    if not hasattr(os, "O_DIRECTORY"):  # Windows keeps folders in order by itself
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno in _FAILURES:
            raise


def has_locks(folder: bytes) -> bool:
    """Whether files in ``folder`` can be locked with fcntl; true where that can't be tried.

    Network shares without a lock service answer ENOLCK, others EINVAL or ENOSYS.
    """
    if not _HAS_FCNTL:
        return True
    path = os.path.join(folder, b"simkl.lock-test")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return True
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _ALREADY_LOCKED
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            os.unlink(path)
    return True
