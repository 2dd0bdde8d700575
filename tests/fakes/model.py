"""Language models that say what a test tells them: behind the port, and behind both of OpenAI's APIs over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.agent.model.ports import NoAnswer, Prompt, Trouble, Usage

NOTHING = {
    "sort": "nothing",
    "measure": None,
    "topic": None,
    "report": None,
    "by": [],
    "period": None,
    "as_of": None,
    "filters": [],
    "compare": None,
    "order": None,
    "status": None,
    "amount": None,
    "idle": None,
    "edits": [],
}
NO_EDIT = dict.fromkeys(
    ("slide", "dim", "values", "period", "currency", "measure", "by", "chart"),
)


def reading(sort: str, **more: Any) -> dict[str, Any]:
    """Return a reading as a model would send it."""
    return {**NOTHING, "sort": sort, **more}


def edit(change: str, **more: Any) -> dict[str, Any]:
    """Return one change of a deck as a model would send it."""
    return {**NO_EDIT, "change": change, **more}


class ScriptedModel:
    """A model behind the port: it answers as `say` does, or fails with a `Trouble`; it keeps what it was asked."""

    def __init__(self, say: Callable[[Prompt], Any]) -> None:
        self._say = say
        self.asked: list[Prompt] = []
        self.closed = False

    def ask(self, prompt: Prompt, shape: Any) -> tuple[Any, Usage]:
        self.asked.append(prompt)
        said = self._say(prompt)
        if isinstance(said, Trouble):
            raise NoAnswer(said)
        try:
            return shape.model_validate(said), Usage(requests=1, tokens=1_000)
        except ValueError as error:
            raise NoAnswer(Trouble.NONSENSE) from error

    def close(self) -> None:
        self.closed = True


def saying(*answers: Any) -> ScriptedModel:
    """Return a model that gives these answers in turn, and fails the test that asks for one more."""
    left = list(answers)
    return ScriptedModel(lambda _prompt: left.pop(0))


# What a harmless writer puts in front of a template's sentence.
LEADS = ("Put plainly: ", "Note: ", "To the point: ", "In plain words: ", "For the record: ", "Here it is: ")


def worded(prompt: Prompt) -> dict[str, Any]:
    """Return every sentence of a prompt in other words that say the same, as a model that keeps the rules would."""
    asked = json.loads(prompt.text)["sentences"]
    return {"sentences": [{"id": item["id"], "sentence": led(item["template"])} for item in asked]}


def led(template: str) -> str:
    """Return a template's sentence behind a lead that depends on nothing but the template."""
    return LEADS[len(template) % len(LEADS)] + template
