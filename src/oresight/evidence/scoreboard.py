"""The record of the model on the bundled episodes, as every brief tells it.

A test replays the episodes and holds these figures to what comes out.
"""

from __future__ import annotations

EPISODES = 3
OBSERVATIONS = 13
INSIDE = 0  # observations in the 90 % interval
DIRECTIONS = 9  # changes of price or trade whose sign can be compared
DIRECTION_RIGHT = 8


def in_a_sentence() -> str:
    """The record in words."""
    inside = "none" if INSIDE == 0 else str(INSIDE)
    return (
        f"Replayed on {EPISODES} past export restrictions it got the direction right in {DIRECTION_RIGHT} of "
        f"{DIRECTIONS} changes, and {inside} of {OBSERVATIONS} observations lay in its 90 % interval: every "
        "price rise seen outside the country that restricts was larger"
    )
