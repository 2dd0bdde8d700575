"""The engine costs a second, a model's client two, which only those pay who use them; arrays a tenth, which a load pays."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from bot.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as ended:
    code = ended.code
served = {"dbos", "numpy", "uvicorn", "slack_bolt", "openai", "pydantic_ai"}
heavy = sorted((served | {"openpyxl", "charset_normalizer"}) & set(sys.modules))
sys.exit(f"imported {heavy}" if heavy else code)
"""


@pytest.mark.slow
@pytest.mark.parametrize("command", ["--help", "report weekly", "measure coverage", "findings"])
def test_a_command_that_does_not_serve_does_not_import_the_engine(command, home, tmp_path):
    words = command.split()
    if command != "--help":
        words += ["--home", str(home)]
    if words[0] == "report":
        words += ["--out", str(tmp_path / "deck.pptx")]
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], check=False, capture_output=True, text=True, timeout=120
    )

    assert ended.returncode == 0, ended.stderr


def test_a_bot_that_watches_no_folder_does_not_load_what_reads_exports():
    program = "import sys, bot.slack.app; sys.exit(', '.join({'openpyxl', 'charset_normalizer'} & set(sys.modules)) or 0)"
    ended = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=120
    )

    assert (ended.returncode, ended.stderr) == (0, "")
