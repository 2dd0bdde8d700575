"""The one module that speaks to a language model's server: our own client, on a loop that callers hand questions to."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterable, Coroutine
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import openai
from openai import AsyncOpenAI
from pydantic_ai import Agent, NativeOutput, RunContext, UsageLimits
from pydantic_ai.exceptions import AgentRunError, ModelAPIError, ModelHTTPError, UsageLimitExceeded, UserError
from pydantic_ai.messages import AgentStreamEvent, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.providers.openai import OpenAIProvider

from bot.agent.model.limits import REQUESTS_EACH, TOKENS_EACH
from bot.agent.model.ports import NoAnswer, Prompt, Shape, Trouble, Usage, Which
from reports.facts import Frozen

T = TypeVar("T")
Api = Literal["responses", "chat"]
TIMEOUT, RETRIES = 60.0, 2
_GRACE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a model is: the server's address (None for OpenAI's own), its key, the API it speaks, a name by role."""

    key: str
    base_url: str | None
    api: Api
    names: dict[Which, str]
    timeout: float = TIMEOUT
    retries: int = RETRIES

    def __repr__(self) -> str:
        """Name the address and the API, never the key."""
        return f"Endpoint(base_url={self.base_url!r}, api={self.api!r}, names={self.names!r})"


class _TooLong(Exception):
    """The answer goes on beyond what may come back."""


class Client:
    """A model behind a server that speaks OpenAI's API."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Start the loop; nothing is connected before the first question."""
        for name in ("openai", "httpx2", "httpcore2", "pydantic_ai"):
            # They would log addresses and, when told to, whole messages.
            logging.getLogger(name).setLevel(logging.ERROR)
        self._endpoint = endpoint
        self._agents: dict[tuple[Which, type[Frozen]], Agent[object, Any]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="model", daemon=True)
        self._thread.start()
        self._client = self._wait(self._connected(), TIMEOUT)

    def ask(self, prompt: Prompt, shape: type[Shape]) -> tuple[Shape, Usage]:
        """Return the answer to a question, streamed, in its shape; a cut stream is begun once more.

        Raises:
            NoAnswer: there is none that can be used, or none in time.
        """
        try:
            return self._wait(self._bounded(prompt, shape), prompt.seconds + _GRACE)
        except (TimeoutError, CancelledError) as error:
            raise NoAnswer(Trouble.LATE) from error

    def names(self, seconds: float) -> tuple[str, ...]:
        """Return the names of the models that the server offers, in its order; at most `seconds` are waited.

        Raises:
            NoAnswer: it does not say.
        """

        async def listed() -> tuple[str, ...]:
            async with asyncio.timeout(seconds):
                return tuple([model.id async for model in self._client.models.list()])

        try:
            return self._wait(listed(), seconds + _GRACE)
        except (openai.OpenAIError, TimeoutError, CancelledError) as error:
            raise NoAnswer(_trouble(error)) from error

    def close(self) -> None:
        """Let go of connections, and end the loop."""
        if self._thread.is_alive():
            self._wait(self._client.close(), TIMEOUT)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(TIMEOUT)
            self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        if self._loop.is_closed():
            work.close()
            raise NoAnswer(Trouble.AWAY)
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise

    async def _connected(self) -> AsyncOpenAI:
        at = self._endpoint
        return AsyncOpenAI(api_key=at.key, base_url=at.base_url, timeout=at.timeout, max_retries=at.retries)

    async def _bounded(self, prompt: Prompt, shape: type[Shape]) -> tuple[Shape, Usage]:
        try:
            async with asyncio.timeout(prompt.seconds):
                return await self._tried(prompt, shape)
        except TimeoutError:
            raise NoAnswer(Trouble.LATE) from None
        except (AgentRunError, UserError, _TooLong, openai.OpenAIError) as error:
            # What the error holds may be the model's words: only its kind goes on.
            raise NoAnswer(_trouble(error)) from None

    async def _tried(self, prompt: Prompt, shape: type[Shape]) -> tuple[Shape, Usage]:
        for last in (False, True):
            try:
                return await self._asked(prompt, shape)
            except ModelAPIError as error:
                if last or isinstance(error, ModelHTTPError):
                    raise
        raise NoAnswer(Trouble.AWAY)

    async def _asked(self, prompt: Prompt, shape: type[Shape]) -> tuple[Shape, Usage]:
        async def measured(_: RunContext[object], events: AsyncIterable[AgentStreamEvent]) -> None:
            letters = 0
            async for event in events:
                letters += _letters(event)
                if letters > prompt.letters:
                    raise _TooLong

        told = await self._agent(prompt.which, shape).run(
            prompt.text,
            instructions=prompt.instructions,
            model_settings=self._settings(prompt),
            usage_limits=UsageLimits(request_limit=REQUESTS_EACH, total_tokens_limit=TOKENS_EACH),
            event_stream_handler=measured,
            infer_name=False,
        )
        used = told.usage
        return told.output, Usage(requests=used.requests, tokens=used.total_tokens)

    def _agent(self, which: Which, shape: type[Shape]) -> Agent[object, Shape]:
        """Return the agent that answers in a shape, made once: only the loop asks for it."""
        if (which, shape) not in self._agents:
            output = NativeOutput(shape, strict=True)
            self._agents[which, shape] = Agent(self._model(which), output_type=output, retries=1)
        return self._agents[which, shape]

    def _model(self, which: Which) -> OpenAIChatModel | OpenAIResponsesModel:
        name, provider = self._endpoint.names[which], OpenAIProvider(openai_client=self._client)
        if self._endpoint.api == "chat":
            return OpenAIChatModel(name, provider=provider)
        return OpenAIResponsesModel(name, provider=provider)

    def _settings(self, prompt: Prompt) -> OpenAIResponsesModelSettings:
        return OpenAIResponsesModelSettings(
            openai_store=False,
            openai_prompt_cache_key=prompt.workspace,
            # To pick names or to word a sentence takes little thought; models that cannot be told so are not told.
            thinking="low",
            extra_body={"safety_identifier": prompt.person},
        )


def _letters(event: AgentStreamEvent) -> int:
    """Return how many letters of an answer an event brings."""
    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return len(text)
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return len(text)
        case _:
            return 0


def _trouble(error: BaseException) -> Trouble:
    """Return what kind of failure an error is."""
    status = getattr(error, "status_code", None)
    match error:
        case openai.APITimeoutError() | TimeoutError():
            return Trouble.LATE
        case _TooLong() | UsageLimitExceeded():
            return Trouble.NONSENSE
        case ModelHTTPError() | openai.APIStatusError() if isinstance(status, int):
            return _by_status(status)
        case ModelAPIError() | openai.APIConnectionError():
            return Trouble.LATE if isinstance(error.__cause__, openai.APITimeoutError) else Trouble.AWAY
        case UserError():
            return Trouble.REFUSED
        case _:
            return Trouble.NONSENSE


def _by_status(status: int) -> Trouble:
    if status == 429:
        return Trouble.BUSY
    return Trouble.AWAY if status >= 500 or status == 408 else Trouble.REFUSED
