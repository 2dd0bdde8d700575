"""`quarterdeck doctor`: check every setting, connection and right; say what to do."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.agent.model.ports import NoAnswer, Trouble
from bot.checkup import Finding, State
from bot.company_fit import status_from, unfit_rates, unfit_stages, unfit_targets, unfit_types
from bot.flows import pull
from bot.quality import told, uncounted_found, unread
from bot.settings import CRMS, Settings, model_settings, read_settings
from bot.store.approvals import Approvals
from bot.store.files import write_atomically
from bot.wiring import Installation, open_model
from connectors.errors import ConnectorError, NoData
from connectors.files.shelf import Shelf
from connectors.mirror.notes import unread_of
from connectors.registry import company_file
from reports.errors import ReportError, nearest
from reports.measures.quality import quality
from reports.view.uncounted import uncounted

# A mirror generation of the demo company with its copy while publishing, with room to spare.
LEAST_FREE_BYTES = 200_000_000
_MARKS: dict[State, str] = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}
# So many seconds a doctor waits for a language model's server.
_PATIENCE = 10.0
_CHECK = "check the network, the proxy and OPENAI_BASE_URL"
_MEND = dict.fromkeys(Trouble, _CHECK) | {
    Trouble.BUSY: "wait, or raise the limit of your account",
    Trouble.REFUSED: "check OPENAI_API_KEY, and that OPENAI_BASE_URL ends as its server's papers say (often /v1)",
}
# Rows after the first begin under the first word behind the mark.
_HANG = 6


def run(arguments: Namespace) -> int:
    """Check everything and print it; 0 when nothing is wrong, 1 otherwise."""
    from bot.terminal import Terminal

    settings, terminal = read_settings(os.environ, folder=Path.cwd(), home=arguments.home), Terminal()
    wrong = 0
    for found in _checks(settings, write_probe=arguments.write_probe):
        terminal.line(f"{_MARKS[found.state]} {found.what}{f' → {found.do}' if found.do else ''}", hang=_HANG)
        wrong += found.state == "wrong"
    terminal.line(
        f"{wrong} thing{'' if wrong == 1 else 's'} to mend"
        if wrong
        else "nothing to mend in the installation"
    )
    return 1 if wrong else 0


def _checks(settings: Settings, *, write_probe: bool) -> Iterator[Finding]:
    yield Finding(
        state="ok",
        what=f"quarterdeck {importlib.metadata.version('quarterdeck')}, Python {sys.version.split()[0]}",
    )
    yield from _home(settings.home)
    if settings.crm not in CRMS:
        yield Finding(
            state="wrong", what=f"QUARTERDECK_CRM is {settings.crm!r}", do=f"use one of {', '.join(CRMS)}"
        )
        return
    yield from _records(settings)
    yield from _salesforce(settings, write_probe=write_probe)
    yield from _slack(settings)
    yield from _model(settings)


def _slack(settings: Settings) -> Iterator[Finding]:
    """Yield what Slack says of us; where the packages for it are not installed, that."""
    try:
        from bot.slack.checks import check
    except ModuleNotFoundError as missing:
        yield Finding(
            state="note",
            what=f"Slack: {missing.name} is not installed",
            do="make setup installs what it needs",
        )
        return
    yield from check(settings)


def _salesforce(settings: Settings, *, write_probe: bool) -> Iterator[Finding]:
    """Yield how the sign-in to Salesforce stands where records come from there, or where one is set."""
    if settings.crm != "salesforce" and not any(name.startswith("SALESFORCE_") for name in settings.values):
        return
    try:
        from bot.salesforce_checks import check
    except ModuleNotFoundError as missing:
        yield Finding(
            state="note",
            what=f"Salesforce: {missing.name} is not installed",
            do="make setup installs what it needs",
        )
        return
    yield from check(settings, now=lambda: datetime.now(UTC), write_probe=write_probe)


def _home(home: Path) -> Iterator[Finding]:
    probe = home / ".doctor"
    try:
        write_atomically(probe, b"ok")
        probe.unlink()
    except OSError as error:
        yield Finding(
            state="wrong",
            what=f"{home} cannot be written ({error.strerror})",
            do="choose another with --home DIR",
        )
        return
    free = shutil.disk_usage(home).free
    state: State = "ok" if free >= LEAST_FREE_BYTES else "wrong"
    yield Finding(
        state=state,
        what=f"{home} can be written, {free // 1_000_000:,} MB free",
        do="" if state == "ok" else f"make room: {LEAST_FREE_BYTES // 1_000_000} MB are needed",
    )


def _records(settings: Settings) -> Iterator[Finding]:
    if settings.crm == "salesforce" and not (settings.home / "company.toml").is_file():
        yield Finding(state="note", what="no company file yet", do="quarterdeck sync reads one from the org")
        return
    try:
        with Installation(settings, progress=lambda _step: None) as opened:
            company = opened.company
            yield Finding(
                state="ok",
                what=f"company file of {company.name}: definitions v{company.version}, {company.zone.key}, {company.currency}",
            )
            written = company_file(settings.crm, settings.home).read_text(encoding="utf-8")
            yield from unfit_rates(company, written)
            missing = sorted(
                {code for code in company.dimensions.get("currency", ()) if code not in company.rates}
            )
            if missing:
                yield Finding(
                    state="wrong",
                    what=f"no plan rate for {', '.join(missing)}",
                    do="add it under [rates] in the company file",
                )
            if not company.targets:
                yield Finding(state="note", what="no targets", do="add [[targets]] to the company file")
            if settings.crm != "salesforce":  # what it gives is told where it is asked
                flags = opened.crm.flags()
                yield Finding(
                    state="ok",
                    what=f"connector {opened.crm.name}: history {_yes(flags.history)}, activities {_yes(flags.activities)}, "
                    f"writes {settings.writes}",
                )
            yield from trail(opened.store.approvals, settings.workspace)
            try:
                generation = opened.mirror.current()
            except NoData:
                yield Finding(
                    state="note", what="no records yet", do="run quarterdeck seed (demo) or quarterdeck sync"
                )
            else:
                yield Finding(state="ok", what=f"records known up to {generation.as_of:%Y-%m-%d %H:%M} UTC")
                with pull(opened.line()) as view:
                    yield from unfit_types(view)
                    yield from unfit_targets(view)
                    mends: dict[str, str] = {}
                    if settings.crm == "files":
                        mapping = Shelf(settings.home).map
                        yield from unfit_stages(view, mapping)
                        mends = {"stage_status": status_from(mapping)}
                    found = quality(view)
                    first = view.deals(ids=[fault.records[0] for fault in found.faults], counted=False)
                    yield from told(found, view.currency, {deal.id: deal.name for deal in first}, mends)
                    yield from unread(unread_of(view.session.meta()))
                    yield from uncounted_found(uncounted(view), view.currency)
    except (ConnectorError, ReportError) as error:
        yield Finding(state="wrong", what=str(error), do="mend it and run quarterdeck doctor again")


def trail(kept: Approvals, workspace: str) -> Iterator[Finding]:
    """Yield whether the trail of what was approved and written is whole; nothing where nothing ever was."""
    lines, broken = len(kept.trail(workspace)), kept.broken(workspace)
    if not lines and broken is None:
        return
    yield Finding(
        state="ok" if broken is None else "wrong",
        what=f"trail of changes: {lines:,} lines, whole"
        if broken is None
        else f"trail of changes: line {broken:,} of {lines:,} was altered, or one before it is missing"
        if broken <= lines
        else f"trail of changes: it ends after {lines:,} lines, and lines behind them are missing",
        do=""
        if broken is None
        else "compare the deals with the CRM's own history, and ask who can write to the database",
    )


def _model(settings: Settings) -> Iterator[Finding]:
    """Yield how the language model stands: whether there is one, whether it can be reached, whether its names are known."""
    model = model_settings(settings)
    if model is None:
        named = [name for name in ("QUARTERDECK_MODEL", "QUARTERDECK_MODEL_SMALL") if name in settings.values]
        if named:
            yield Finding(
                state="wrong",
                what=f"{' and '.join(named)} without a key or a server",
                do="set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own",
            )
            return
        yield Finding(state="note", what="no model key: rules read, templates word; nothing is missing")
        return
    where = urlsplit(model.base_url).hostname if model.base_url else "OpenAI"
    try:
        client = open_model(model)
    except NoAnswer:
        yield Finding(
            state="note",
            what="language model: its packages are not installed",
            do="make setup installs what it needs",
        )
        return
    try:
        offered = client.names(_PATIENCE)
    except NoAnswer as none:
        yield Finding(
            state="wrong", what=f"language model at {where}: {none.trouble}", do=_MEND[none.trouble]
        )
        return
    finally:
        client.close()
    settings_of = {model.reader: "QUARTERDECK_MODEL_SMALL"} | (
        {model.writer: "QUARTERDECK_MODEL"} if model.writer else {}
    )
    absent = {name: setting for name, setting in settings_of.items() if name not in offered}
    for name, setting in absent.items():
        near = ", ".join(nearest(name, offered)[:5]) or "none"
        yield Finding(
            state="wrong", what=f"{where} does not offer the model {name!r}", do=f"set {setting}: {near}"
        )
    if not absent:
        words = f"{model.writer} words" if model.writer else "templates word (QUARTERDECK_MODEL is not set)"
        yield Finding(
            state="ok", what=f"language model at {where}, {model.api}: {model.reader} reads, {words}"
        )


def _yes(flag: object) -> str:
    return "yes" if flag else "no"
