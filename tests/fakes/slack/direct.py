"""Slack's own client without a network: it asks the desk in its own thread, which is right for thousands of calls."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from slack_sdk import WebClient
from slack_sdk.web.file_upload_v2_result import FileUploadV2Result

from tests.fakes.slack.desk import Desk, Reply, Request


class DirectClient(WebClient):
    """A WebClient whose requests never leave the process; a connection that breaks raises ConnectionResetError."""

    def __init__(self, desk: Desk, token: str, api_url: str) -> None:
        super().__init__(token=token, base_url=api_url, retry_handlers=[])
        self._desk = desk

    def _perform_urllib_http_request(self, *, url: str, args: dict[str, Any]) -> dict[str, Any]:
        headers = {name.casefold(): value for name, value in args["headers"].items()}
        form = {name: value for name, value in (args["params"] or {}).items() if value is not None}
        body = json.dumps(args["json"]) if args["json"] else urlencode(form)
        headers["content-type"] = "application/json" if args["json"] else "application/x-www-form-urlencoded"
        reply = self._ask(url, headers, body.encode())
        return {"status": reply.status, "headers": dict(reply.headers), "body": reply.body.decode()}

    def _upload_file(self, *, url: str, data: bytes, **_: Any) -> FileUploadV2Result:
        reply = self._ask(url, {}, data)
        return FileUploadV2Result(status=reply.status, body=reply.body.decode())

    def _ask(self, url: str, headers: dict[str, str], body: bytes) -> Reply:
        parts = urlsplit(url)
        reply = self._desk.answer(Request(path=parts.path, headers=headers, query=parts.query, body=body))
        if reply.drop:
            raise ConnectionResetError(f"the connection to {url!r} broke, as the test asked")
        return reply
