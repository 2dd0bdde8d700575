"""Programs that judge a finished deck; a test that needs one skips where it is not installed.

CI names the programs it installed in REQUIRED_TEST_TOOLS; there a missing one fails the test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

_VALIDATORS = Path(__file__).parent / "ooxml" / "node_modules" / "@xarsh"


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


def _missing(tool: str, remedy: str) -> NoReturn:
    if tool in os.environ.get("REQUIRED_TEST_TOOLS", "").split():
        pytest.fail(f"{tool} is missing, and this run requires it")
    pytest.skip(f"{tool} is missing: {remedy}")
