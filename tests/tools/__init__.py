"""Programs that tests run: judges of decks and of Salesforce, a mock of OpenAI's APIs; a test skips where one is missing.

CI names the programs it installed in REQUIRED_TEST_TOOLS; there a missing one fails the test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

_VALIDATORS = Path(__file__).parent / "ooxml" / "node_modules" / "@xarsh"
_AIMOCK = Path(__file__).parent / "aimock" / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
_JSFORCE = Path(__file__).parent / "jsforce"
_SOQL = Path(__file__).parent / "soql-parser"


def ooxml_errors(deck: Path) -> list[dict[str, str]]:
    """Return what Microsoft's Open XML validator has against `deck`; skip where it is not installed."""
    binary = next(_VALIDATORS.glob("*/ooxml-validator"), None)
    if binary is None:
        _missing("ooxml-validator", "run `make tools`")
    done = subprocess.run([binary, deck], capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)["errors"]


def pictures(deck: Path, folder: Path, *, dpi: int = 60) -> list[Path]:
    """Return a PNG of each slide of `deck`, in order, drawn by LibreOffice; skip where it is missing."""
    soffice, pdftoppm = shutil.which("soffice"), shutil.which("pdftoppm")
    if soffice is None or pdftoppm is None:
        _missing("libreoffice", "install libreoffice-impress and poppler-utils")
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    convert = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, deck]
    subprocess.run(convert, capture_output=True, timeout=300, check=True)
    pages = folder / "page"
    subprocess.run(
        [pdftoppm, "-r", str(dpi), "-png", folder / f"{deck.stem}.pdf", pages], timeout=300, check=True
    )
    return sorted(folder.glob("page-*.png"))


@contextmanager
def aimock(fixtures: list[dict[str, Any]], folder: Path) -> Iterator[str]:
    """Run aimock with these fixtures and give its base URL; skip where Node or aimock is not installed."""
    node = shutil.which("node")
    if node is None or not _AIMOCK.exists():
        _missing("aimock", "install Node 20.15 or newer and run `make tools`")
    path = folder / "fixtures.json"
    path.write_text(json.dumps({"fixtures": fixtures}))
    words = [node, _AIMOCK, "-p", "0", "-f", path, "--strict", "--log-level", "info"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            assert running.stdout is not None
            told = next(line for line in running.stdout if "listening on" in line)
            drain = threading.Thread(target=running.stdout.read, daemon=True)
            drain.start()
            yield f"{told.rpartition(' ')[2].strip()}/v1"
        finally:
            running.terminate()
            running.wait(10)
            drain.join(10)


def jsforce(url: str, token: str, opportunity: str) -> dict[str, Any]:
    """Return what jsforce gets from the org at a plain http address; skip where Node or jsforce is not installed."""
    return _node("jsforce", _JSFORCE, url, token, opportunity)


def soql_errors(queries: Sequence[str]) -> list[str | None]:
    """Return what a third party's parser of SOQL has against each query; skip where it is not installed."""
    return _node("soql-parser", _SOQL, given=json.dumps(list(queries)))


def _node(tool: str, folder: Path, *words: str, given: str = "") -> Any:
    """Run a tool's judge and return the JSON that it prints."""
    node = shutil.which("node")
    if node is None or not (folder / "node_modules" / ".package-lock.json").exists():
        _missing(tool, "install Node 20 or newer and run `make tools`")
    run = [node, folder / "judge.mjs", *words]
    done = subprocess.run(run, input=given, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _missing(tool: str, remedy: str) -> NoReturn:
    if tool in os.environ.get("REQUIRED_TEST_TOOLS", "").split():
        pytest.fail(f"{tool} is missing, and this run requires it")
    pytest.skip(f"{tool} is missing: {remedy}")
