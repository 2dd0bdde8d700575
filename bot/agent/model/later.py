"""A model that is connected to when it is first asked: whoever never asks does not pay for its libraries."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.agent.model.ports import LanguageModel, Prompt, Shape, Usage


class Later:
    """A model that `open_model` opens at the first question."""

    def __init__(self, open_model: Callable[[], LanguageModel]) -> None:
        """Open nothing yet."""
        self._open_model, self._lock = open_model, threading.Lock()
        self._model: LanguageModel | None = None

    def ask(self, prompt: Prompt, shape: type[Shape]) -> tuple[Shape, Usage]:
        """Return the model's answer.

        Raises:
            NoAnswer: there is none that can be used.
        """
        with self._lock:
            self._model = self._model or self._open_model()
        return self._model.ask(prompt, shape)

    def close(self) -> None:
        """Close the model, if it was opened."""
        with self._lock:
            model, self._model = self._model, None
        if model is not None:
            model.close()
