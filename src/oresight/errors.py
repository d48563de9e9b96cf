"""The two ways a run can end early.

`InputError` is for what a user can put right: its message is one line that says what is wrong,
where, and what would be right. The command line prints it and leaves with code 2. Everything
else that is raised is a fault of this program.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 600  # characters of a message
SHOWN = 60  # characters of a user's value that a message repeats


class InputError(ValueError):
    """Something given by the user is wrong; the message is one line: what, where, the remedy."""

    def __init__(self, message: str) -> None:
        line = " ".join(message.split())
        super().__init__(line if len(line) <= LONGEST else f"{line[: LONGEST - 205]} ... {line[-200:]}")


def shown(value: object) -> str:
    """A user's value as a message repeats it: its repr, cut to `SHOWN` characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # Python refuses to write whole numbers of thousands of digits
        return f"a {type(value).__name__} too large to print"
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def unknown(what: str, word: str, known: Iterable[str], where: str = "") -> InputError:
    """The error for a word that is not in a vocabulary, naming the nearest words that are."""
    words = sorted(set(known))
    word = word if len(word) <= SHOWN else word[: SHOWN - 3] + "..."
    by_fold = {known_word.casefold(): known_word for known_word in words}
    near = difflib.get_close_matches(word.casefold(), list(by_fold), n=3, cutoff=0.5)
    hint = (
        "nearest: " + ", ".join(by_fold[n] for n in near)
        if near
        else f"one of {len(words)} words, such as {', '.join(words[:3])}"
    )
    place = f" in {where}" if where else ""
    return InputError(f"unknown {what} {word!r}{place}; {hint}")
