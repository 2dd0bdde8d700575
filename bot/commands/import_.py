"""`quarterdeck import FILE...`: take exports of deals in, as they come."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot.imports import (
    HEADINGS,
    Asked,
    Beside,
    Export,
    answers,
    beside,
    by_day,
    closings,
    in_order,
    known_zone,
    showing,
    unknowns,
)
from bot.settings import read_settings
from bot.store.files import write_atomically
from bot.taking import put
from bot.targets import TargetsTaken, take_targets
from bot.terminal import Terminal
from bot.wiring import Installation, day_from, progress
from connectors import company as companies
from connectors.errors import BadRequest
from connectors.files import mapping as mappings
from connectors.files import raw, targets
from connectors.files.guess import completed, guess
from connectors.files.mapping import FileMap, Mapping
from connectors.files.raw import Raw
from connectors.files.shelf import Shelf
from connectors.files.typed import Typed, refuse_without_status, typed


def run(arguments: Namespace) -> int:
    """Read the files, take them in as a snapshot of each of their days, and say what was understood and what was not."""
    settings = read_settings(os.environ, folder=Path.cwd(), home=arguments.home)
    home, say = settings.home, progress(quiet=False)
    home.mkdir(parents=True, exist_ok=True)
    terminal = Terminal()
    if not arguments.files:
        return _targets_alone(arguments.targets, home, terminal)
    if arguments.targets:
        targets.read(arguments.targets)  # what is wrong with them is told before anything is taken in
    asked = Asked(
        terminal=terminal, allowed=sys.stdin.isatty() and sys.stdout.isatty() and not arguments.no_input
    )
    kept = home / "files" / "map.toml"
    zone = known_zone(home, os.environ)
    with TemporaryDirectory(prefix=".import-", dir=home) as folder:
        known = (
            mappings.load(arguments.map) if arguments.map else mappings.load(kept) if kept.is_file() else None
        )
        raws = [_read(path, Path(folder), known, say) for path in _files(arguments.files, known)]
        raws = in_order(raws, ZoneInfo((known.zone if known else None) or zone))
        mapping = guess(raws) if known is None else completed(known, raws)
        mapping = replace(mapping, zone=mapping.zone or zone)
        refuse_without_status(raws, mapping)
        _show(terminal, raws, mapping)
        mapping = _settled(mapping, asked, kept)
        for words in closings(raws, mapping):
            terminal.line(words)
        exports = _exports(arguments.as_of, raws, mapping, asked)
        say("reading the values")
        # All of them are read before the first is taken in: what is wrong with one leaves nothing of the others.
        made = [
            typed(one.raws, mapping, Path(folder) / f"typed-{number}", skip_bad=arguments.skip_bad)
            for number, one in enumerate(exports)
        ]
        taken = [
            put(each, one.raws, mapping, one.as_of, home=home)
            for one, each in zip(exports, made, strict=True)
        ]
        _keep(mapping, known, arguments.map, kept)
        rejected = [
            found
            for one, each in zip(exports, made, strict=True)
            for found in _rejects_beside(one.raws, each)
        ]
        company = home / "company.toml"
    with Installation(
        read_settings(os.environ, folder=Path.cwd(), home=arguments.home), progress=say
    ) as opened:
        opened.load()
        wanted = _targets(arguments.targets, company, opened) if arguments.targets else None
    terminal.line()
    shelf = Shelf(home)
    for each in taken:
        rows = each.made.rows["deals"]
        terminal.line(
            f"{rows:,} {'deal' if rows == 1 else 'deals'} taken in as of the end of {each.as_of:%Y-%m-%d}.",
            "bold",
        )
        found = beside(each.as_of, shelf.snapshots()) if each.is_new else Beside()
        for words in found.said:
            terminal.line(words)
        if not each.is_new:
            terminal.line("The same rows were there for this day already: nothing has changed.")
    if taken[0].is_first and not settings.values.get("QUARTERDECK_CRM"):
        terminal.line(
            f"From now on {home} is about these files, no longer about the invented company.", "dim"
        )
    if wanted is not None:
        terminal.line(wanted.told(company))
    for path, count in rejected:
        terminal.line(f"{count:,} rejected: each with its line and reason in {path}")
    if (gaps := made[-1].gaps) is not None:
        for words in unknowns(
            gaps,
            snapshots=len(shelf.history()),
            targets=bool(companies.load(company).targets),
            older=found.older,
        ):
            terminal.line(words, "dim")
    terminal.line(f"What the columns mean is kept in {kept}, what your words mean in {company}.")
    terminal.line("Next: quarterdeck report weekly")
    return 0


def _targets_alone(path: Path | None, home: Path, terminal: Terminal) -> int:
    """Take targets into the company file of deals that were imported before."""
    company = home / "company.toml"
    if path is None:
        raise BadRequest("name a file of deals to import, or one of targets with --targets FILE")
    if not company.is_file():
        raise BadRequest(f"there is no company file in {home} yet: import a file of deals with the targets")
    with Installation(
        read_settings(os.environ, folder=Path.cwd(), home=home), progress=progress(quiet=False)
    ) as opened:
        terminal.line(_targets(path, company, opened).told(company))
    return 0


def _targets(path: Path, company: Path, opened: Installation) -> TargetsTaken:
    names = [person.name for person in opened.crm.people()]
    return take_targets(path, company, names, today=opened.crm.now.astimezone(opened.company.zone).date())


def _files(given: Sequence[Path], known: Mapping | None) -> list[Path]:
    """Return the files to read: those named, and of a folder those that the mapping names."""
    files: list[Path] = []
    for path in given:
        if not path.is_dir():
            files.append(path)
            continue
        if known is None:
            raise BadRequest(
                f"{path} is a folder: say with --map which of its files are what, or name the files"
            )
        found = sorted(
            inner for inner in path.iterdir() if any(file.fits(inner.name) for file in known.files)
        )
        if not found:
            names = ", ".join(file.match for file in known.files)
            raise BadRequest(f"{path} has none of the files of the mapping: {names}")
        files += found
    return files


def _read(path: Path, into: Path, known: Mapping | None, say: object) -> Raw:
    if callable(say):
        say(f"reading {path.name}")
    sheet = next((file.sheet for file in (known.files if known else ()) if file.fits(path.name)), None)
    return raw.read(path, into, sheet=sheet)


def _keep(mapping: Mapping, known: Mapping | None, given: Path | None, kept: Path) -> None:
    """Keep the mapping for the next import; a person's own text stays as it is where nothing had to be added to it."""
    same = known is not None and replace(mapping, zone=known.zone) == known
    if given is not None and same:
        write_atomically(kept, given.read_bytes())
    elif not same:
        if kept.is_file():
            kept.replace(kept.with_name("map.before.toml"))
        mappings.save(mapping, kept)


def _show(terminal: Terminal, raws: Sequence[Raw], mapping: Mapping) -> None:
    """Print what was understood, the deals first, and what was left out of each file.

    Exports of several days that are read alike and have the same columns are shown once, as the newest has them.
    """
    alike: dict[tuple[str, str, tuple[str, ...]], tuple[Raw, FileMap]] = {}
    for one in raws:
        if (file := mapping.file(one.file, one.headers)) is not None:
            alike[file.kind, file.match, one.headers] = (one, file)
    for number, (one, file) in enumerate(sorted(alike.values(), key=lambda item: item[1].kind != "deals")):
        if number:
            terminal.line()
        if len(alike) > 1:
            terminal.line(
                f"{one.file}: {file.kind}, {one.rows:,} {'row' if one.rows == 1 else 'rows'}", "bold"
            )
        terminal.table(HEADINGS, showing(one, file, raws), (2,))
    for one in raws:
        parts = [f"{count} {reason}" for reason, count in one.dropped.items() if count]
        said = [*one.remarks, *([f"left out: {', '.join(parts)}"] if parts else [])]
        if said:
            terminal.line(f"{one.file}: {'; '.join(said)}.", "dim")


def _settled(mapping: Mapping, asked: Asked, kept: Path) -> Mapping:
    """Return the mapping without questions: answered on a terminal, else kept for a person to fill in.

    Raises:
        BadRequest: a question is open and nobody can be asked; the message names the line of the file.
    """
    if not mapping.open_questions:
        return mapping
    if asked.allowed:
        return answers(mapping, asked)
    mappings.save(mapping, kept)
    lines = kept.read_text(encoding="utf-8").splitlines()
    first = mapping.open_questions[0]
    number = next(
        (at for at, line in enumerate(lines, start=1) if line.startswith("ask = ") or '= "?"' in line), 1
    )
    more = len(mapping.open_questions) - 1
    raise BadRequest(
        f"{first.text}? Write it in {kept}, line {number} ({first.key}: {' or '.join(first.options)}), and import again"
        + (f"; {more} more like it" if more else "")
    )


def _exports(given: str | None, raws: Sequence[Raw], mapping: Mapping, asked: Asked) -> tuple[Export, ...]:
    """Return the files by the day they are of, oldest first: a day that was given is that of all of them."""
    found = by_day(raws, mapping, ZoneInfo(mapping.zone or "UTC"), given=day_from(given) if given else None)
    if found:
        return found
    if asked.allowed:
        day = asked.day("On which day was this export made (YYYY-MM-DD)?")
        return (Export(as_of=day, raws=tuple(raws)),)
    raise BadRequest(
        f"no day in the name of {raws[0].file}: say with --as-of DATE at the end of which day it was so"
    )


def _rejects_beside(raws: Sequence[Raw], made: Typed) -> list[tuple[Path, int]]:
    written = []
    for one in raws:
        source = made.reject_files.get(one.file)
        if source is not None:
            target = one.path.with_name(f"{one.path.stem}.rejects.csv")
            copyfile(source, target)
            count = sum(1 for reject in made.rejects if reject.file == one.file)
            written.append((target, count if made.rejected == len(made.rejects) else made.rejected))
    return written
