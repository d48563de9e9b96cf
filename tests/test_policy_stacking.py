"""Stacked duties of the bundled ledger, against hand sums from the texts they come from."""

from __future__ import annotations

import numpy as np
import pytest

from oresight.errors import InputError
from oresight.policy.ledger import EVER, load_ledger
from oresight.policy.stacking import duty_change, duty_matrix, stacked_duty
from oresight.world.model import World
from policy_world import small_world

WORLD = small_world()
LEDGER = load_ledger()


def total(commodity: str, origin: str, day: str) -> float:
    return stacked_duty(LEDGER, WORLD, origin, "USA", commodity, day).total_percent


@pytest.mark.parametrize(
    ("commodity", "origin", "day", "percent"),
    [
        # Sintered NdFeB, 8505.11.00.70: MFN 2.1; fentanyl 20 and reciprocal 125 in April 2025
        ("NdFeB magnet", "CHN", "2024-07-01", 2.1),
        ("NdFeB magnet", "CHN", "2025-04-15", 2.1 + 20 + 125),
        ("NdFeB magnet", "CHN", "2025-08-20", 2.1 + 20 + 10),
        # from 8 September 2025 exempt from the reciprocal tariff (Executive Order 14346, Annex I)
        ("NdFeB magnet", "CHN", "2025-10-26", 2.1 + 20),
        ("NdFeB magnet", "CHN", "2025-11-10", 2.1 + 10),
        # Section 301 from 2026, IEEPA duties gone from 20 February, surcharge exempt
        ("NdFeB magnet", "CHN", "2026-03-01", 2.1 + 25),
        ("NdFeB magnet", "MYS", "2025-08-20", 2.1 + 19),
        ("NdFeB magnet", "MYS", "2025-10-26", 2.1),
        # The European Union's 15 % holds the MFN rate
        ("NdFeB magnet", "DEU", "2025-08-20", 15.0),
        # Rare-earth compounds: Annex II from the start, so fentanyl alone
        ("dysprosium oxide", "CHN", "2025-10-26", 3.7 + 20),
        ("dysprosium oxide", "MYS", "2025-10-26", 3.7),
        # Section 301, list 3: 10 % from 24 September 2018, 25 % from 10 May 2019
        ("gallium metal", "CHN", "2018-09-23", 3),
        ("gallium metal", "CHN", "2018-09-24", 3 + 10),
        ("gallium metal", "CHN", "2019-05-09", 3 + 10),
        ("gallium metal", "CHN", "2019-05-10", 3 + 25),
        # the 2024, 2025 and 2026 steps of the four-year review
        ("tungsten intermediates", "CHN", "2024-09-26", 5.9005),
        ("tungsten intermediates", "CHN", "2024-09-27", 5.9005 + 25 * 0.904),
        ("NdFeB magnet", "CHN", "2025-12-31", 2.1 + 10),
        # Gallium: Section 301 list 3 as well
        ("gallium metal", "CHN", "2025-10-26", 3 + 25 + 20),
    ],
)
def test_duties_stack_as_the_texts_say(commodity: str, origin: str, day: str, percent: float) -> None:
    assert total(commodity, origin, day) == pytest.approx(percent)


@pytest.mark.parametrize(
    ("commodity", "origin", "day", "percent", "why"),
    [
        # Canada: critical minerals are energy resources at 10 %, magnets are not; USMCA frees after 3 days
        ("tungsten concentrate", "CAN", "2025-03-03", 0, ""),
        ("tungsten concentrate", "CAN", "2025-03-05", 10, "IEEPA Canada"),
        ("NdFeB magnet", "CAN", "2025-03-05", 25, "IEEPA Canada"),
        ("NdFeB magnet", "CAN", "2025-10-26", 0, "free entry under USMCA"),
        ("NdFeB magnet", "MEX", "2025-03-05", 25, "IEEPA Mexico"),
        ("NdFeB magnet", "MEX", "2025-10-26", 0, "free entry under USMCA"),
        # India: the further 25 % spares the Annex II of April, and not what was added in September
        ("dysprosium oxide", "IND", "2025-10-26", 3.7, "Annex II of April 2025"),
        ("NdFeB magnet", "IND", "2025-10-26", 2.1 + 25, "Annex II as widened in September 2025"),
        ("NdFeB magnet", "IND", "2026-02-08", 2.1, ""),
        # Brazil: 40 % on what its own annex does not spare; graphite is exempt from the reciprocal tariff
        ("natural graphite flake", "BRA", "2025-10-26", 40, "Annex II as widened in September 2025"),
        ("natural graphite flake", "BRA", "2026-02-21", 0, ""),
    ],
)
def test_duties_on_single_partners(commodity: str, origin: str, day: str, percent: float, why: str) -> None:
    duty = stacked_duty(LEDGER, World.load(), origin, "USA", commodity, day)
    assert duty.total_percent == pytest.approx(percent)
    assert why in " ".join(f"{p.basis} {p.reason}" for p in duty.parts)


def test_every_part_has_a_reason_and_the_parts_add_up() -> None:
    duty = stacked_duty(LEDGER, WORLD, "CHN", "USA", "dysprosium oxide", "2025-10-26")
    assert sum(p.percent for p in duty.parts) == pytest.approx(duty.total_percent)
    assert all(p.reason and p.source for p in duty.parts)
    assert [p.basis for p in duty.parts] == ["MFN", "IEEPA fentanyl", "IEEPA reciprocal"]
    assert duty.parts[2].percent == 0
    assert "Annex II" in duty.parts[2].reason


def test_the_matrix_is_the_stack_on_every_route() -> None:
    matrix = duty_matrix(LEDGER, WORLD, "2025-10-26")
    for c, good in enumerate(WORLD.commodities):
        for o, origin in enumerate(WORLD.economies):
            for d, destination in enumerate(WORLD.economies):
                one = stacked_duty(LEDGER, WORLD, origin.code, destination.code, good.name, "2025-10-26")
                assert matrix[c, o, d] == pytest.approx((one.total_percent or 0.0) / 100, abs=1e-12)


def test_no_change_on_the_day_of_the_baseline_and_none_below_zero() -> None:
    change = duty_change(LEDGER, WORLD, "2024-07-01", EVER)
    tungsten = WORLD.commodity_index["tungsten intermediates"]
    assert np.all(np.delete(change, tungsten, axis=0) == 0)
    later = duty_change(LEDGER, WORLD, "2026-03-01")
    assert np.all(WORLD.duty + later >= 0)


def test_what_was_collected_of_a_step_within_the_baseline_year_counts_once() -> None:
    """The baseline holds what was collected in 2024; the step of September 2024 adds only the rest."""
    china, america = WORLD.economy_index["CHN"], WORLD.economy_index["USA"]
    tungsten = WORLD.commodity_index["tungsten intermediates"]
    lines = dict(LEDGER.lines("tungsten intermediates"))
    held = {c.line: c.percent for c in LEDGER.collected if c.origin == "CHN" and c.line in lines}
    assert set(held) == set(lines)
    collected = sum(lines[line] * percent for line, percent in held.items())
    now = total("tungsten intermediates", "CHN", "2026-03-01")
    change = 100 * duty_change(LEDGER, WORLD, "2026-03-01")[tungsten, china, america]
    assert change == pytest.approx(now - collected)
    step = now - total("tungsten intermediates", "CHN", "2024-07-01")
    assert change == pytest.approx(step - 3.66, abs=0.01)  # 3.66 points would have counted twice
    # From elsewhere nothing changed within the year, and nothing is taken off.
    assert duty_change(LEDGER, WORLD, "2026-03-01")[tungsten, WORLD.economy_index["JPN"], america] == 0


def test_what_the_ledger_does_not_hold_is_said() -> None:
    duty = stacked_duty(LEDGER, WORLD, "CHN", "JPN", "NdFeB magnet", "2025-10-26")
    assert duty.total_percent is None
    assert "no import duties of JPN" in duty.note
    assert "at home" in stacked_duty(LEDGER, WORLD, "USA", "USA", "NdFeB magnet", "2025-10-26").note


def test_unknown_words_name_the_nearest() -> None:
    with pytest.raises(InputError, match="nearest: dysprosium oxide"):
        stacked_duty(LEDGER, WORLD, "CHN", "USA", "dysprosum oxide", "2025-10-26")
    with pytest.raises(InputError, match="unknown economy 'CHM'"):
        stacked_duty(LEDGER, WORLD, "CHM", "USA", "dysprosium oxide", "2025-10-26")
