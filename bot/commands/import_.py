"""`quarterdeck import FILE...`: take exports of deals in, as they come."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot.flows import pull
from bot.folders import read_folder
from bot.imports import (
    HEADINGS,
    Asked,
    Beside,
    Export,
    answers,
    beside,
    by_day,
    closings,
    dropped,
    in_order,
    known_zone,
    set_aside,
    showing,
    unknowns,
    unnamed,
    unrated,
)
from bot.quality import TAKE_IN, scope_told, uncounted_told
from bot.settings import read_settings
from bot.store.files import write_atomically
from bot.taking import Taken, put
from bot.targets import TargetsTaken, take_targets
from bot.terminal import Terminal
from bot.wiring import Installation, day_from, progress
from connectors import company as companies
from connectors.errors import BadRequest
from connectors.files import mapping as mappings
from connectors.files import raw, targets
from connectors.files.guess import completed, guess
from connectors.files.mapping import FileMap, Mapping
from connectors.files.pages import untold
from connectors.files.raw import Raw
from connectors.files.shelf import Shelf
from connectors.files.typed import Typed, refuse_without_status, typed
from reports.errors import BadInput
from reports.view.uncounted import left_out, uncounted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What an import did: a snapshot of each day, oldest first; where rejects went, and how many; the targets, if any.

    `untyped` are the deals that do not count for a type that is not known, `guessed` those that a first import leaves out by its
    own guess, as sentences.
    """

    taken: tuple[Taken, ...]
    rejected: tuple[tuple[Path, int], ...]
    targets: TargetsTaken | None
    untyped: tuple[str, ...]
    guessed: tuple[str, ...]


def run(arguments: Namespace) -> int:
    """Read the files, take them in as a snapshot of each of their days, and say what was understood and what was not."""
    settings = read_settings(os.environ, folder=Path.cwd(), home=arguments.home)
    named = settings.values.get("QUARTERDECK_CRM", "files")
    targets_alone = bool(arguments.targets) and not arguments.files and not arguments.remove
    if named != "files" and not (named == "salesforce" and targets_alone):
        raise BadInput(
            f"QUARTERDECK_CRM is {named!r}, so reports would not be about these files: unset it, or set it to files"
        )
    home, shelf, terminal = settings.home, Shelf(settings.home), Terminal()
    home.mkdir(parents=True, exist_ok=True)
    if arguments.remove:
        if arguments.files or arguments.targets:
            raise BadRequest("--remove takes an export out and nothing in: import in a call of its own")
        return _removed(day_from(arguments.remove), home, shelf, terminal)
    if not arguments.files:
        return _targets_alone(arguments.targets, home, terminal)
    shelf.prepare()
    if arguments.targets:
        targets.read(arguments.targets)  # what is wrong with them is told before anything is taken in
    taken, rejected = _taken_in(arguments, home, shelf, terminal)
    with _opened(home) as opened:
        opened.load()
        wanted = _targets(arguments.targets, home, opened) if arguments.targets else None
        with pull(opened.line()) as view:
            untyped = uncounted_told(uncounted(view), view.currency)
            guessed = (
                scope_told(view.company.types_in_scope, left_out(view), view.currency)
                if taken[0].is_first
                else ()
            )
    _tell(
        _Done(taken=taken, rejected=rejected, targets=wanted, untyped=untyped, guessed=guessed),
        home,
        shelf,
        terminal,
    )
    if taken[0].is_first and "QUARTERDECK_CRM" not in settings.values:
        terminal.line(
            f"From now on {home} is about these files, no longer about the invented company.", "dim"
        )
    terminal.line("Next: quarterdeck report weekly")
    return 0


def _taken_in(
    arguments: Namespace, home: Path, shelf: Shelf, terminal: Terminal
) -> tuple[tuple[Taken, ...], tuple[tuple[Path, int], ...]]:
    """Read the files, ask what they cannot tell, and put them on the shelf; return what was taken in and what was not."""
    say = progress(quiet=False)
    asked = Asked(
        terminal=terminal, allowed=sys.stdin.isatty() and sys.stdout.isatty() and not arguments.no_input
    )
    zone = known_zone(home, os.environ)
    given = arguments.map or (shelf.map if shelf.map.is_file() else None)
    known = mappings.load(given) if given else None
    with TemporaryDirectory(prefix=".import-", dir=home) as folder:
        raws: list[Raw] = []
        for path in arguments.files:
            if path.is_dir() and arguments.map is None:
                found = read_folder(path, Path(folder), known, progress=say)
                for words in found.aside:
                    terminal.line(f"Left aside: {words}.", "dim")
                raws += found.raws
                continue
            for file in _files(path, known):
                say(f"reading {file.name}")
                raws.append(raw.read(file, Path(folder), sheet=known.sheet(file.name) if known else None))
        raws = in_order(raws, ZoneInfo((known.zone if known else None) or zone))
        mapping = guess(raws) if known is None else completed(known, raws)
        mapping = replace(mapping, zone=mapping.zone or zone)
        refuse_without_status(raws, mapping)
        _show(terminal, raws, mapping)
        mapping = _settled(mapping, asked, shelf.map)
        for words in closings(raws, mapping):
            terminal.line(words)
        exports = _exports(arguments.as_of, raws, mapping, asked)
        say("reading the values")
        # All of them are read before the first is taken in: what is wrong with one leaves nothing of the others.
        made = [
            typed(one.raws, mapping, Path(folder) / f"typed-{number}", skip_bad=arguments.skip_bad)
            for number, one in enumerate(exports)
        ]
        both = tuple(zip(exports, made, strict=True))
        # What is left out is written first, so that nothing is taken in where that cannot be told.
        rejected = tuple(found for one, each in both for found in _rejects_beside(one.raws, each))
        taken = tuple(put(each, one.raws, mapping, one.as_of, home=home) for one, each in both)
        _keep(mapping, known, arguments.map, shelf.map)
        return taken, rejected


def _tell(done: _Done, home: Path, shelf: Shelf, terminal: Terminal) -> None:
    """Say what was taken in, what it stands beside, and what it cannot know."""
    company = home / "company.toml"
    terminal.line()
    last = Beside()
    for each in done.taken:
        rows = each.made.rows["deals"]
        terminal.line(
            f"{rows:,} {'deal' if rows == 1 else 'deals'} taken in as of the end of {each.as_of:%Y-%m-%d}.",
            "bold",
        )
        for words in set_aside(each.made):
            terminal.line(words)
        if each.is_new:
            last = beside(each.as_of, shelf.snapshots(), untold(shelf, each.snapshot))
            for words in last.said:
                terminal.line(words)
        else:
            terminal.line("The same rows were there for this day already: nothing has changed.")
    if done.targets is not None:
        terminal.line(done.targets.told(company))
    for path, count in done.rejected:
        terminal.line(f"{count:,} rejected: each with its line and reason in {path}")
    for words in done.guessed:
        terminal.line(f"{words} Where that is wrong, change types under [scope] in {company}.", "yellow")
    for words in done.untyped:
        terminal.line(f"{words} {TAKE_IN[:1].upper()}{TAKE_IN[1:]}.", "yellow")
    if (gaps := done.taken[-1].made.gaps) is not None:
        means = companies.load(company)
        first = unnamed(gaps, means, company) if done.taken[0].is_first else ()
        for words in (*first, *unrated(gaps, means, company)):
            terminal.line(words, "yellow")
        known = bool(means.targets)
        for words in unknowns(gaps, snapshots=len(shelf.history()), targets=known, older=last.older):
            terminal.line(words, "dim")
    terminal.line(f"What the columns mean is kept in {shelf.map}, what your words mean in {company}.")


def _removed(day: date, home: Path, shelf: Shelf, terminal: Terminal) -> int:
    """Take the export of a day out, and read the others into the mirror anew."""
    try:
        gone = shelf.remove(day)
    except BadRequest:
        if shelf.history():  # what was removed before the mirror knew of it
            with _opened(home) as opened:
                opened.load()
        raise
    with _opened(home) as opened:
        opened.load()
    deals = f"{gone.rows:,} {'deal' if gone.rows == 1 else 'deals'}"
    terminal.line(f"The export of {day} is taken out: {gone.source}, {deals}.", "bold")
    again = next((one for one in shelf.history() if one.as_of == day), None)
    if again is not None:
        terminal.line(f"The one that it replaced counts again: {again.source}.")
    kept = ", ".join(str(path) for path in shelf.originals(gone))
    terminal.line(f"What was given stays in {kept}: quarterdeck import FILE --as-of DATE takes it in again.")
    return 0


def _opened(home: Path) -> Installation:
    """Return the installation as it is by now: the first import makes it one of files."""
    return Installation(
        read_settings(os.environ, folder=Path.cwd(), home=home), progress=progress(quiet=False)
    )


def _targets_alone(path: Path | None, home: Path, terminal: Terminal) -> int:
    """Take targets into the company file of deals that were imported before."""
    company = home / "company.toml"
    if path is None:
        raise BadRequest("name a file of deals to import, or one of targets with --targets FILE")
    if not company.is_file():
        raise BadRequest(
            f"there is no company file in {home} yet: import a file of deals with the targets, or run `quarterdeck sync`"
        )
    with _opened(home) as opened:
        terminal.line(_targets(path, home, opened).told(company))
    return 0


def _targets(path: Path, home: Path, opened: Installation) -> TargetsTaken:
    names = [person.name for person in opened.crm.people()]
    today = opened.crm.now.astimezone(opened.company.zone).date()
    return take_targets(path, home / "company.toml", names, today=today)


def _files(path: Path, known: Mapping | None) -> list[Path]:
    """Return the files to read: the one that is named, or of a folder those that the mapping names."""
    if known is None or not path.is_dir():
        return [path]
    found = sorted(inner for inner in path.iterdir() if any(file.fits(inner.name) for file in known.files))
    if not found:
        names = ", ".join(file.match for file in known.files)
        raise BadRequest(f"{path} has none of the files of the mapping: {names}")
    return found


def _keep(mapping: Mapping, known: Mapping | None, given: Path | None, kept: Path) -> None:
    """Keep the mapping for the next import; a person's own text stays as it is where nothing had to be added to it."""
    same = known is not None and replace(mapping, zone=known.zone) == known
    if given is not None and same:
        write_atomically(kept, given.read_bytes())
    elif not same:
        if kept.is_file():
            write_atomically(kept.with_name("map.before.toml"), kept.read_bytes())
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
        parts = [dropped(count, reason) for reason, count in one.dropped.items() if count]
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
    for place, one in enumerate(raws):
        source = made.reject_files.get(place)
        if source is not None:
            target = one.path.with_name(f"{one.path.stem}.rejects.csv")
            copyfile(source, target)
            count = sum(1 for reject in made.rejects if reject.place == place)
            written.append((target, count if made.rejected == len(made.rejects) else made.rejected))
    return written
