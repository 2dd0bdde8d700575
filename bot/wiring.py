"""The composition root: settings → everything the line stands on."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.agent.model.later import Later
from bot.agent.model.limits import Limits
from bot.agent.model.ports import NoAnswer, Reader, Server, Trouble, Writer
from bot.agent.model.reader import ModelReader
from bot.agent.model.writer import ModelWriter
from bot.approvals.executor import Executor
from bot.errors import BadSetting
from bot.flows import Line, Progress
from bot.readers import Readers
from bot.settings import ModelSettings, Settings, model_settings, read_settings, rights_settings
from bot.store import open_store
from bot.store.files import write_atomically
from bot.syncing import MOST_MINUTES, SYNC_MINUTES, Syncing
from bot.watched import Watched
from connectors import company as companies
from connectors.access import Access
from connectors.errors import NoData, OtherMeaning
from connectors.files.shelf import Shelf
from connectors.mirror import Mirror
from connectors.protocol import Crm, Fetching, Seeing, Writing
from connectors.readonly import ReadOnly
from connectors.registry import company_file, connect, seeing
from reports.context import Action
from reports.errors import BadInput
from reports.facts import DIMS, Dim, Filter

STILL_INVENTED = "No export was taken in yet: these figures are of the invented company Larkmoor Software."
_ACTION_FIELDS = ("id", "text", "owner", "owner_id", "due", "state", "deal_id", "source")


class Installation:
    """One installation, open: use it as a context manager."""

    def __init__(self, settings: Settings, *, progress: Progress, template: Path | None = None) -> None:
        """Open company file, mirror and store under `settings.home`; the mirror may still be empty."""
        self._open = ExitStack()
        self.settings = settings
        self.progress = progress
        self.crm: Crm = connect(settings.crm, home=settings.home, options=crm_options(settings))
        if isinstance(self.crm, Fetching):
            self.crm.progress = progress
        self.company = companies.load(company_file(settings.crm, settings.home))
        self.mirror = Mirror(settings.home, settings.workspace)
        self.store = open_store(settings.home, settings.values.get("QUARTERDECK_DATABASE_URL"))
        self._open.callback(self.store.close)
        self.readers = Readers()
        self._open.callback(self.readers.close)
        self.template = template
        self.reader, self.writer = self._model()

    def _model(self) -> tuple[Reader | None, Writer | None]:
        """Return the second reader and the writer; None where no language model is set for them."""
        model = model_settings(self.settings)
        if model is None:
            return None, None
        later = Later(partial(open_model, model))
        self._open.callback(later.close)
        limits = Limits(self.store.notes, today=self._today)
        reader = ModelReader(later, limits, clock=time.monotonic)
        return reader, ModelWriter(later, limits, clock=time.monotonic) if model.writer else None

    def _today(self) -> date:
        """Return the day on the wall's calendar in the company's zone: what a model costs is counted by it."""
        return datetime.now(UTC).astimezone(self.company.zone).date()

    def line(self) -> Line:
        """Return the line under the operator's rights; an empty demo mirror is filled first.

        Raises:
            NoData: there are no records yet, and they do not come by themselves.
        """
        try:
            self.mirror.current()
        except NoData:
            if self.settings.crm != "demo":
                raise
            self.progress("making the invented company Larkmoor Software (once)")
            self.load()
        return Line(
            workspace=self.settings.workspace,
            company=self.company,
            mirror=self.mirror,
            crm=ReadOnly(self.crm),
            store=self.store,
            access=Access.operator(self.settings.workspace),
            now=self.now,
            progress=self.progress,
            template=self.template,
            readers=self.readers,
            reader=self.reader,
            writer=self.writer,
            writes=self.settings.writes == "on" and isinstance(self.crm, Writing),
        )

    def executor(self, now: Callable[[], datetime]) -> Executor | None:
        """Return what carries out changes that somebody approved; None where nothing is proposed, or cannot be written.

        Only with QUARTERDECK_WRITES=on it has a writer; with `propose` it keeps what is proposed, and no more.
        """
        if self.settings.writes == "off" or not isinstance(self.crm, Writing):
            return None
        writer = self.crm.writer if self.settings.writes == "on" else None
        if writer is None and self.settings.writes == "on":
            return None
        return Executor(self.crm, self.store.approvals, writer=writer, now=now)

    def forget_writes(self, before: datetime) -> int:
        """Forget what is kept of writes whose last word came before an instant, also where writing is off by now."""
        return self.crm.forget_writes(before=before) if isinstance(self.crm, Writing) else 0

    @cached_property
    def seeing(self) -> Seeing | None:
        """Return how the system of record is asked for everybody's own rights; None where they are declared instead.

        Raises:
            BadSetting, BadRequest: they are to be asked for, and persons cannot sign in as it is set up.
        """
        rights = rights_settings(self.settings)
        if not rights.people:
            return None
        return seeing(
            self.crm,
            home=self.settings.home,
            options={**crm_options(self.settings), **_reached(self.settings)},
            keys=self.settings.values.get("QUARTERDECK_KEY", ""),
            workspace=self.settings.workspace,
            minutes=rights.minutes,
        )

    def load(self, *, full: bool = False) -> None:
        """Bring the mirror up to date; the demo company brings last week's actions along.

        Files are read again as a whole where the company file says something else by now.
        """
        try:
            self.mirror.load(self.crm, full=full, progress=self.progress)
        except OtherMeaning:
            self.mirror.load(self.crm, full=True, progress=self.progress)
        if self.settings.crm == "demo":
            from connectors import demo

            self.store.keep_actions(
                self.settings.workspace,
                tuple(
                    Action.model_validate({name: getattr(action, name) for name in _ACTION_FIELDS})
                    for action in demo.actions(self.company_day())
                ),
            )

    def syncing(self) -> Syncing | None:
        """Return how the mirror follows a system that records are fetched from; None where nothing is, or it is switched off.

        Raises:
            BadSetting: the minutes between two syncs are no number that can be used.
        """
        named = self.settings.values.get("QUARTERDECK_SYNC_MINUTES", str(SYNC_MINUTES))
        if not named.isdecimal() or int(named) > MOST_MINUTES:
            message = f"QUARTERDECK_SYNC_MINUTES is {named!r}; use a number of minutes from 1 to {MOST_MINUTES}, or 0 for never"
            raise BadSetting(message)
        if not isinstance(self.crm, Fetching) or not int(named):
            return None
        return Syncing(every=timedelta(minutes=int(named)), run=self.load)

    def watched(self) -> Watched | None:
        """Return the folder whose new exports are taken in; None where none is set.

        Raises:
            BadSetting: the records do not come from files, or there is no such folder.
        """
        named = self.settings.values.get("QUARTERDECK_WATCH")
        if not named:
            return None
        folder = Path(named).expanduser()
        if self.crm.name != "files":
            message = f"QUARTERDECK_WATCH takes in exports, but the records come from {self.crm.name!r}: import one by hand first"
            raise BadSetting(message)
        if not folder.is_dir():
            message = f"QUARTERDECK_WATCH is {named!r}, and there is no such folder"
            raise BadSetting(message)
        return Watched(folder=folder, take=self._take_file)

    def _take_file(self, path: Path) -> str:
        from bot.taking import take_file

        said = take_file(path, home=self.settings.home, zone=self.company.zone)
        if said:
            self.load()
        return said

    def company_day(self) -> date:
        """Return today in the company's zone."""
        return self.now().astimezone(self.company.zone).date()

    def now(self) -> datetime:
        """Return the clock: the invented company lives on its own day, everybody else on ours."""
        return self.crm.now if self.settings.crm == "demo" else datetime.now(UTC)

    def __enter__(self) -> Self:
        """Return the open installation."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close what was opened."""
        self._open.close()


def open_model(model: ModelSettings) -> Server:
    """Return the client of a language model; its libraries are imported here and nowhere before.

    Raises:
        NoAnswer: they are not installed.
    """
    try:
        from bot.agent.model.client import Client, Endpoint
    except ModuleNotFoundError as error:
        raise NoAnswer(Trouble.MISSING) from error
    return Client(
        Endpoint(
            key=model.key,
            base_url=model.base_url,
            api=model.api,
            names={"reader": model.reader, "writer": model.writer or model.reader},
        )
    )


def installation(arguments: Namespace, *, template: Path | None = None) -> Installation:
    """Open the installation that a command's arguments and the environment describe."""
    settings = read_settings(os.environ, folder=Path.cwd(), home=arguments.home)
    if was_refused(settings):
        sys.stderr.write(f"{STILL_INVENTED}\n")
    return Installation(
        settings, progress=progress(quiet=getattr(arguments, "json", False)), template=template
    )


def was_refused(settings: Settings) -> bool:
    """Say whether an import was begun in this home, none was taken in, and nobody asked for the invented company."""
    asked = "QUARTERDECK_CRM" in settings.values
    return settings.crm == "demo" and not asked and Shelf(settings.home).was_tried


def progress(*, quiet: bool) -> Progress:
    """Return what says on standard error what is being done: only to a person at a terminal."""
    if quiet or not sys.stderr.isatty():
        return lambda _step: None
    return lambda step: print(f"… {step}", file=sys.stderr, flush=True)  # noqa: T201 — a terminal's progress


def crm_options(settings: Settings) -> Mapping[str, str]:
    """Return what the connector in use is opened with: how the demo was seeded, or how to sign in to Salesforce."""
    match settings.crm:
        case "demo":
            return demo_options(settings.home) | (
                {"QUARTERDECK_WRITES": "on"} if settings.writes == "on" else {}
            )
        case "salesforce":
            signing_in = {
                name: value for name, value in settings.values.items() if name.startswith("SALESFORCE_")
            }
            return signing_in | (_writing(settings) if settings.writes == "on" else {})
        case _:
            return {}


def _writing(settings: Settings) -> dict[str, str]:
    """Return what a connector needs to change something as a person: the word, and the key to their sign-ins."""
    key = settings.values.get("QUARTERDECK_KEY")
    return {"QUARTERDECK_WRITES": settings.writes} | ({"QUARTERDECK_KEY": key} if key else {})


def _reached(settings: Settings) -> dict[str, str]:
    """Return where browsers reach this installation; nothing where they do not."""
    public_url = settings.values.get("QUARTERDECK_PUBLIC_URL")
    return {"QUARTERDECK_PUBLIC_URL": public_url} if public_url else {}


def demo_options(home: Path) -> dict[str, str]:
    """Return how the invented company of this home was seeded; empty for the default one."""
    path = home / "demo.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def keep_demo_options(home: Path, options: Mapping[str, str]) -> None:
    """Remember how the invented company of this home was seeded."""
    write_atomically(home / "demo.json", json.dumps(dict(options), sort_keys=True).encode())


def filters_from(where: list[str]) -> tuple[Filter, ...]:
    """Return `--where DIM=VALUE` as filters; several values of one dimension are alternatives.

    Raises:
        BadInput: a dimension is not known, or there is no `=`.
    """
    values: dict[Dim, list[str]] = {}
    for item in where:
        name, equals, value = item.partition("=")
        if not equals or not value.strip():
            message = f"--where needs DIM=VALUE, for example region=EMEA; got {item!r}"
            raise BadInput(message)
        values.setdefault(dim_from(name), []).append(value.strip())
    return tuple(Filter(dim=dim, values=tuple(options)) for dim, options in values.items())


def dim_from(name: str) -> Dim:
    """Return the dimension of that name.

    Raises:
        BadInput: there is none; the message lists them, nearest first.
    """
    folded = name.strip().casefold()
    for dim in DIMS:
        if dim == folded:
            return dim
    raise BadInput.unknown("dimension", name, DIMS)


def day_from(text: str) -> date:
    """Return an ISO date.

    Raises:
        BadInput: it is not one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is not a date; write it like 2026-11-23"
        raise BadInput(message) from error
