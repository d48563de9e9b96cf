"""Serving the explorer, on the loopback address unless told otherwise."""

from __future__ import annotations

import socket
from collections.abc import Callable

from oresight.errors import InputError
from oresight.policy.ledger import load_ledger
from oresight.world.model import World

Say = Callable[[str], None]


def serve(world: World, say: Say, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until interrupted; port 0 takes a free one.

    Raises InputError when the `web` extra is not installed, or the address cannot be had.
    """
    try:
        import uvicorn

        from oresight.web.app import create_app
    except ModuleNotFoundError as missing:
        if missing.name not in ("fastapi", "starlette", "uvicorn"):
            raise
        raise InputError(
            f"serve needs {missing.name}; install it with: pip install 'oresight[web]'"
        ) from None
    listener = listen(host, port)
    port = listener.getsockname()[1]
    app = create_app(world, load_ledger(), host, port)
    warm_up(world, say)
    shown = f"[{host}]" if ":" in host else host
    say(f"The explorer is on http://{shown}:{port}/ (Ctrl-C stops it)")
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=2,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to an address; raises InputError when it is taken or is none of this machine."""
    if not 0 <= port <= 65535:
        raise InputError(f"serve: port {port} should be between 0 and 65535")
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, proto)
    except OSError as fault:
        raise InputError(
            f"serve: {host!r} is no address of this machine: {fault.strerror or fault}"
        ) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as fault:
        listener.close()
        raise InputError(
            f"serve: cannot listen on {host} port {port}: {fault.strerror or fault};"
            " try another with --port, or --port 0 for a free one"
        ) from None
    return listener


def warm_up(world: World, say: Say) -> None:
    """Compile the market engine before the first reader has to wait for it."""
    from oresight.market.solve import compiled, solve
    from oresight.policy.compile import to_wedges
    from oresight.policy.ledger import Ledger
    from oresight.policy.records import Scenario

    if not compiled():
        say("Compiling the market engine (once per installation, about half a minute) ...")
        solve(world, [to_wedges(Scenario("nothing"), world, Ledger())])
