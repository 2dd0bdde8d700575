"""The writer: templates go to a larger model without any fact's text, and come back as sentences with the same tokens."""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

from bot.agent.model.limits import Limits
from bot.agent.model.ports import LanguageModel, NoAnswer, Prompt, Sentence, Trouble
from bot.agent.model.reader import KEPT_FAILED
from reports.facts import Frozen
from reports.loaded import PLAIN

_log = logging.getLogger("quarterdeck")
SECONDS, LETTERS = 45.0, 16_000
# Sentences that are asked about at once, and worded ones that are remembered: next week's templates are this week's.
MOST, _ROOM = 40, 512


class Worded(Frozen):
    """One sentence, worded."""

    id: str
    sentence: str


class Answer(Frozen):
    """The sentences, worded."""

    sentences: tuple[Worded, ...]


class ModelWriter:
    """Words with a language model, within limits; the same template is worded once."""

    def __init__(
        self, model: LanguageModel, limits: Limits, *, clock: Callable[[], float], seconds: float = SECONDS
    ) -> None:
        """Ask `model` within `limits`; `clock` counts seconds and only forward."""
        self._model, self._limits, self._clock, self._seconds = model, limits, clock, seconds
        self._failed: tuple[float, Trouble] | None = None
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def word(self, sentences: tuple[Sentence, ...], *, person: str, workspace: str) -> Mapping[str, str]:
        """Return sentences by the template that each may stand in place of; some may be missing.

        Raises:
            NoAnswer: there is no model for it now, and why.
        """
        with self._lock:
            known = {
                item.template: self._kept[item.template] for item in sentences if item.template in self._kept
            }
        new = {str(number): item for number, item in enumerate(sentences) if item.template not in known}
        if not new:
            return known
        if self._failed and self._clock() - self._failed[0] <= KEPT_FAILED.total_seconds():
            raise NoAnswer(self._failed[1])
        asked = dict(list(new.items())[:MOST])
        try:
            answer = self._limits.spend(
                workspace, person, lambda: self._model.ask(self._prompt(asked, person, workspace), Answer)
            )
        except NoAnswer as none:
            _log.warning("the model did not word a report: %s", none.trouble.value)
            if none.trouble is not Trouble.SPENT:
                self._failed = (self._clock(), none.trouble)
            raise
        worded = {asked[item.id].template: item.sentence for item in answer.sentences if item.id in asked}
        with self._lock:
            self._kept.update(worded)
            while len(self._kept) > _ROOM:
                self._kept.popitem(last=False)
        return known | worded

    def _prompt(self, asked: Mapping[str, Sentence], person: str, workspace: str) -> Prompt:
        told = [
            {"id": number, "template": item.template, "facts": dict(item.facts)}
            for number, item in asked.items()
        ]
        return Prompt(
            which="writer",
            instructions=_instructions(),
            text=json.dumps({"sentences": told}, ensure_ascii=False),
            person=person,
            workspace=workspace,
            seconds=self._seconds,
            letters=LETTERS,
        )


@cache
def _instructions() -> str:
    told = resources.files("bot.agent.model").joinpath("prompts/writer.md").read_text(encoding="utf-8")
    return told.replace("{words}", ", ".join(sorted(PLAIN)))
