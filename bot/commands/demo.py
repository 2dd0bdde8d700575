"""`quarterdeck demo`: the whole line on the invented company, played as a thread; then a prompt to go on."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.agent.answers.asking import Asker
from bot.agent.intents import Surface
from bot.agent.reply import Reply
from bot.agent.turn import turn
from bot.commands.ask import asker_named
from bot.flows import Line, file_of
from bot.page import Turn, page
from bot.settings import Settings
from bot.store import Revision
from bot.store.files import write_atomically
from bot.terminal import Terminal
from bot.wiring import Installation, progress

THREAD = "demo"


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
    settings = Settings(home=home, crm="demo", values={})
    terminal = Terminal()
    with Installation(settings, progress=progress(quiet=False)) as opened:
        line = opened.line()
        stage = _Stage(line, terminal, out)
        for scene in SCENES:
            stage.play(scene)
        terminal.line(f"Open {out / 'index.html'}: the thread, the cards and every slide.", "bold")
        if not arguments.no_input and sys.stdin.isatty():
            terminal.line(
                "Reply as Dana would; an empty line ends it. For example: only EMEA · undo · where does 5.49 come from",
                "dim",
            )
            for text in _replies():
                stage.play(Scene(who="Dana Whitcombe", text=text, surface="direct"))
    return 0


class _Stage:
    """Plays one thread: every turn goes to the terminal, to the files, and onto the page."""

    def __init__(self, line: Line, terminal: Terminal, out: Path) -> None:
        self._line, self._terminal, self._out = line, terminal, out
        self._turns: tuple[Turn, ...] = ()

    def play(self, scene: Scene) -> None:
        asker = asker_named(self._line, scene.who)
        shown = f"/sales {scene.text}" if scene.surface == "slash" else scene.text
        shown = f"@Quarterdeck {shown}" if scene.surface == "mention" else shown
        self._terminal.line()
        self._terminal.said(asker.name, shown)
        reply, made = self._turn(scene, asker)
        file = card = None
        if made is not None:
            file = f"{made.spec.kind}-r{made.number}.pptx"
            card = f"card-r{made.number}.png"
            write_atomically(self._out / file, file_of(self._line, made, "deck").read_bytes())
            write_atomically(self._out / card, file_of(self._line, made, "card").read_bytes())
        self._terminal.line()
        self._terminal.line("Quarterdeck", "bold")
        if made is not None and not reply.changes:
            self._terminal.card(made.deck.card)
        self._terminal.reply(reply, made, None if file is None else self._out / file)
        answer = "\n".join((*reply.read_as, *reply.lines))
        self._turns = (
            *self._turns,
            Turn(who=asker.name, text=shown),
            Turn(
                who="Quarterdeck",
                text=answer,
                card=card,
                file=file,
                changes=reply.changes,
                deck=None if made is None else made.deck,
            ),
        )
        write_atomically(
            self._out / "index.html", page(f"{self._line.company.name}: a thread", self._turns).encode()
        )

    def _turn(self, scene: Scene, asker: Asker) -> tuple[Reply, Revision | None]:
        return turn(self._line, scene.text, thread_id=THREAD, asker=asker, surface=scene.surface)


def _replies() -> Iterator[str]:
    """Yield what is typed at the prompt until an empty line, the end of input, or an interrupt."""
    while True:
        try:
            text = input("reply> ")
        except (EOFError, KeyboardInterrupt):
            return
        if not text.strip():
            return
        yield text
