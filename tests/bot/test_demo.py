"""The demo as a newcomer runs it: files, page, transcript, a second run, and replies typed at the prompt."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.cli import main
from bot.commands import demo
from reports.errors import NothingThere
from tests.bot.test_page import Nesting

FILES = {f"weekly-r{n}.pptx" for n in (1, 2, 3)} | {f"card-r{n}.png" for n in (1, 2, 3)} | {"index.html"}
DEADLINE = 60


@pytest.fixture(scope="module")
def played(larkmoor_records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that one run of the demo left."""
    out = tmp_path_factory.mktemp("demo")
    shutil.copytree(larkmoor_records, out / "home")

    assert main(["demo", "--no-input", "--out", str(out)]) == 0
    return out


def held(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def test_the_demo_leaves_decks_cards_and_a_page(played: Path) -> None:
    files = held(played)

    assert set(files) == FILES
    page = Nesting(files["index.html"].decode())
    assert page.open == []
    linked = {attrs.get("href") or attrs.get("src") for tag, attrs in page.tags if tag in {"a", "img"}}
    assert {name for name in linked if name and "://" not in name} == FILES - {"index.html"}
    for words in ("why is emea low", "Slide 3 now shows EMEA only", "08:30", "legal call Tue, sponsor is in"):
        assert words in page.text


def test_a_second_run_gives_the_same_bytes_and_fits_a_narrow_window(
    played: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(played)
    (played / "weekly-r9.pptx").write_bytes(b"from a longer thread")
    monkeypatch.setenv("COLUMNS", "40")

    assert main(["demo", "--no-input", "--out", str(played)]) == 0

    text = capsys.readouterr().out
    assert held(played) == before
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if len(line) > 40 and not line.startswith("/")] == []
    assert "Q4 is $0.80M short of $5.80M" in text


class Person:
    """Somebody at a terminal: reads what is printed, types when asked."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._end, far = pty.openpty()
        self._process = subprocess.Popen(
            command, env=environment, stdin=far, stdout=far, stderr=far, start_new_session=True
        )
        os.close(far)
        self.read = ""

    def until(self, words: str) -> str:
        """Return what was printed up to and including `words`."""
        while words not in self.read:
            ready, _, _ = select.select([self._end], [], [], DEADLINE)
            assert ready, f"{words!r} did not come; so far: {self.read[-500:]}"
            try:
                piece = os.read(self._end, 65536).decode(errors="replace")
            except OSError:
                piece = ""
            assert piece, f"ended before {words!r}; so far: {self.read[-500:]}"
            self.read += piece
        said, _, self.read = self.read.partition(words)
        return re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", said).replace("\r", "")

    def type(self, keys: str) -> None:
        os.write(self._end, keys.encode())

    def leave(self, again: str = "") -> int:
        """Return the exit code; `again` is pressed once a second, as a person would whose first press was too early."""
        deadline = time.monotonic() + DEADLINE
        try:
            while time.monotonic() < deadline and self._process.poll() is None:
                if select.select([self._end], [], [], 1)[0]:
                    os.read(self._end, 65536)
                elif again:
                    self.type(again)
        except OSError:
            pass
        try:
            return self._process.wait(max(1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            os.close(self._end)


START = """
import fcntl, signal, sys, termios
import bot.commands.demo as demo
from bot.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is born with Ctrl-C switched off
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches us as it would a person's program
demo.SCENES = demo.SCENES[:int(sys.argv[2])]
turn = demo.turn
def breaking(line, text, **more):
    if text == "break":
        raise ZeroDivisionError
    return turn(line, text, **more)
demo.turn = breaking
sys.exit(main(["demo", "--out", sys.argv[1]]))
"""


def started(home: Path, *, scenes: int) -> Person:
    """Return a person who has started the demo, cut to its first scenes."""
    environment = {"PATH": os.environ.get("PATH", ""), "TERM": "xterm", "COLUMNS": "60", "HOME": str(home)}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return Person([sys.executable, "-c", START, str(home.parent), str(scenes)], environment)


def test_replies_at_the_prompt_are_answered_and_what_goes_wrong_does_not_end_it(home: Path) -> None:
    person = started(home, scenes=1)
    person.until("reply> ")
    person.type("pipeline emea\n")
    assert "$1.76M" in person.until("reply> ")
    person.type("asdf qwer\n")
    assert "could not read: asdf qwer" in person.until("reply> ")
    person.type("slide 99 in eur\n")
    assert "no slide 99" in person.until("reply> ")
    person.type("break\n")
    assert "went wrong here (ZeroDivisionError)" in " ".join(person.until("reply> ").split())
    person.type("drop 7\n")
    assert "Slide 7 dropped" in person.until("reply> ")
    person.type("\n")

    assert person.leave() == 0
    page = Nesting((home.parent / "index.html").read_text(encoding="utf-8"))
    assert "could not read: asdf qwer" in page.text
    assert "went wrong here" in page.text
    assert (home.parent / "weekly-r2.pptx").is_file()


@pytest.mark.parametrize("keys", ["\x04", "\x03", "quit\n"])
def test_the_prompt_is_left_without_a_fuss(keys: str, home: Path) -> None:
    person = started(home, scenes=0)
    person.until("reply> ")
    person.type(keys)

    assert person.leave(keys if keys == "\x03" else "") == 0


def test_a_refusal_at_the_prompt_is_said_as_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_given: object, **_more: object) -> object:
        message = "nothing in scope"
        raise NothingThere(message)

    monkeypatch.setattr(demo, "turn", refuse)
    monkeypatch.setattr(demo, "SCENES", ())
    monkeypatch.setattr(demo, "_replies", lambda: iter(["weekly mars"]))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)

    assert main(["demo", "--out", str(home.parent)]) == 0
    assert "Nothing in scope. Nothing was changed." in capsys.readouterr().out


def test_the_pictures_of_the_front_page_are_there_and_small() -> None:
    root = Path(__file__).parents[2]
    named = re.findall(r'src="(docs/images/[^"]+)"', (root / "README.md").read_text(encoding="utf-8"))

    assert {"docs/images/thread.png", "docs/images/slide-2.png", "docs/images/card.png"} <= set(named)
    assert all((root / name).stat().st_size < 250_000 for name in named)
