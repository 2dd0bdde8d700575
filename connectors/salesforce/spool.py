"""What a sync has fetched, on disk: a file a page, and a list of them, so that a sync that was killed goes on.

`run.json` names the pages that are whole; whatever else lies there is written again. Pages are CSV as Bulk 2.0 writes it,
also where they came by REST.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.disk import OWNER_ONLY, private, write_atomically
from connectors.errors import BadRequest
from connectors.salesforce.errors import took_too_long
from connectors.salesforce.org import Job, Org, Row
from connectors.salesforce.pulls import Pull, Window

# More rows than this come by Bulk 2.0.
REST_ROWS: Final = 10_000
# A query of more signs than this does not fit into an address.
REST_SIGNS: Final = 12_000
_LIST: Final = "run.json"


@dataclass(slots=True, kw_only=True)
class Fetched:
    """What there is of one object: its pages and their rows, the job they come from, and where to go on."""

    object: str
    paths: list[str]
    pages: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    job: str = ""
    locator: str = ""
    done: bool = False


@dataclass(slots=True, kw_only=True)
class Run:
    """One sync: what it means, its window, what was fetched, and whether everything was handed on.

    `same` names the tables that are read whole each time and have not changed since the last sync. `again` says that pages
    were fetched a second time, after some of the run may have been told.
    """

    meaning: str
    window: Window
    objects: dict[str, Fetched] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    done: bool = False
    told: bool = False
    again: bool = False


class Spool:
    """The folder of one run at a time."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; nothing is read yet."""
        self.folder = folder

    def run(self) -> Run | None:
        """Return the run that lies there; None where there is none, or none that can be read."""
        try:
            told = json.loads((self.folder / _LIST).read_text(encoding="utf-8"))
            since, until = told.pop("since"), told.pop("until")
            objects = {name: Fetched(**fetched) for name, fetched in told.pop("objects").items()}
            window = Window(
                since=datetime.fromisoformat(since) if since else None, until=datetime.fromisoformat(until)
            )
            return Run(window=window, objects=objects, **told)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, meaning: str, window: Window) -> Run:
        """Clear the folder for a new run."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        run = Run(meaning=meaning, window=window)
        self.keep(run)
        return run

    def keep(self, run: Run) -> None:
        """Write down how far a run is."""
        told = {
            "meaning": run.meaning,
            "since": run.window.since.isoformat() if run.window.since else "",
            "until": run.window.until.isoformat(),
            "objects": {name: asdict(fetched) for name, fetched in run.objects.items()},
            "same": run.same,
            "done": run.done,
            "told": run.told,
            "again": run.again,
        }
        write_atomically(self.folder / _LIST, json.dumps(told).encode(), mode=OWNER_ONLY)

    def pages(self, run: Run, name: str, *, empty: bool = False) -> list[tuple[Path, int]]:
        """Return the pages of a query that have rows (`empty`: all), in order, and how many Salesforce counted in each.

        A name stands for the query of that name, and for those that are parts of it, after it with a `+`.
        """
        found = []
        for query, fetched in run.objects.items():
            if _base(query) == name:
                found += [
                    (self.folder / page, rows)
                    for page, rows in zip(fetched.pages, fetched.rows, strict=True)
                    if rows or empty
                ]
        return found

    def finish(self, run: Run) -> None:
        """Note that everything of a run was handed on; what lies there is let go when the next one begins."""
        run.told = True
        self.keep(run)

    def drop(self, run: Run, page: Path) -> None:
        """Let go of what was fetched of a page's query, in all its parts, so that it is fetched again.

        Its rows may come in another order then, so everything is told again.
        """
        for name in [name for name, fetched in run.objects.items() if page.name in fetched.pages]:
            self._let_go(run, _base(name))
        run.done, run.again = False, True
        self.keep(run)

    def forget(self, run: Run, name: str) -> None:
        """Let go of the answer to a query, in all its parts, so that it is asked again."""
        self._let_go(run, name)
        self.keep(run)

    @staticmethod
    def _let_go(run: Run, name: str) -> None:
        run.objects = {query: fetched for query, fetched in run.objects.items() if _base(query) != name}

    def put(self, run: Run, pull: Pull, page: Path) -> None:
        """Take a page that was fetched elsewhere as the whole answer to a query that has none yet."""
        if pull.name in run.objects:
            return
        name = f"{pull.name}-0.csv"
        shutil.copyfile(page, private(self.folder / name))
        with page.open(encoding="utf-8", newline="") as file:
            rows = sum(1 for _ in csv.reader(file)) - 1
        run.objects[pull.name] = Fetched(
            object=pull.object, paths=list(pull.paths), pages=[name], rows=[rows], done=True
        )

    def fetch(self, org: Org, wanted: Iterable[Pull], run: Run, say: Callable[[str], None]) -> None:
        """Fetch what is not there yet; each page is written down before the next is asked for.

        What takes the org too long is asked for in halves.
        """
        for pull in wanted:
            fetched = run.objects.setdefault(pull.name, Fetched(object=pull.object, paths=list(pull.paths)))
            if fetched.done:
                continue
            try:
                self._fetch(org, pull, run, fetched, say)
            except BadRequest as error:
                halves = pull.halves() if took_too_long(error) else ()
                if not halves:
                    raise
                say(
                    f"reading from Salesforce: {pull.object} takes the org too long, so it is asked for in halves"
                )
                # The earlier one first: a record that changes meanwhile moves to the later one.
                self.fetch(org, halves, run, say)
                run.objects[pull.name] = Fetched(object=pull.object, paths=list(pull.paths), done=True)
                self.keep(run)

    def close(self, run: Run) -> None:
        """Note that everything of a run was fetched."""
        run.done = True
        self.keep(run)

    def _fetch(self, org: Org, pull: Pull, run: Run, fetched: Fetched, say: Callable[[str], None]) -> None:
        if not self._by_rest(org, pull, fetched, say) and not self._by_bulk(org, pull, run, fetched, say):
            self._write(pull, fetched, org.query(pull.query, pull.paths)[1], say)
        fetched.done = True
        self.keep(run)

    def _by_rest(self, org: Org, pull: Pull, fetched: Fetched, say: Callable[[str], None]) -> bool:
        """Fetch what is not too much for it; say whether that was so. A run that was killed meanwhile asks again."""
        if fetched.job or len(pull.query) > REST_SIGNS:
            return False
        total, pages = org.query(pull.query, pull.paths)
        if total <= REST_ROWS:
            self._write(pull, fetched, pages, say)
        return total <= REST_ROWS

    def _write(
        self, pull: Pull, fetched: Fetched, pages: Iterable[list[Row]], say: Callable[[str], None]
    ) -> None:
        name = f"{pull.name}-0.csv"
        count = write_page(pull.paths, pages, self.folder / name)
        say(f"reading from Salesforce: {count:,} of {pull.object}")
        fetched.pages, fetched.rows = [name], [count]

    def _by_bulk(self, org: Org, pull: Pull, run: Run, fetched: Fetched, say: Callable[[str], None]) -> bool:
        """Fetch by a bulk query, going on with the one there is; say whether the org gives this object in bulk at all.

        Raises:
            BadRequest: the org ended the query, twice where it was one that had been begun before.
        """
        begun = bool(fetched.job)
        try:
            if not begun:
                fetched.job = org.start(pull.bulk_query).id
                self.keep(run)
        except BadRequest:
            return False
        try:
            self._take(org, pull, run, fetched, say)
        except BadRequest as error:
            # The job, or the place in it, is not there any more; or it took too long.
            fetched.job, fetched.locator, fetched.pages, fetched.rows = "", "", [], []
            self.keep(run)
            if not begun or took_too_long(error):
                raise
            return self._by_bulk(org, pull, run, fetched, say)
        return True

    def _take(self, org: Org, pull: Pull, run: Run, fetched: Fetched, say: Callable[[str], None]) -> None:
        job = Job(id=fetched.job)
        org.wait(job)
        while not fetched.pages or fetched.locator:
            name = f"{pull.name}-{len(fetched.pages)}.csv"
            count, fetched.locator = org.take(job, fetched.locator, self.folder / name)
            fetched.pages.append(name)
            fetched.rows.append(count)
            self.keep(run)
            say(f"reading from Salesforce: {sum(fetched.rows):,} of {pull.object}")
        org.end(job)


def _base(name: str) -> str:
    """Return which query a part of one belongs to."""
    return name.partition("+")[0]


def fetch_page(org: Org, pull: Pull, path: Path) -> int:
    """Write all rows of a query to one page, whole or not at all, as they come by REST; return how many there are."""
    return write_page(pull.paths, org.query(pull.query, pull.paths)[1], path)


def write_page(paths: tuple[str, ...], pages: Iterable[list[Row]], path: Path) -> int:
    """Write rows as a page of CSV, whole or not at all; return how many there are."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part, count = path.with_name(f"{path.name}.part"), 0
    with private(part).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(paths)
        for page in pages:
            writer.writerows([row[path] for path in paths] for row in page)
            count += len(page)
    part.replace(path)
    return count
