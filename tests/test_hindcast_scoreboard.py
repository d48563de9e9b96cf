"""What every brief says of the model's record is what the episodes give."""

from __future__ import annotations

from oresight.evidence import scoreboard
from oresight.evidence.episodes import load_episodes
from oresight.evidence.hindcast import hindcast, hindcast_json
from oresight.policy.ledger import load_ledger
from oresight.world.model import World


def test_the_record_told_is_the_record_replayed() -> None:
    world, ledger = World.load(), load_ledger()
    episodes = load_episodes((), world, ledger)
    replayed = hindcast(episodes, world, ledger, draws=200, seed=0)
    summary = hindcast_json(replayed)["summary"]
    assert isinstance(summary, dict)
    assert len(episodes) == scoreboard.EPISODES
    assert summary["predicted"] == scoreboard.OBSERVATIONS
    assert summary["inside"] == scoreboard.INSIDE
    assert summary["direction_of"] == scoreboard.DIRECTIONS
    assert summary["direction_right"] == scoreboard.DIRECTION_RIGHT
    rises = [
        held
        for one in replayed
        for held in one.rows
        if held.observation.variable == "buyer_price_change" and held.observation.destination == "outside"
    ]
    assert len(rises) == 6
    assert all(held.high is not None and held.observation.value > held.high for held in rises)
