"""Which assumption holds for a commodity, and how it is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oresight.errors import InputError
from oresight.market.parameters import override, parameter, quantiles, sample, triangular
from oresight.market.solve import solve
from oresight.world.model import Assumption, Range, World
from synthetic_worlds import synthetic_world, wedges


def with_rows(*rows: tuple[str, str, float]) -> World:
    world = synthetic_world(0)
    more = tuple(
        Assumption(
            name, scope, "", Range(value, value / 2, value * 2), (0.1, 99.0), name, "synthetic", "assumed"
        )
        for name, scope, value in rows
    )
    return replace(world, assumptions=(*world.assumptions, *more))


def test_the_narrowest_scope_holds() -> None:
    world = with_rows(
        ("sigma", "network", 6.0), ("sigma", "network: separation", 7.0), ("sigma", "oxide1", 8.0)
    )
    assert parameter(world, "sigma", "metal0").central == 5.0
    assert parameter(world, "sigma", "ore0").central == 6.0
    assert parameter(world, "sigma", "oxide0").central == 7.0
    assert parameter(world, "sigma", "oxide1").central == 8.0
    drawn = sample(world, 3, 0)
    assert drawn.sigma[0].tolist() == [parameter(world, "sigma", c.name).central for c in world.commodities]


def test_unknown_words_name_the_nearest() -> None:
    world = synthetic_world(0)
    with pytest.raises(InputError, match="nearest: sigma"):
        parameter(world, "sigm", "metal0")
    with pytest.raises(InputError, match="nearest: metal0"):
        parameter(world, "sigma", "metal")


def test_a_triangle_in_logs_keeps_its_ends_and_its_mode() -> None:
    value = Range(4.0, 2.0, 16.0)
    u = np.linspace(0, 1, 100_001)
    x = triangular(value, u)
    assert (x[0], x[-1]) == (pytest.approx(2.0), pytest.approx(16.0))
    assert np.all(np.diff(x) >= 0)
    density, edges = np.histogram(np.log(x), bins=60)
    mode = edges[density.argmax() : density.argmax() + 2].mean()
    assert mode == pytest.approx(np.log(4.0), abs=0.05)
    assert np.median(x) == pytest.approx(float(triangular(value, np.array([0.5]))[0]))
    assert triangular(Range(0.0, -1.0, 1.0), np.array([0.5]))[0] == pytest.approx(0.0)
    assert triangular(Range(3.0, 3.0, 3.0), u[:3]).tolist() == [3.0, 3.0, 3.0]
    with pytest.raises(InputError, match="must rise"):
        triangular(Range(1.0, 2.0, 3.0), u)


def test_points_fill_the_cube_evenly_and_follow_the_seed() -> None:
    points = quantiles(5, 256, 3)
    for column in points.T:
        counts, _ = np.histogram(column, bins=16, range=(0, 1))
        assert set(counts) == {16}
    assert points.tobytes() == quantiles(5, 256, 3).tobytes()
    assert points.tobytes() != quantiles(5, 256, 4).tobytes()
    assert quantiles(5, 100, 3).tobytes() == quantiles(5, 128, 3)[:100].tobytes()


def test_a_scenario_s_assumption_holds_in_every_draw() -> None:
    world = synthetic_world(0)
    drawn = override(world, sample(world, 4, 0), (("sigma", 9.0),))
    assert (drawn.sigma == 9.0).all()
    assert np.unique(drawn.demand_elasticity).size > 1
    outcome = solve(world, [wedges(world, assume=(("supply_elasticity", 0.7),))], draws=4)
    assert outcome.sampled["sigma"].shape == (5, len(world.commodities))
    assert outcome.sampled["supply_elasticity"].shape == (5, len(world.processes))
