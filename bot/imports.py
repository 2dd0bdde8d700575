"""What an import shows and asks: pure lines and tables, and the few questions that files cannot answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.terminal import Terminal
from bot.zone import machine_zone
from connectors import company as companies
from connectors.company import Company
from connectors.errors import BadRequest
from connectors.files.days import day_in_name
from connectors.files.earlier import fields_of, place
from connectors.files.mapping import FileMap, answered, linked
from connectors.files.mapping import Mapping as FileMapping
from connectors.files.raw import Raw
from connectors.files.shelf import Snapshot
from connectors.files.stages import by_probability
from connectors.files.typed import Gaps, Typed
from connectors.records import Status

HEADINGS = ("Column", "Means", "Filled", "For example")
_SAMPLE = 28
# An export with fewer deals than this share of the one before has lost some, or was filtered.
_SHRUNK = 0.8
# What is said of one line that is no row.
_ONE = {
    "lines above the headings": "line above the headings",
    "blank lines": "blank line",
    "totals": "total",
    "headings of groups": "heading of a group",
    "lines of the footer": "line of the footer",
    "repeated headings": "repeated heading",
}
# What is said of a field that an earlier export had, and a later one has not.
_TOLD_OF = {
    "amount": "amounts",
    "currency": "currencies",
    "close": "close dates",
    "owner": "owners",
    "team": "teams",
    "account": "accounts",
    "stage": "stages",
    "category": "forecast categories",
    "created": "created dates",
    "type": "types",
    "region": "regions",
    "segment": "segments",
    "product": "products",
    "next_step": "next steps",
    "last_activity": "last activities",
}
# What is said of the deals, one or several, for which nothing before says such a field either.
_UNTOLD = {
    "stage": (
        "deal, new or with another status since then, is",
        "deals, new or with another status since then, are",
        "in no stage but Open, Won or Lost",
    ),
    "category": (
        "open deal, new or in another stage since then, counts",
        "open deals, new or in another stage since then, count",
        "in the usual category of the stage",
    ),
    "owner": ("deal has", "deals have", "no owner"),
    "currency": ("deal counts", "deals count", "in your company's currency, since none is known"),
}


NONE_UNTOLD: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody at a terminal; `allowed` is false where nobody can be asked."""

    terminal: Terminal
    allowed: bool

    def text(self, question: str) -> str:
        """Return what is typed after a question."""
        self.terminal.line(question, "bold")
        return input("> ").strip()

    def one_of(self, question: str, options: Sequence[str]) -> str:
        """Return the option that is chosen, by its number or its words."""
        while True:
            listed = "  ".join(f"{number} {option}" for number, option in enumerate(options, start=1))
            given = self.text(f"{question}\n{listed}")
            if given in options:
                return given
            if given.isdecimal() and 1 <= int(given) <= len(options):
                return options[int(given) - 1]

    def some_of(self, question: str, options: Sequence[str]) -> tuple[str, ...]:
        """Return the options that are chosen by their numbers; none for an empty answer."""
        while True:
            listed = "  ".join(f"{number} {option}" for number, option in enumerate(options, start=1))
            given = self.text(f"{question} Numbers, nothing for none.\n{listed}").replace(",", " ").split()
            if all(item.isdecimal() and 1 <= int(item) <= len(options) for item in given):
                return tuple(options[int(item) - 1] for item in given)

    def day(self, question: str) -> date:
        """Return a day."""
        while True:
            try:
                return date.fromisoformat(self.text(question))
            except ValueError:
                self.terminal.line("Write it like 2026-11-23.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The files that are taken in as one snapshot, and the day at whose end it was so."""

    as_of: date
    raws: tuple[Raw, ...]


def in_order(raws: Sequence[Raw], zone: ZoneInfo) -> list[Raw]:
    """Return files by the days in their names, oldest first; where they were given where one has none."""
    days = [day_in_name(one.file, zone) for one in raws]
    return sorted(raws, key=lambda one: day_in_name(one.file, zone) or date.max) if all(days) else list(raws)


def by_day(
    raws: Sequence[Raw], mapping: FileMapping, zone: ZoneInfo, *, given: date | None
) -> tuple[Export, ...]:
    """Return the exports among some files, oldest first; none where nothing says of which day they are.

    Files of deals whose names have several days are an export each, with the other files beside; a `given` day is that
    of all of them.

    Raises:
        BadRequest: some names have several days, another has none.
    """
    deals = [
        one
        for one in raws
        if (file := mapping.file(one.file, one.headers)) is not None and file.kind == "deals"
    ]
    named = {one.path: day_in_name(one.file, zone) for one in deals}
    days = [given] if given else sorted({day for day in named.values() if day is not None})
    if len(days) < 2:
        return tuple(Export(as_of=day, raws=tuple(raws)) for day in days)
    nameless = [one.file for one in deals if named[one.path] is None]
    if nameless:
        raise BadRequest(
            f"no day in the name of {nameless[0]}, while the others are of {len(days)} days: "
            "import it by itself with --as-of DATE"
        )
    return tuple(
        Export(as_of=day, raws=tuple(one for one in raws if named.get(one.path, day) == day)) for day in days
    )


def known_zone(home: Path, environ: Mapping[str, str]) -> str:
    """Return the zone of the company's file in this home; this machine's where there is none yet."""
    company = home / "company.toml"
    return companies.load(company).zone.key if company.is_file() else machine_zone(environ)


def showing(one: Raw, file: FileMap, raws: Sequence[Raw]) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table that says what was understood of a file: column, meaning, share filled, samples.

    `raws` are all files: columns of linked ones are shown with what stands there.
    """
    rows = [
        (", else ".join(columns), meaning.replace("_", " "), *_seen(columns[0], one, raws))
        for meaning, columns in file.columns.items()
    ]
    used = {name for columns in file.columns.values() for name in columns}
    rows += [(name, "–", *_seen(name, one, raws)) for name in one.headers if name not in used]
    return tuple(rows)


def _seen(column: str, one: Raw, raws: Sequence[Raw]) -> tuple[str, str]:
    """Return the share of a column that is filled, and samples; those of a linked column are of the file it is in."""
    profile = one.profile(column)
    if profile is None and (found := linked(column, one.headers)):
        others = (other.profile(found[1]) for other in raws if other is not one)
        profile = next((other for other in others if other is not None), None)
    return ("", "") if profile is None else (f"{int(profile.share * 100)}%", _samples(profile.samples))


def answers(mapping: FileMapping, asked: Asked) -> FileMapping:
    """Return the mapping with the answers of the person at the terminal."""
    written: dict[str, str] = {}
    stages: dict[str, Status] = {}
    for question in mapping.open_questions:
        if question.key == "stages.ask":
            won = asked.some_of("Which of these stages mean that a deal is won?", question.options)
            rest = [stage for stage in question.options if stage not in won]
            lost = asked.some_of("And which mean that it is lost?", rest)
            stages |= {
                stage: Status.WON if stage in won else Status.LOST if stage in lost else Status.OPEN
                for stage in question.options
            }
        else:
            written[question.key.rpartition(".")[2]] = asked.one_of(f"{question.text}?", question.options)
    return answered(mapping, written=written, stages=stages)


def dropped(count: int, reason: str) -> str:
    """Return how many lines of a file are no rows for a reason: `3 blank lines`, `1 line of the footer`."""
    return f"{count:,} {_ONE.get(reason, reason) if count == 1 else reason}"


def set_aside(made: Typed) -> tuple[str, ...]:
    """Return which rows were no deals of their own, as sentences: those that stand there twice, and totals."""
    said = []
    if rows := made.doubled:
        what = "1 row stands" if rows == 1 else f"{rows:,} rows stand"
        said.append(
            f"{what} in the file more than once, word for word: {'it' if rows == 1 else 'each'} was taken once."
        )
    if rows := made.totals:
        what = "1 row at the end holds" if rows == 1 else f"{rows:,} rows at the end hold"
        said.append(f"{what} numbers alone, the sums of those above: left out as totals.")
    return tuple(said)


def closings(raws: Sequence[Raw], mapping: FileMapping) -> tuple[str, ...]:
    """Return which stages are taken as won and as lost, as sentences; where columns say it of each deal, their names too."""
    files = [file for one in raws if (file := mapping.file(one.file, one.headers)) is not None]
    flags = {
        name: ""
        for file in files
        for meaning in ("status", "won", "closed")
        for name in file.columns.get(meaning, ())
        if file.kind == "deals"
    }
    said = []
    if any("stage" in file.columns for file in files):
        for status in (Status.WON, Status.LOST):
            names = [stage for stage, found in mapping.stages.items() if found == status]
            if names or not flags:
                said.append(f"Taken as {status}: {', '.join(names) or 'no stage'}.")
    said += _unsure(raws, mapping)
    if flags:
        several = "s" if len(flags) > 1 else ""
        columns = ", ".join(flags)
        verb = "say" if several else "says"
        said.append(f"The column{several} {columns} {verb} of each deal whether it is open, won or lost.")
    return tuple(said)


def _unsure(raws: Sequence[Raw], mapping: FileMapping) -> Iterator[str]:
    """Yield which stages are taken as won or lost by the probability of their deals alone, and where that is changed."""
    found: dict[str, Status] = {}
    for one in raws:
        file = mapping.file(one.file, one.headers)
        if file is not None and file.kind == "deals":
            renamed = file.values.get("stage", {})
            told = by_probability(one, file.columns)
            found |= {renamed.get(stage, stage): status for stage, status in told.items()}
    for status, share in ((Status.WON, "100 %"), (Status.LOST, "0 %")):
        names = [name for name, likely in found.items() if likely == status == mapping.stages.get(name)]
        if names:
            yield (
                f"Only their probability of {share} says that deals in {', '.join(names)} are {status}. Where they are open, "
                "write these stages into open under [stages] of files/map.toml, and import again."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An export beside those that were taken in before: what is to be said of it, and the fields it has from them."""

    said: tuple[str, ...] = ()
    older: frozenset[str] = frozenset()


def beside(day: date, snapshots: Iterable[Snapshot], untold: Mapping[str, int] = NONE_UNTOLD) -> Beside:
    """Return what the newest export of a day replaces, whether many deals are gone, and which fields it has no more.

    `untold` is for how many deals nothing before says such a field either.
    """
    known = sorted(snapshots, key=place)
    *replaced, new = (one for one in known if one.as_of == day)
    said = []
    if replaced:
        said.append(
            f"It replaces the export of that day that was taken in before ({replaced[-1].source}, {replaced[-1].rows:,} "
            "deals). Files that make up one day together are imported in one call."
        )
    *earlier, _ = (one for one in known if one.as_of <= day)
    before = next((one for one in reversed(earlier) if one.as_of < day), None)
    if before is not None and new.rows < before.rows * _SHRUNK:
        said.append(
            f"It has {new.rows:,} {'deal' if new.rows == 1 else 'deals'} where the export of {before.as_of:%Y-%m-%d} has "
            f"{before.rows:,}: those that are gone count as having left the export. Export all deals each time, the closed "
            "ones too."
        )
    # The last export that has each field which this one has not.
    has = fields_of(new, known)
    last = {name: one.as_of for one in earlier for name in fields_of(one, known) if name not in has}
    for when in sorted({last[name] for name in _TOLD_OF if name in last}, reverse=True):
        lacking = [label for name, label in _TOLD_OF.items() if last.get(name) == when]
        known_by = (
            f"what is known of that is as of {when:%Y-%m-%d}" if when < day else "those that it replaces stay"
        )
        said.append(f"It has no {' and no '.join(lacking)}: {known_by}.")
    for name, (one_is, many_are, what) in _UNTOLD.items():
        if count := untold.get(name, 0):
            said.append(f"{count:,} {one_is if count == 1 else many_are} {what}.")
    return Beside(said=tuple(said), older=frozenset(last))


def unrated(gaps: Gaps, company: Company, file: Path) -> tuple[str, ...]:
    """Return which currencies the company file has no rate for, and the rows to add to it, as a sentence."""
    missing = [code for code in gaps.currencies if code not in company.rates]
    if not missing:
        return ()
    rows = ", ".join(f'{code} = "what 1 {code} is in {company.currency}"' for code in missing)
    which = "it" if len(missing) == 1 else "them"
    said = f"No plan rate for {', '.join(missing)}: deals in {which} count in no amount."
    return (f"{said} Add under [rates] in {file}: {rows}",)


def unnamed(gaps: Gaps, company: Company, file: Path) -> tuple[str, ...]:
    """Return which currency amounts are taken to be in where no column and no cell names any, as a sentence."""
    if gaps.currencies:
        return ()
    taken = f"Nothing names a currency: amounts are taken as {company.currency}."
    return (f"{taken} Where they are in another one, change currency and [rates] in {file}.",)


def unknowns(
    gaps: Gaps, *, snapshots: int, targets: bool, older: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Return what these exports cannot know, as sentences; of `older` fields an export before them tells."""
    said = []
    if snapshots < 2:
        said.append("One export shows one day: what moved from week to week shows from the second one on.")
    if not gaps.created and "created" not in older:
        said.append("No created date: how old deals are, and what was created when, is not known.")
    if not gaps.touched and "last_activity" not in older:
        said.append("No date of a last activity: nothing is said of deals that went quiet.")
    if not gaps.owned and "owner" not in older:
        said.append("No owner: nothing is said of reps.")
    lacking = [
        f"{count:,} {'has' if count == 1 else 'have'} no {what}"
        for count, what, field in (
            (gaps.open_without_amount, "amount", "amount"),
            (gaps.open_without_close, "close date", "close"),
        )
        if count and field not in older
    ]
    if lacking:
        said.append(
            f"Of {gaps.open:,} open {'deal' if gaps.open == 1 else 'deals'} {', '.join(lacking)}: "
            "these count in no amount of a quarter."
        )
    if not targets:
        said.append("No targets: quarterdeck import --targets FILE takes them in.")
    return tuple(said)


def _samples(samples: Iterable[str]) -> str:
    return ", ".join(" ".join(sample.split())[:_SAMPLE] for sample in list(samples)[:2])
