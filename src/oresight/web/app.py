"""The explorer as an ASGI application: one page and one address for programs."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import yaml
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from oresight.errors import InputError
from oresight.policy.ledger import Ledger
from oresight.web.answer import Answer, simulate
from oresight.web.form import Choice, choice, scenario_of, whole
from oresight.web.guard import LARGEST_BODY, Guard, host_names, too_large
from oresight.web.page import render
from oresight.web.posted import WHERE, scenario_mapping
from oresight.world.model import World

LONGEST_MESSAGE = 400  # characters of an error that are shown
WAITING = 4  # requests that may wait for the solver; more are turned away


def create_app(world: World, ledger: Ledger, host: str, port: int) -> Guard:
    """The explorer on a world and a ledger, answering only requests addressed to `host` and `port`."""
    # No interactive documentation: its pages load scripts from elsewhere.
    app = FastAPI(title="Oresight explorer", docs_url=None, redoc_url=None, openapi_url=None)
    solving = threading.Lock()
    room = threading.Semaphore(WAITING)

    def solved(content: Mapping[str, Any], where: str, draws: int, seed: int) -> Answer:
        """One solve at a time: each uses every core there is."""
        if not room.acquire(blocking=False):
            raise InputError("the explorer is busy with other scenarios; try again in a moment")
        try:
            with solving:
                return simulate(content, where, world, ledger, draws, seed)
        finally:
            room.release()

    @app.get("/")
    def page(request: Request) -> Response:
        """The form, and the answer when something was chosen."""
        chosen = Choice()
        try:
            chosen = choice(_pairs(request))
            if not chosen.submitted:
                return _page(lambda nonce: render(world, chosen, nonce))
            content = scenario_of(chosen, world)
            draws, seed = whole(chosen.draws, "draws"), whole(chosen.seed, "seed")
            answer = solved(content, "the form", draws, seed)
            as_file = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
            return _page(lambda nonce: render(world, chosen, nonce, answer=answer, as_file=as_file))
        except InputError as fault:
            line = _line(fault)
            return _page(lambda nonce: render(world, chosen, nonce, error=line), status=400)

    @app.post("/api/simulate")
    async def api(request: Request) -> Response:
        """A scenario file in, the JSON of `oresight simulate` out; `draws` and `seed` in the query."""
        try:
            options = dict.fromkeys(("draws", "seed"), "0")
            for name, value in _pairs(request):
                if name not in options:
                    raise InputError(f"unknown option {name[:80]!r}; there are draws and seed")
                options[name] = value
            draws, seed = (whole(options[name], name) for name in ("draws", "seed"))
            content = scenario_mapping(await _body(request))
            answer = await run_in_threadpool(solved, content, WHERE, draws, seed)
        except InputError as fault:
            return JSONResponse({"error": _line(fault)}, status_code=400)
        text = json.dumps(answer.json, ensure_ascii=False, allow_nan=False)
        return Response(text, media_type="application/json")

    return Guard(app, host_names(host, port))


def _pairs(request: Request) -> list[tuple[str, str]]:
    try:
        return parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=200, errors="strict")
    except ValueError:
        raise InputError("the address holds something that is not UTF-8, or too many fields") from None


async def _body(request: Request) -> bytes:
    """The body, read no further than the limit: a sender need not say its length."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise InputError(too_large())
        parts.append(part)
    return b"".join(parts)


def _line(fault: InputError) -> str:
    line = str(fault)
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 2] + " …"


def _page(text: Callable[[str], str], status: int = 200) -> HTMLResponse:
    """A page under a policy that lets it load nothing and run only its own script."""
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return HTMLResponse(text(nonce), status_code=status, headers=headers)
