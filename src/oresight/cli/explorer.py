"""The explorer."""

from __future__ import annotations

from typing import Annotated

import typer

from oresight.cli.shared import WorldDir, app, say, world_at


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    world: WorldDir = None,
) -> None:
    """Serve the explorer on this machine until interrupted."""
    from oresight.web.serve import serve as run

    run(world_at(world), say, host=host, port=port)
