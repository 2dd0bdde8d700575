"""The command line `quarterdeck`. Commands are imported when they run, so that `--help` is instant."""

from __future__ import annotations

import argparse
import errno
import gc
import importlib
import logging
import os
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Exit codes: 0 done, 1 it cannot be done now (the message says why), 2 the words need changing.
CANNOT, BAD_WORDS, INTERRUPTED = 1, 2, 130

# Commands whose names are no names of modules.
_MODULES = {"import": "import_", "tie-out": "tie_out"}

# What the demo goes without, and Slack does not.
_OF_SLACK = frozenset({"dbos", "slack_bolt", "slack_sdk", "uvicorn"})
_OF_SALESFORCE = frozenset({"cryptography", "jwt", "requests", "simple_salesforce", "urllib3"})

_log = logging.getLogger("quarterdeck")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a failure is one sentence on standard error."""
    # A command is short and loads much: looking for garbage as often as usual costs a tenth of its time.
    gc.set_threshold(50_000, 20, 100)
    parser = _parser()
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.DEBUG if arguments.verbose else logging.WARNING, stream=sys.stderr)
    try:
        module = _MODULES.get(arguments.command, arguments.command)
        return int(importlib.import_module(f"bot.commands.{module}").run(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except EOFError:
        _say(
            "the answers ended before the last question, so nothing was changed: run it again and answer, or use --no-input"
        )
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 — the outermost edge
        return _explain(
            error, home=Path(arguments.home or os.environ.get("QUARTERDECK_HOME") or ".quarterdeck")
        )


def _explain(error: Exception, *, home: Path) -> int:
    """Tell the person what to do next; anything unforeseen keeps its details for `--verbose`."""
    from bot.errors import BotError
    from connectors.errors import BadRequest, ConnectorError
    from reports.errors import BadInput, FailedCheck, ReportError

    match error:
        case FailedCheck():
            _say("the deck did not pass its own check, so it was not written:")
            for problem in error.problems[:20]:
                _say(f"  {problem}")
            return CANNOT
        case BadInput() | BadRequest() | BotError():
            _say(str(error))
            return BAD_WORDS
        case ReportError() | ConnectorError():
            _say(str(error))
            return CANNOT
        case ModuleNotFoundError() if (error.name or "").partition(".")[0] in _OF_SLACK:
            _say(
                f"this needs {error.name}, which is not installed here; make setup installs what Slack needs"
            )
            return CANNOT
        case ModuleNotFoundError() if (error.name or "").partition(".")[0] in _OF_SALESFORCE:
            _say(
                f"this needs {error.name}, which is not installed here; make setup installs what Salesforce needs"
            )
            return CANNOT
        case _ if full := _full(error, home):
            _say(f"the disk that holds {full} is full: free some space there and run it again")
            return CANNOT
        case IsADirectoryError():
            _say(f"{error.filename} is a directory: give a file name")
            return BAD_WORDS
        case OSError():
            _say(f"{error.strerror or error.__class__.__name__}: {error.filename or 'no file named'}")
            return CANNOT
        case _:
            _log.debug("unforeseen", exc_info=error)
            _say(
                f"something unforeseen happened ({error.__class__.__name__}); run again with --verbose to see where"
            )
            return CANNOT


def _full(error: Exception, home: Path) -> str:
    """Return the folder on whose disk nothing more could be written; empty where that is not what went wrong."""
    inner = getattr(error, "orig", error)  # what keeps state wraps the database's own error
    if isinstance(inner, sqlite3.OperationalError) and _code(inner) == sqlite3.SQLITE_FULL:
        return str(home)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return str(Path(error.filename).parent if error.filename else home)
    return ""


def _code(error: sqlite3.Error) -> int | None:
    """Return the database's own number for what went wrong; None where it was not the database."""
    return getattr(error, "sqlite_errorcode", None)


def _say(sentence: str) -> None:
    sys.stderr.write(f"quarterdeck: {sentence}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="quarterdeck",
        description="Sales decks with numbers that are right. Without settings it works on an invented company.",
        epilog="Start with: quarterdeck demo. Then: quarterdeck ask 'pipeline emea'.",
    )
    parser.set_defaults(home=None, verbose=False)
    _everywhere(parser)
    shared = argparse.ArgumentParser(add_help=False)
    _everywhere(shared)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    demo = commands.add_parser(
        "demo", parents=[shared], help="the whole line on the invented company, no account, no key"
    )
    demo.add_argument(
        "--out", type=Path, metavar="DIR", default=Path("demo-output"), help="where decks and pages go"
    )
    demo.add_argument("--no-input", action="store_true", help="do not wait for replies at the end")

    report = commands.add_parser("report", parents=[shared], help="build a deck: weekly, forecast")
    report.add_argument("kind", metavar="KIND", help="weekly or forecast")
    _scope(report)
    report.add_argument("--template", type=Path, metavar="FILE", help="a .pptx or .potx to build on")
    report.add_argument(
        "--out", type=Path, metavar="FILE", help="where the deck goes (default KIND-DATE.pptx here)"
    )
    _json(report)

    measure = commands.add_parser(
        "measure", parents=[shared], help="one number, by any dimension, with its records"
    )
    measure.add_argument(
        "name", metavar="NAME", help="open_pipeline, coverage, win_rate …; a wrong name lists all"
    )
    measure.add_argument(
        "--by", action="append", default=[], metavar="DIM", help="region, segment, owner …; repeatable"
    )
    _scope(measure)
    _json(measure)

    findings = commands.add_parser(
        "findings", parents=[shared], help="what is at risk and where money can be won"
    )
    _scope(findings)
    findings.add_argument("--limit", type=int, default=15, metavar="N", help="how many to print (default 15)")
    _json(findings)

    _tie_out(commands, shared)

    ask = commands.add_parser("ask", parents=[shared], help="one turn in the terminal, in your own words")
    ask.add_argument(
        "text", metavar="TEXT", nargs="+", help="for example: pipeline emea · only EMEA · win rate"
    )
    ask.add_argument(
        "--as", dest="asker", metavar="NAME", help="who is asking, for 'my deals' (default: the operator)"
    )
    _json(ask)

    seed = commands.add_parser("seed", parents=[shared], help="make the invented company anew")
    seed.add_argument(
        "--opportunities", type=int, default=5000, metavar="N", help="how many deals (default 5000)"
    )
    seed.add_argument(
        "--seed", type=int, default=59, metavar="S", help="another company of the same kind (default 59)"
    )
    seed.add_argument("--today", metavar="DATE", default="2026-11-23", help="its today (default 2026-11-23)")
    seed.add_argument("--truth", type=Path, metavar="FILE", help="write what was planted, as JSON")

    sync = commands.add_parser("sync", parents=[shared], help="bring the local copy up to date")
    sync.add_argument("--full", action="store_true", help="read everything again")

    _import(commands, shared)

    setup = commands.add_parser(
        "setup", parents=[shared], help="what your data seems to mean: confirm it, or choose other columns"
    )
    setup.add_argument("--accept", action="store_true", help="take all of it and write the company file")
    setup.add_argument("--no-input", action="store_true", help="show it, ask nothing and change nothing")

    serve = commands.add_parser(
        "serve", parents=[shared], help="the Slack bot: Socket Mode with SLACK_APP_TOKEN, else HTTP"
    )
    serve.add_argument(
        "--role", choices=("all", "web", "worker"), default="all", help="what this process does"
    )
    serve.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="where HTTP listens (default 127.0.0.1)"
    )
    serve.add_argument("--port", type=int, default=3000, metavar="N", help="the port of HTTP (default 3000)")

    made = commands.add_parser("manifest", parents=[shared], help="print the manifest of the Slack app")
    made.add_argument(
        "--name", metavar="/COMMAND", help="the slash command (default QUARTERDECK_COMMAND or /sales)"
    )
    made.add_argument(
        "--threads", action="store_true", help="hear replies in threads that do not mention it, too"
    )
    made.add_argument(
        "--http",
        nargs="?",
        const=True,
        metavar="URL",
        help="be reached at this address instead of Socket Mode",
    )

    _salesforce(commands, shared)

    _doctor(commands, shared)
    return parser


def _doctor(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command that checks everything."""
    doctor = commands.add_parser(
        "doctor", parents=[shared], help="check every setting and connection; say what to do"
    )
    doctor.add_argument(
        "--write-probe",
        action="store_true",
        help="in a Salesforce sandbox, set one field of one deal to what it is",
    )


def _tie_out(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command that compares a measure with the company's own report."""
    tied = commands.add_parser(
        "tie-out", parents=[shared], help="a measure beside your own report of it: what differs, and why"
    )
    tied.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="the report as you exported it: CSV or Excel"
    )
    tied.add_argument(
        "--report",
        metavar="ID",
        help="a report in Salesforce instead: its id (00O…) or the address at which it opens",
    )
    tied.add_argument(
        "--measure", metavar="NAME", default="open_pipeline", help="which measure (default open_pipeline)"
    )
    _scope(tied)
    tied.add_argument("--map", type=Path, metavar="FILE", help="what the file's columns mean")
    tied.add_argument(
        "--limit", type=int, default=40, metavar="N", help="how many differences to print (default 40)"
    )
    _json(tied)


def _import(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command that takes in exports."""
    taken = commands.add_parser(
        "import", parents=[shared], help="take in exports of deals: CSV, Excel or Parquet, as they come"
    )
    taken.add_argument(
        "files", metavar="FILE", nargs="*", type=Path, help="an export, or a folder of exports"
    )
    taken.add_argument(
        "--map", type=Path, metavar="FILE", help="what the columns mean (default: guessed, then kept)"
    )
    taken.add_argument(
        "--as-of",
        metavar="DATE",
        help="the day at whose end it was so, YYYY-MM-DD (default: in the file's name)",
    )
    taken.add_argument(
        "--targets",
        type=Path,
        metavar="FILE",
        help="what was to be won: period, amount, perhaps region and owner",
    )
    taken.add_argument(
        "--skip-bad", action="store_true", help="take the good rows and write the others beside the file"
    )
    taken.add_argument(
        "--remove", metavar="DATE", help="take the export of that day out again; its file is kept"
    )
    taken.add_argument("--no-input", action="store_true", help="ask nothing on a terminal")


def _salesforce(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command that prepares the sign-in to Salesforce."""
    salesforce = commands.add_parser(
        "salesforce",
        parents=[shared],
        help="prepare the sign-in to Salesforce: keys, and a page for its administrator",
    )
    acts = salesforce.add_subparsers(dest="act", metavar="ACT", required=True)
    init = acts.add_parser(
        "init",
        parents=[shared],
        help="write a key pair, two permission sets and a page for the administrator",
    )
    init.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=Path("salesforce-setup"),
        help="where (default salesforce-setup)",
    )
    init.add_argument(
        "--force", action="store_true", help="make a new key pair in the place of the one that is there"
    )


def _everywhere(parser: argparse.ArgumentParser) -> None:
    """Add what may stand before the command and after it; what is said after it counts."""
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="where local state lives (QUARTERDECK_HOME; default .quarterdeck)",
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        default=argparse.SUPPRESS,
        help="say on standard error what is being done",
    )


def _scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--period", metavar="P", help="this-quarter, last-quarter, FY26-Q3, 2026-07-01..2026-09-30 …"
    )
    parser.add_argument("--as-of", metavar="DATE", help="as it was at the end of that day, YYYY-MM-DD")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="DIM=VALUE",
        help="region=EMEA, owner=NAME …; repeatable",
    )


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
