"""Files for other programs, beneath the one folder that the operator has named for them.

Each step is opened without following a link and from the step before, so neither a name nor a
link that somebody puts there leads out. A file appears under its name when it is whole.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

UNSET = "No folder is set: the operator names one in STEWARD_EXPORT_DIR."
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class CannotWrite(Exception):
    """Its text is a sentence."""


def put(base: Path | None, below: str, name: str, parts: Iterable[bytes]) -> int:
    """The bytes written. Raises `CannotWrite`."""
    with _opened(base, below) as folder:
        waiting = f".{name}.{secrets.token_hex(4)}"
        try:
            size = _written(folder, waiting, parts)
            os.rename(waiting, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(waiting, dir_fd=folder)
            raise
        os.fsync(folder)
    return size


def _written(folder: int, name: str, parts: Iterable[bytes]) -> int:
    with os.fdopen(os.open(name, _NEW, 0o640, dir_fd=folder), "wb") as file:
        size = sum(file.write(part) for part in parts)
        file.flush()
        os.fsync(file.fileno())
    return size


def keep_newest(base: Path | None, below: str, stem: str, count: int) -> None:
    """Of the files that begin with `stem`, whose names sort by age."""
    with _opened(base, below) as folder:
        found = sorted(name for name in os.listdir(folder) if name.startswith(stem))  # noqa: PTH208
        for name in found[:-count]:
            os.unlink(name, dir_fd=folder)


@contextmanager
def _opened(base: Path | None, below: str) -> Iterator[int]:
    if base is None:
        raise CannotWrite(UNSET)
    steps: list[int] = []
    try:
        steps.append(os.open(base, _FOLDER))
        for step in filter(None, below.split("/")):
            with suppress(FileExistsError):
                os.mkdir(step, 0o750, dir_fd=steps[-1])
            steps.append(os.open(step, _FOLDER, dir_fd=steps[-1]))
        yield steps[-1]
    except OSError as error:
        where = f"the sub-folder {below}" if below and steps else "STEWARD_EXPORT_DIR"
        said = error.strerror or type(error).__name__
        raise CannotWrite(f"The file cannot be written to {where}: {said}.") from None
    finally:
        for handle in steps:
            os.close(handle)
