"""`quarterdeck demo`: the whole line on the invented company, played as a thread; then a prompt to go on."""

from __future__ import annotations

import logging
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.agent.intents import Surface
from bot.agent.turn import turn
from bot.commands.ask import asker_named
from bot.errors import BotError
from bot.flows import Line, file_of
from bot.page import Turn, page
from bot.sentences import capital
from bot.settings import Settings
from bot.store import Revision
from bot.store.files import write_atomically
from bot.terminal import Terminal
from bot.wiring import Installation, progress
from connectors.errors import ConnectorError
from reports.errors import ReportError

THREAD = "demo"
WORDS_TO_END = frozenset({"exit", "quit", "bye", ":q"})
_log = logging.getLogger("quarterdeck")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Somebody says something."""

    who: str
    text: str
    surface: Surface = "thread"


SCENES: tuple[Scene, ...] = (
    Scene(who="Dana Whitcombe", text="weekly", surface="slash"),
    Scene(who="Dana Whitcombe", text="why is emea low", surface="mention"),
    Scene(who="Dana Whitcombe", text="slide 3 only EMEA, drop 7, add win rate by segment"),
    Scene(who="Jonas", text="note on ostrander: legal call Tue, sponsor is in"),
)


def run(arguments: Namespace) -> int:
    """Play the scenes, leave decks, cards and `index.html` in the folder, then ask for replies on a terminal."""
    out: Path = arguments.out
    home: Path = arguments.home or out / "home"
    (home / "quarterdeck.sqlite").unlink(missing_ok=True)
    _clear(out)
    settings = Settings(home=home, crm="demo", values={})
    terminal = Terminal()
    with Installation(settings, progress=progress(quiet=False)) as opened:
        opened.progress("reading the invented company Larkmoor Software")
        opened.load()
        line = opened.line()
        stage = _Stage(line, terminal, out)
        for scene in SCENES:
            stage.play(scene)
        terminal.line()
        terminal.line(
            f"Open {out / 'index.html'} in a browser: the thread, the cards and every slide.", "bold"
        )
        if not arguments.no_input and sys.stdin.isatty():
            terminal.line(
                "Reply as Dana would, for example: only EMEA · undo · what slipped last week. An empty line ends it.",
                "dim",
            )
            for text in _replies():
                stage.reply(text)
    return 0


class _Stage:
    """Plays one thread: every turn goes to the terminal, to the files, and onto the page."""

    def __init__(self, line: Line, terminal: Terminal, out: Path) -> None:
        self._line, self._terminal, self._out = line, terminal, out
        self._turns: tuple[Turn, ...] = ()

    def play(self, scene: Scene, *, echo: bool = True) -> None:
        """Let somebody say something, and show what comes back."""
        asker = asker_named(self._line, scene.who)
        shown = _as_typed(scene)
        if echo:
            self._terminal.line()
            self._terminal.said(asker.name, shown)
        reply, made = turn(self._line, scene.text, thread_id=THREAD, asker=asker, surface=scene.surface)
        file, card = (None, None) if made is None else self._keep(made)
        self._terminal.line()
        self._terminal.line("Quarterdeck", "bold")
        card_shown = made.deck.card if made is not None and not reply.changes else None
        path = None if file is None else self._out / file
        only = "" if scene.surface == "direct" else asker.name.split()[0]
        self._terminal.reply(reply, made, path, card=card_shown, only=only)
        deck = None if made is None else made.deck
        self._show(
            Turn(who=asker.name, text=shown, at=self._at()),
            Turn(who="Quarterdeck", at=self._at(), reply=reply, card=card, file=file, deck=deck),
        )

    def reply(self, text: str) -> None:
        """Play what was typed at the prompt; what goes wrong is said, and the thread goes on."""
        try:
            self.play(Scene(who="Dana Whitcombe", text=text, surface="direct"), echo=False)
        except (BotError, ReportError, ConnectorError) as error:
            self._sorry(asked=text, said=capital(f"{error}".rstrip(".")) + ". Nothing was changed.")
        except Exception as error:  # noqa: BLE001 — the outermost edge of one reply: the thread goes on
            _log.debug("unforeseen", exc_info=error)
            self._sorry(
                asked=text,
                said=f"That went wrong here ({error.__class__.__name__}), and nothing was changed. "
                "Try other words, or run the demo with --verbose to see where.",
            )

    def _sorry(self, *, asked: str, said: str) -> None:
        self._terminal.line()
        self._terminal.line("Quarterdeck", "bold")
        self._terminal.line(said)
        self._show(
            Turn(who="Dana Whitcombe", text=asked, at=self._at()),
            Turn(who="Quarterdeck", text=said, at=self._at()),
        )

    def _keep(self, made: Revision) -> tuple[str, str]:
        """Put a revision's files into the folder; return their names."""
        file, card = f"{made.spec.kind}-r{made.number}.pptx", f"card-r{made.number}.png"
        write_atomically(self._out / file, file_of(self._line, made, "deck").read_bytes())
        write_atomically(self._out / card, file_of(self._line, made, "card").read_bytes())
        return file, card

    def _show(self, *turns: Turn) -> None:
        self._turns = (*self._turns, *turns)
        day = self._line.now().astimezone(self._line.company.zone)
        html = page(
            f"{self._line.company.name}: a {day:%A} thread",
            self._turns,
            note=f"{day.day} {day:%B %Y}. An invented company, real output. Buttons only show what can be pressed in a chat.",
        )
        write_atomically(self._out / "index.html", html.encode())

    def _at(self) -> str:
        return f"{self._line.now().astimezone(self._line.company.zone):%H:%M}"


def _as_typed(scene: Scene) -> str:
    match scene.surface:
        case "slash":
            return f"/sales {scene.text}"
        case "mention":
            return f"@Quarterdeck {scene.text}"
        case _:
            return scene.text


def _clear(out: Path) -> None:
    """Remove what an earlier demo left, so that every file in the folder belongs to the page."""
    for pattern in ("weekly-r*.pptx", "card-r*.png", "index.html"):
        for old in out.glob(pattern):
            old.unlink()


def _replies() -> Iterator[str]:
    """Yield what is typed at the prompt until an empty line, a word to end, the end of input, or an interrupt."""
    while True:
        try:
            text = input("\nreply> ").strip()
        except (EOFError, KeyboardInterrupt):
            sys.stdout.write("\n")
            return
        if not text or text.casefold() in WORDS_TO_END:
            return
        yield text
