"""A server on loopback that speaks both of OpenAI's APIs, streamed or not, and says or breaks what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.loopback import Loopback

KEY = "sk-canary-0123456789"


@dataclass(frozen=True)
class Answer:
    """What the server does with one request.

    `text` is what the model says; `status` another answer than 200; `cut` the pieces after which the stream breaks;
    `hang` keeps the request without a word until it is given up; `seconds` is how long the model thinks; a streamed
    piece has `letters`.
    """

    text: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    hang: bool = False
    seconds: float = 0.0
    letters: int = 40


def said(value: Any) -> Answer:
    """Return a value as the model's answer."""
    return Answer(text=json.dumps(value))


@dataclass
class FakeOpenAI:
    """The server. `script` answers the requests in turn; when it is used up, `default` does, else a test fails with 500."""

    script: list[Answer] = field(default_factory=list)
    default: Callable[[dict[str, Any]], Answer] | None = None
    models: tuple[str, ...] = ("gpt-6-luna", "gpt-6-sol")
    requests: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def serving(self) -> Iterator[FakeOpenAI]:
        """Serve on a free port; `url` is the base URL meanwhile."""
        with Loopback(self) as server:
            self.url = f"{server.url}/v1"
            yield self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.keys.append(headers.get("authorization", "").removeprefix("Bearer "))
        self.paths.append(scope["path"])
        if scope["path"].endswith("/models"):
            listed = [
                {"id": name, "object": "model", "created": 0, "owned_by": "test"} for name in self.models
            ]
            await _json(send, 200, {"object": "list", "data": listed})
            return
        body = await _body(receive)
        self.requests.append(body)
        answer = self._next(body)
        if answer.hang:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        await asyncio.sleep(answer.seconds)
        if answer.status != 200:
            error = {"error": {"message": "scripted", "type": "scripted", "code": "scripted"}}
            await _json(send, answer.status, error, answer.headers)
        elif body.get("stream"):
            events = _chat(body, answer) if "chat" in scope["path"] else _responses(body, answer)
            await _stream(send, events, answer)
        else:
            whole = (
                _chat_whole(body, answer.text) if "chat" in scope["path"] else _response(body, answer.text)
            )
            await _json(send, 200, whole)

    def _next(self, body: dict[str, Any]) -> Answer:
        if self.script:
            return self.script.pop(0)
        return self.default(body) if self.default else Answer(status=500)


async def _body(receive: Any) -> dict[str, Any]:
    found, more = b"", True
    while more:
        message = await receive()
        found += message.get("body", b"")
        more = message.get("more_body", False)
    return json.loads(found or b"{}")


async def _json(send: Any, status: int, value: Any, headers: tuple[tuple[str, str], ...] = ()) -> None:
    named = [(b"content-type", b"application/json"), *((a.encode(), b.encode()) for a, b in headers)]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})


async def _stream(send: Any, events: AsyncIterator[str], answer: Answer) -> None:
    # A length that never comes makes the end of a cut stream a broken connection, as it is in the world.
    headers = [(b"content-type", b"text/event-stream")]
    if answer.cut is not None:
        headers.append((b"content-length", b"10000000"))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    number = 0
    async for event in events:
        number += 1
        if answer.cut is not None and number > answer.cut:
            raise ConnectionAbortedError("the stream is cut, as the script says")
        await send({"type": "http.response.body", "body": event.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _pieces(answer: Answer) -> list[str]:
    return [answer.text[at : at + answer.letters] for at in range(0, len(answer.text), answer.letters)]


def _chunk(body: dict[str, Any], **more: Any) -> str:
    chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": body["model"], **more}
    return f"data: {json.dumps(chunk)}\n\n"


async def _chat(body: dict[str, Any], answer: Answer) -> AsyncIterator[str]:
    for piece in _pieces(answer):
        delta = {"role": "assistant", "content": piece}
        yield _chunk(body, choices=[{"index": 0, "delta": delta, "finish_reason": None}])
    yield _chunk(body, choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
    yield _chunk(body, choices=[], usage=_CHAT_USAGE)
    yield "data: [DONE]\n\n"


_CHAT_USAGE = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}
_USAGE = {
    "input_tokens": 900,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 100,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 1000,
}


def _chat_whole(body: dict[str, Any], text: str) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [choice],
        "usage": _CHAT_USAGE,
    }


def _response(body: dict[str, Any], text: str, status: str = "completed") -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "m1", "type": "message", "status": status, "role": "assistant", "content": [part]}
    return {
        "id": "r1",
        "object": "response",
        "created_at": 1,
        "model": body["model"],
        "status": status,
        "output": [item] if status == "completed" else [],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
        "usage": _USAGE if status == "completed" else None,
    }


async def _responses(body: dict[str, Any], answer: Answer) -> AsyncIterator[str]:
    item = {"id": "m1", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    part = {"type": "output_text", "text": "", "annotations": []}
    at = {"item_id": "m1", "output_index": 0, "content_index": 0}
    whole = {**part, "text": answer.text}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": _response(body, "", "in_progress")},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **at, "part": part},
        *(
            {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []}
            for piece in _pieces(answer)
        ),
        {"type": "response.output_text.done", **at, "text": answer.text, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": whole},
        {
            "type": "response.output_item.done",
            "output_index": 0,
            "item": {**item, "status": "completed", "content": [whole]},
        },
        {"type": "response.completed", "response": _response(body, answer.text)},
    ]
    for number, event in enumerate(events):
        yield f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': number})}\n\n"
