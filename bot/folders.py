"""A folder that is imported without a mapping of its own: which of its files are exports of deals, and why others are not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.flows import Progress
from bot.watched import exports
from connectors.errors import BadRequest
from connectors.files import raw
from connectors.files.guess import has_deals
from connectors.files.mapping import Mapping
from connectors.files.raw import Raw

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The files of a folder that are read, by name, and the others, each with the reason, as sentences."""

    raws: tuple[Raw, ...]
    aside: tuple[str, ...]


def read_folder(folder: Path, into: Path, known: Mapping | None, *, progress: Progress) -> Folder:
    """Read the exports of deals in a folder, and what the mapping that is kept knows of; raw tables go into `into`.

    Raises:
        BadRequest: there is none; the message says why the files that are there are not.
    """
    raws, aside = [], []
    for path in exports(folder):
        progress(f"reading {path.name}")
        try:
            one = raw.read(path, into, sheet=known.sheet(path.name) if known else None)
        except BadRequest as error:
            aside.append(str(error))
            continue
        if (known is not None and known.file(one.file, one.headers) is not None) or has_deals(one):
            raws.append(one)
        else:
            aside.append(f"{path.name} is no table of deals; its columns are {', '.join(one.headers[:6])}")
    if not raws:
        more = len(aside) - _SHOWN
        why = "".join(f"\n  {words}" for words in aside[:_SHOWN]) + (
            f"\n  and {more} more" if more > 0 else ""
        )
        raise BadRequest(
            f"{folder} has no export of deals: name the files, or say with --map what their columns mean{why}"
        )
    return Folder(raws=tuple(raws), aside=tuple(aside))
