from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_example import invented_brief
from oresight.brief import charts
from oresight.brief.content import Band, Chain, Node
from oresight.brief.flow_diagram import draw_chain, tonnes_of
from oresight.brief.map import CENTRE, draw_map, equal_earth, height_for, land_path, position


def test_equal_earth_meets_its_published_size() -> None:
    # Šavrič, Patterson and Jenny 2019: the graticule is 2.05458 times as wide as high.
    width = 2 * equal_earth(180.0, 0.0)[0]
    height = 2 * equal_earth(0.0, 90.0)[1]
    assert width / height == pytest.approx(2.05458, abs=2e-5)


@settings(max_examples=60)
@given(st.floats(-170, 170), st.floats(-80, 80))
def test_equal_earth_keeps_areas(longitude: float, latitude: float) -> None:
    step = 1e-4
    east, north = equal_earth(longitude + step, latitude), equal_earth(longitude, latitude + step)
    here = equal_earth(longitude, latitude)
    area = (east[0] - here[0]) * (north[1] - here[1]) - (east[1] - here[1]) * (north[0] - here[0])
    true = math.radians(step) ** 2 * math.cos(math.radians(latitude + step / 2))
    assert area == pytest.approx(true, rel=2e-3)


def test_the_land_stays_on_the_map() -> None:
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", land_path(1000))]
    assert min(numbers) >= -0.1
    assert max(numbers[0::2]) <= 1000.1
    assert max(numbers[1::2]) <= height_for(1000) + 0.1
    x, _ = position(CENTRE, 0.0, 1000)
    assert x == pytest.approx(500.0)


@pytest.mark.parametrize("width", [720, 346])
def test_a_map_names_the_largest_traders_and_draws_every_arrow(width: int) -> None:
    supply = invented_brief().maps[1]
    svg = draw_map(supply, width)
    assert len(re.findall(r'class="band[^"]*head"', svg)) == len(supply.arrows)
    assert ">China</text>" in svg
    assert 'role="img"' in svg


@pytest.mark.parametrize("width", [720, 346])
def test_the_flow_diagram_conserves_tonnes_at_every_node(width: int) -> None:
    chain = invented_brief().chain
    assert chain is not None
    svg = draw_chain(chain, width)
    assert svg.count('class="ribbon') == len(chain.bands)
    assert tonnes_of(chain, "s-CHN") == pytest.approx(64_000)


def test_a_chain_that_loses_tonnes_is_refused() -> None:
    nodes = (Node("a", 0, "A"), Node("b", 1, "B"), Node("c", 2, "C"))
    with pytest.raises(ValueError, match="B, middle: 10 t in, 9 t out"):
        Chain(
            "t", "m", ("first", "middle", "last"), nodes, (Band("a", "b", 10.0), Band("b", "c", 9.0)), (), ""
        )


def test_a_chart_keeps_its_text_as_text_and_its_colours_to_the_page() -> None:
    brief = invented_brief()
    names = [s.name for s in brief.scenarios]
    svg = charts.comparison_chart(brief.comparisons[0], names)
    assert ">dysprosium oxide</text>" in svg
    assert "fill=" not in svg
    assert "http" not in svg
    assert svg.count('class="dot') == 40
    for name in names:
        assert f">{name}</text>" in svg
    assert "with 90 % intervals" in svg


def test_a_chart_takes_hostile_labels_as_text() -> None:
    brief = invented_brief()
    price = brief.comparisons[0]
    line = replace(price.lines[0], label='<script>alert("x")</script>')
    svg = charts.comparison_chart(replace(price, lines=(line,)), [s.name for s in brief.scenarios])
    assert "<script" not in svg
