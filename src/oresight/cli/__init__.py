"""The command line: thin commands over the rooms.

Results go to standard output, messages and progress to standard error. Leaves with 0 when done, 2
when the input is wrong (one line), 3 when some scenario's market could not be solved, 1 when the
fault is ours. Rooms are imported inside commands, so that `oresight --help` is quick.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from oresight import __version__
from oresight.cli.shared import app, say
from oresight.errors import InputError

# Each module registers its commands when it is imported; `--help` lists them in this order.
for _module in ("texts", "figures", "ledger", "scenarios", "record", "explorer"):
    import_module(f"oresight.cli.{_module}")


def main() -> None:
    """Run the command line and turn errors into a line and an exit code."""
    try:
        code = app(standalone_mode=False)
    except InputError as error:
        say(f"oresight: {error}")
        code = 2
    except typer.Abort:
        code = 130
    except typer.TyperException as error:
        message = getattr(error, "message", None) or (
            error.format_message() if hasattr(error, "format_message") else str(error)
        )
        if message:
            say(f"oresight: {' '.join(str(message).split())}")
        code = 2
    except BrokenPipeError:
        # The reader of our output has left (`| head`); Python would complain again while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code or 0)


def _version(value: bool) -> None:
    if value:
        print(f"oresight {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What governments say about critical minerals, and what it does to supply."""
