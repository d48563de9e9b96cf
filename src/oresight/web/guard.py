"""What every request passes first: who it is addressed to, where it comes from, how much it brings.

A page of another site can point its own name at the loopback address and read what is served there
(DNS rebinding); it cannot forge the Host header, so only the server's own names are answered.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

LARGEST_BODY = 256 * 1024  # bytes; a scenario is a few hundred
LARGEST_QUERY = 8 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def host_names(host: str, port: int) -> frozenset[str]:
    """The Host headers that a server bound to `host` and `port` answers to."""
    given = f"[{host}]" if ":" in host else host
    return frozenset(f"{name}:{port}" for name in (*LOOPBACK, given.lower())) | (
        frozenset((*LOOPBACK, given.lower())) if port == 80 else frozenset()
    )


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI middleware that refuses, with one line, what the explorer should not answer."""

    app: App
    hosts: frozenset[str]

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fault = self._fault(scope)
        if fault:
            await refuse(send, fault)
            return
        await self.app(scope, receive, send)

    def _fault(self, scope: MutableMapping[str, Any]) -> str:
        headers = list(scope["headers"])
        hosts = _values(headers, b"host")
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return f"this server does not answer to the host {(hosts or ['(none)'])[0][:80]!r}"
        for origin in _values(headers, b"origin"):
            if origin.lower().removeprefix("http://") not in self.hosts:
                return "requests from other sites are not answered"
        if len(scope.get("query_string", b"")) > LARGEST_QUERY:
            return f"the address is longer than {LARGEST_QUERY} bytes; post the scenario to /api/simulate"
        for length in _values(headers, b"content-length"):
            if not (length.isascii() and length.isdigit()) or int(length[:20]) > LARGEST_BODY:
                return too_large()
        return ""


def too_large() -> str:
    """The line that refuses a body above the limit."""
    return f"a scenario of more than {LARGEST_BODY // 1024} kB is not taken"


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


async def refuse(send: Send, line: str) -> None:
    """Answer 400 with `{"error": line}`."""
    body = json.dumps({"error": line}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send(
        {"type": "http.response.start", "status": 400, "headers": [*headers, (b"connection", b"close")]}
    )
    await send({"type": "http.response.body", "body": body})
