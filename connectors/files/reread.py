"""What lies on the shelf, read again: by the mapping that was kept, or by one in which somebody chose other columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

from connectors.errors import BadRequest, NoData
from connectors.files import mapping as mappings
from connectors.files import raw
from connectors.files.mapping import Mapping
from connectors.files.raw import Raw
from connectors.files.shelf import Shelf, Snapshot
from connectors.files.typed import Typed, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A snapshot read again: its files, the mapping, and the typed tables, without the rows that cannot be taken."""

    as_of: date
    raws: tuple[Raw, ...]
    mapping: Mapping
    typed: Typed


class Reread:
    """The files of a home, read again into a folder that somebody else removes."""

    def __init__(self, home: Path, into: Path) -> None:
        """Remember where things lie; nothing is read yet."""
        self._shelf = Shelf(home)
        self._into = into

    def newest(self) -> Read:
        """Return the newest snapshot, read by the mapping that was kept.

        Raises:
            NoData: nothing was taken in yet.
            BadRequest: a file or the mapping is not there any more, or cannot be read.
        """
        history = self._shelf.history()
        if not history:
            raise NoData("no export was taken in yet: run `quarterdeck import FILE`")
        return self._typed(self._raws(history[-1]), mappings.load(self._shelf.map), history[-1].as_of)

    def by(self, read: Read, mapping: Mapping) -> Read:
        """Return the same files read by another mapping.

        Raises:
            BadRequest: a question of the mapping is open, or rows that could be taken no longer can.
        """
        made = self._typed(read.raws, mapping, read.as_of)
        if made.typed.rejected > read.typed.rejected:
            lost = made.typed.rejected - read.typed.rejected
            raise BadRequest(f"{lost:,} more rows could not be taken so, the first: {made.typed.rejects[0]}")
        return made

    def take(self, mapping: Mapping) -> int:
        """Read every snapshot by another mapping, keep it, and correct the shelf; return how many snapshots changed.

        Everything is read before anything is kept.

        Raises:
            BadRequest: some snapshot cannot be read by that mapping.
        """
        old = mappings.load(self._shelf.map)
        held = self._shelf.history()
        made = [self.by(self._typed(self._raws(one), old, one.as_of), mapping) for one in held]
        mappings.save(mapping, self._shelf.map)
        taken = [self._shelf.take(each.typed, each.raws, mapping, each.as_of) for each in made]
        return sum(new.version != one.version for new, one in zip(taken, held, strict=True))

    def _raws(self, snapshot: Snapshot) -> tuple[Raw, ...]:
        """Return the files of a snapshot, under the names that they were given with."""
        known = mappings.load(self._shelf.map)
        return tuple(
            replace(raw.read(path, self._folder(), sheet=known.sheet(name)), file=name)
            for name, path in zip(snapshot.names, self._shelf.originals(snapshot), strict=True)
        )

    def _typed(self, raws: Sequence[Raw], mapping: Mapping, as_of: date) -> Read:
        made = typed(raws, mapping, self._folder(), skip_bad=True)
        return Read(as_of=as_of, raws=tuple(raws), mapping=mapping, typed=made)

    def _folder(self) -> Path:
        """Return a folder that nothing lies in yet."""
        self._into.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(dir=self._into))
