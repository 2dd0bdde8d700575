"""The second reader: a message that the rules cannot read goes to a small model, once, and comes back as names."""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib import resources

from bot.agent.model.limits import Limits
from bot.agent.model.ports import Asked, LanguageModel, NoAnswer, Prompt, Reading, Trouble

_log = logging.getLogger("quarterdeck")
# A message is read several times on its way to an answer, with the same meaning; what failed is tried again soon.
KEPT, KEPT_FAILED = timedelta(minutes=10), timedelta(seconds=45)
SECONDS, LETTERS = 20.0, 8_000
# A server that failed so often one after the other is left alone for a while, whoever asks.
TIRES = 2
_SERVERS = frozenset({Trouble.LATE, Trouble.BUSY, Trouble.AWAY, Trouble.REFUSED, Trouble.MISSING})
_ROOM = 256

Key = tuple[str, str, str, str]


class ModelReader:
    """Reads with a language model, within limits; a message is asked about once."""

    def __init__(
        self, model: LanguageModel, limits: Limits, *, clock: Callable[[], float], seconds: float = SECONDS
    ) -> None:
        """Ask `model` within `limits`; `clock` counts seconds and only forward."""
        self._model, self._limits, self._clock, self._seconds = model, limits, clock, seconds
        self._kept: OrderedDict[Key, tuple[float, Reading | Trouble]] = OrderedDict()
        self._failed, self._failed_at = 0, 0.0
        self._lock = threading.Lock()

    def read(self, asked: Asked) -> Reading:
        """Return what a message means.

        Raises:
            NoAnswer: there is no model for it now, and why.
        """
        key = (asked.workspace, asked.person, asked.text, asked.about)
        known = self._known(key)
        if known is None:
            known = self._ask(asked)
            with self._lock:
                self._kept[key] = (self._clock(), known)
                while len(self._kept) > _ROOM:
                    self._kept.popitem(last=False)
        if isinstance(known, Trouble):
            raise NoAnswer(known)
        return known

    def _known(self, key: Key) -> Reading | Trouble | None:
        with self._lock:
            at, known = self._kept.get(key, (0.0, None))
        kept = KEPT_FAILED if isinstance(known, Trouble) else KEPT
        return known if self._clock() - at <= kept.total_seconds() else None

    def _ask(self, asked: Asked) -> Reading | Trouble:
        with self._lock:
            tired = self._failed >= TIRES and self._clock() - self._failed_at <= KEPT_FAILED.total_seconds()
        if tired:
            return Trouble.AWAY
        try:
            read = self._limits.spend(
                asked.workspace, asked.person, lambda: self._model.ask(self._prompt(asked), Reading)
            )
        except NoAnswer as none:
            _log.warning("the model did not read a message: %s", none.trouble.value)
            with self._lock:
                if none.trouble in _SERVERS:
                    self._failed, self._failed_at = self._failed + 1, self._clock()
            return none.trouble
        with self._lock:
            self._failed = 0
        return read

    def _prompt(self, asked: Asked) -> Prompt:
        lists = json.dumps(asked.vocabulary, ensure_ascii=False, sort_keys=True)
        request: dict[str, object] = {
            "today": asked.today,
            "message": asked.text,
            "untrusted": {"named": asked.named},
            "slides": [{"slide": number, "shows": key} for number, key in asked.slides],
            "before": asked.before,
        }
        return Prompt(
            which="reader",
            instructions=_instructions().replace("{lists}", lists),
            text=json.dumps(request, ensure_ascii=False),
            person=asked.person,
            workspace=asked.workspace,
            seconds=self._seconds,
            letters=LETTERS,
        )


@cache
def _instructions() -> str:
    return resources.files("bot.agent.model").joinpath("prompts/reader.md").read_text(encoding="utf-8")
