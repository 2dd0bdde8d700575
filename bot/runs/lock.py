"""The lock that makes one process the only one to do the works of a home."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from bot.errors import HomeInUse

if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> None:
        # A byte far behind the text, which other processes could not read under a lock.
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """An exclusive lock, held until it is released or the process ends, however it ends."""

    def __init__(self, home: Path) -> None:
        """Take the lock of a home.

        Raises:
            HomeInUse: another process has it.
        """
        self._file = (home / "runs.lock").open("a+b")
        try:
            _take(self._file)
        except OSError as error:
            with self._file:
                self._file.seek(0)
                holder = self._file.read().decode("ascii", "replace").strip() or "unknown"
            raise HomeInUse(
                f"the home {str(home)!r} is in use by the process {holder}; stop that one, or choose another "
                "with --home or QUARTERDECK_HOME"
            ) from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()).encode())
        self._file.flush()

    def release(self) -> None:
        """Let another process have it. The file stays: removing it would hand out two locks."""
        self._file.close()
