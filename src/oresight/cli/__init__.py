"""The command line: thin commands over the rooms.

Results go to standard output, messages and progress to standard error. Leaves with 0 when done, 2
when the input is wrong (one line), 3 when some scenario's market could not be solved, 1 when the
fault is ours, 130 when interrupted. Rooms are imported inside commands, so that `oresight --help` is
quick.
"""

from __future__ import annotations

import os
import sys
from types import TracebackType

_hook_before, _ignored_before = sys.excepthook, sys.unraisablehook


def _hook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """An interruption needs no traceback, also while modules are still being imported."""
    if issubclass(kind, KeyboardInterrupt):
        os._exit(130)
    _hook_before(kind, fault, trace)


def _ignored_hook(ignored: sys.UnraisableHookArgs) -> None:
    """An interruption that falls where Python can raise nothing would be lost."""
    if issubclass(ignored.exc_type, KeyboardInterrupt):
        os._exit(130)
    _ignored_before(ignored)


sys.excepthook, sys.unraisablehook = _hook, _ignored_hook

# ruff: noqa: E402 - an interruption while these are imported should be quiet too
import atexit
import io
import re
import signal
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from oresight import __version__
from oresight.cli.shared import app, say
from oresight.errors import SHOWN, InputError, shown

# Each module registers its commands when it is imported; `--help` lists them in this order.
for _module in ("texts", "figures", "ledger", "scenarios", "record", "explorer"):
    import_module(f"oresight.cli.{_module}")

LONG_QUOTE = re.compile(rf"'([^']{{{SHOWN - 5}}})[^']{{4,}}'")


def main() -> None:
    """Run the command line and turn errors into a line and an exit code."""
    try:
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # while Python winds up
        code = _run()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _run() -> int:
    try:
        _open_streams()
        code = int(app(standalone_mode=False) or 0)
        sys.stdout.flush()
    except InputError as error:
        say(f"oresight: {error}")
        code = 2
    except typer.Abort:
        code = 130
    except typer.TyperException as error:
        say(f"oresight: {_line(error)}")
        code = 2
    except BrokenPipeError:
        code = _left()
    except SystemExit as leaving:
        if not isinstance(leaving.__context__, BrokenPipeError):  # typer leaves with 1 for a closed pipe
            raise
        code = _left()
    except OSError as error:
        _discard_output()
        place = f"{shown(error.filename)}: " if error.filename else ""
        say(f"oresight: {InputError(f'{place}{error.strerror or error}')}")
        code = 2 if error.filename else 1
    return code


def _open_streams() -> None:
    """Stand in for closed streams; raises InputError when there is nowhere to print."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for the life of the process
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        raise InputError("standard output is closed; there is nowhere to print the result")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may hold bytes that are no text


def _line(error: typer.TyperException) -> str:
    """What a wrong option is told, with the option's name, in one line."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
        return f"name a command; `{context.command_path} --help` lists them"
    told = error.format_message() if hasattr(error, "format_message") else str(error)
    return str(InputError(LONG_QUOTE.sub(r"'\1...'", told)))


def _left() -> int:
    """The reader of our output has left (`| head`): that is no fault, and there is nothing more to say."""
    _discard_output()
    return 0


def _discard_output() -> None:
    """Send what is still to be written nowhere; Python would complain again while closing."""
    if sys.__stdout__ is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


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
