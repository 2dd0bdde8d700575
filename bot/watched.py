"""A folder whose new exports are taken in: which of its files may be some. What reads them is loaded when one is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# What a folder may hold beside exports: what other programs are still writing, and what an import rejected.
_PASSED_OVER = (".", "~")
_UNFINISHED = (".part", ".tmp", ".crdownload", ".download", ".filepart", ".rejects.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A folder whose new exports are taken in; `take` does it and returns what became of one, empty for no deals."""

    folder: Path
    take: Callable[[Path], str]


def exports(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder that may be exports, by name; none where there is no such folder."""
    if not folder.is_dir():
        return ()
    return tuple(
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and not path.name.startswith(_PASSED_OVER)
        and not path.name.casefold().endswith(_UNFINISHED)
    )
