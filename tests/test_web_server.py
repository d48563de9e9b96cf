"""The explorer over a real connection on the loopback address."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from oresight.errors import InputError
from oresight.policy.ledger import Ledger
from outlook_world import chain_world

pytest.importorskip("fastapi", reason="the web extra is not installed")
uvicorn = pytest.importorskip("uvicorn", reason="the web extra is not installed")

from oresight.web.app import create_app  # noqa: E402 - after the check for the extra
from oresight.web.guard import LARGEST_BODY  # noqa: E402
from oresight.web.serve import listen  # noqa: E402

SCENARIO = {"name": "a ban", "add": [{"export_ban": {"imposer": "CHN", "commodities": ["magnet"]}}]}
QUERY = "/?imposer=CHN&instrument=export_ban&commodities=magnet&targets=all&buyer=USA&draws=50"


@dataclass(frozen=True)
class Site:
    port: int

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    app = create_app(chain_world(), Ledger(), "127.0.0.1", port)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield Site(port)
    server.should_exit = True
    thread.join(20)
    listener.close()


def test_the_page_is_whole_and_asks_nothing_of_others(site: Site) -> None:
    status, headers, text = site.ask("GET", "/")
    assert status == 200
    assert "<form" in text
    assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", text)
    policy = headers["content-security-policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'<script nonce="{nonce[1]}">' in text
    assert "default-src 'none'" in policy


def test_a_choice_is_solved_and_told(site: Site) -> None:
    status, _, text = site.ask("GET", QUERY)
    assert status == 200
    assert "bans exports of magnet" in text
    assert "90&nbsp;% interval over 50 draws" in text
    assert "export_ban:" in text


def test_the_api_answers_in_the_contracts_form_and_repeats(site: Site) -> None:
    body = json.dumps(SCENARIO).encode()
    status, headers, text = site.ask("POST", "/api/simulate?draws=8&seed=1", body)
    assert status == 200
    assert headers["content-type"] == "application/json"
    told = json.loads(text)
    assert set(told) == {"scenarios", "results", "run"}
    assert told["scenarios"][0]["name"] == "a ban"
    assert told["scenarios"][0]["status"] in ("converged", "shortage", "capacity")
    fields = {"scenario", "commodity", "origin", "destination", "variable", "unit", "central", "low", "high"}
    assert fields <= set(told["results"][0])
    assert told["run"]["draws"] == 8
    assert text == site.ask("POST", "/api/simulate?draws=8&seed=1", body)[2]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/simulate", b""),
        ("/api/simulate", b"\x00\xff"),
        ("/api/simulate", b"add: [{export_ban: {imposer: CHI, commodities: [magnet]}}]"),
        ("/api/simulate", b"add: [{export_ban: {imposer: CHN, commodities: [unobtainium]}}]"),
        ("/api/simulate?draws=1e9", json.dumps(SCENARIO).encode()),
        ("/api/simulate?draws=100000", json.dumps(SCENARIO).encode()),
        ("/api/simulate?drws=1", json.dumps(SCENARIO).encode()),
        ("/api/simulate?draws=-1", json.dumps(SCENARIO).encode()),
        ("/api/simulate?seed=%ff", json.dumps(SCENARIO).encode()),
        ("/api/simulate", b"name: " + b"x" * (LARGEST_BODY + 1)),
    ],
)
def test_what_is_wrong_is_one_line_and_400(site: Site, path: str, body: bytes) -> None:
    status, _, text = site.ask("POST", path, body)
    assert status == 400
    line = json.loads(text)["error"]
    assert line
    assert "\n" not in line
    assert len(line) <= 400


def test_a_body_of_unsaid_length_is_cut_off(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as line:
        head = f"POST /api/simulate HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
        head += "Transfer-Encoding: chunked\r\n\r\n"
        line.sendall(head.encode())
        chunk = b"x" * 65536
        try:
            for _ in range(8):
                line.sendall(b"10000\r\n" + chunk + b"\r\n")
            line.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # the server may have answered and closed already
        answer = line.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 400")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:{port}"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_other_names_and_other_sites_are_refused(site: Site, headers: dict[str, str]) -> None:
    given = {key: value.format(port=site.port) for key, value in headers.items()}
    for method, path in (("GET", "/"), ("POST", "/api/simulate")):
        status, _, text = site.ask(method, path, headers=given)
        assert status == 400
        assert "error" in json.loads(text)


def test_its_own_names_are_answered(site: Site) -> None:
    for name in ("localhost", "127.0.0.1"):
        own = f"{name}:{site.port}"
        assert site.ask("GET", "/", headers={"Host": own, "Origin": f"http://{own}"})[0] == 200


def test_markup_in_the_address_is_shown_as_text(site: Site) -> None:
    status, _, text = site.ask("GET", "/?imposer=%3Cscript%3Ealert(1)%3C/script%3E&amount=%22%3E%3Cb%3E")
    assert status == 400
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert '"><b>' not in text


def test_a_port_that_is_taken_is_one_line(site: Site) -> None:
    with pytest.raises(InputError, match="cannot listen on"):
        listen("127.0.0.1", site.port)
    with pytest.raises(InputError, match="between 0 and 65535"):
        listen("127.0.0.1", 70000)
