"""The ledger's general duty against an independent tracker of effective rates (M. Waugh, MIT).

The tracker models the trade-weighted rise of the duty since 2024 on all goods of a partner. On 20 February
2026 the duties under IEEPA were gone and those under Section 232 were left; on 24 February the surcharge of
10 % was added, with nearly the exemptions that the reciprocal tariff had since November 2025. So

    10 x (rise on a day - rise on 20 February) / (rise on 24 February - rise on 20 February)

is the general duty of that day, with Section 232 and the share of exempt goods taken out.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from oresight.policy.duties import general_duty
from oresight.policy.ledger import EVER, load_ledger

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "us-tariffs-waugh"
LEDGER = load_ledger()

PARTNERS = {
    **{"ALGERIA": "DZA", "ANGOLA": "AGO", "ARGENTINA": "ARG", "AUSTRALIA": "AUS", "BANGLADESH": "BGD"},
    **{"BRAZIL": "BRA", "CAMBODIA": "KHM", "CHILE": "CHL", "CHINA": "CHN", "COLOMBIA": "COL"},
    **{"COSTA RICA": "CRI", "DOMINICAN REPUBLIC": "DOM", "ECUADOR": "ECU", "EGYPT": "EGY"},
    **{"EL SALVADOR": "SLV", "EUROPEAN UNION": "EU", "GUATEMALA": "GTM", "HONDURAS": "HND"},
    **{"INDIA": "IND", "INDONESIA": "IDN", "IRAQ": "IRQ", "ISRAEL": "ISR", "JAPAN": "JPN"},
    **{"KOREA, SOUTH": "KOR", "KUWAIT": "KWT", "MALAYSIA": "MYS", "NEW ZEALAND": "NZL"},
    **{"NICARAGUA": "NIC", "NIGERIA": "NGA", "NORWAY": "NOR", "PAKISTAN": "PAK", "PERU": "PER"},
    **{"PHILIPPINES": "PHL", "RUSSIA": "RUS", "SAUDI ARABIA": "SAU", "SINGAPORE": "SGP"},
    **{"SOUTH AFRICA": "ZAF", "SRI LANKA": "LKA", "SWITZERLAND": "CHE", "TAIWAN": "TWN"},
    **{"THAILAND": "THA", "TRINIDAD AND TOBAGO": "TTO", "TURKEY": "TUR"},
    **{"UNITED ARAB EMIRATES": "ARE", "UNITED KINGDOM": "GBR", "VENEZUELA": "VEN", "VIETNAM": "VNM"},
}

# Where the two should differ, and why; see docs/policy.md.
NOT_COMPARABLE = {
    "BRA": "the 40 % has a longer list of exempt goods than the surcharge",
    "CHN": "the duty for fentanyl has no exemptions, the surcharge has",
    "GBR": "quotas and ceilings under Section 232 that changed between the days",
    "IND": "the tracker has 18 % from 7 February 2026, which no act put into effect",
    "RUS": "the order leaves out column 2 countries; the tracker counts 10 %",
}


@cache
def rises() -> dict[tuple[str, str], float]:
    file = FOLDER / "country-by-time.csv"
    if not file.exists():
        pytest.skip("the tracker's table is not beside the checkout")
    with file.open(encoding="utf-8", newline="") as lines:
        return {(r["country_name"], r["date"]): float(r["effective tariff"]) for r in csv.DictReader(lines)}


@cache
def special_share() -> dict[str, float]:
    """Share of imports in 2024 that is exempt or under Section 232, by partner."""
    with (FOLDER / "tariff-summary-latest-data.csv").open(encoding="utf-8", newline="") as lines:
        return {
            r["country_name"]: sum(
                float(r[c]) for c in ("expempt imports", "steel imports", "alu imports", "auto imports")
            )
            / float(r["total imports"])
            for r in csv.DictReader(lines)
        }


def general(partner: str, day: str) -> float:
    return general_duty(LEDGER, "USA", PARTNERS[partner], day, EVER)


def from_tracker(partner: str, day: str) -> float:
    left, added = rises()[partner, "2026-02-20"], rises()[partner, "2026-02-24"]
    return 10 * (rises()[partner, day] - left) / (added - left)


@pytest.mark.parametrize("day", ["2025-12-04", "2026-02-07"])
def test_the_general_duty_agrees_with_the_tracker(day: str) -> None:
    apart = {
        name: from_tracker(name, day) - general(name, day)
        for name, code in PARTNERS.items()
        if code not in NOT_COMPARABLE
    }
    assert len(apart) == 42
    assert {name: round(d, 2) for name, d in apart.items() if abs(d) > 1.5} == {}
    assert sum(abs(d) <= 0.5 for d in apart.values()) >= 37


def test_what_is_left_out_of_the_comparison_differs() -> None:
    """No partner is left out for nothing."""
    for name, code in PARTNERS.items():
        if code in NOT_COMPARABLE:
            assert abs(from_tracker(name, "2026-02-07") - general(name, "2026-02-07")) > 3, name


@pytest.mark.parametrize(("day", "share", "apart"), [("2025-04-09", 0.04, 0.55), ("2025-08-07", 0.025, 1.0)])
def test_the_rise_itself_agrees_where_little_is_exempt(day: str, share: float, apart: float) -> None:
    rises()
    names = [n for n in PARTNERS if special_share()[n] < share and PARTNERS[n] not in NOT_COMPARABLE]
    assert len(names) >= 8
    for name in names:
        assert rises()[name, day] == pytest.approx(general(name, day), abs=apart), name


def test_the_ledger_ends_where_the_tracker_goes_on() -> None:
    """After the surcharge ran out the tracker's rates stay: the ledger says that it does not know why."""
    assert rises()["MALAYSIA", "2026-08-19"] == pytest.approx(rises()["MALAYSIA", "2026-02-24"], abs=0.5)
    assert general("MALAYSIA", "2026-08-19") == 0
    assert "tracker" in LEDGER.beyond("USA", "2026-08-19")
    assert LEDGER.beyond("USA", "2026-07-23") == ""


def test_country_rates_are_those_of_the_annex() -> None:
    """Annex I of Executive Order 14326 as parsed from its text, country by country."""
    annex = FOLDER.parent / "us-reciprocal-tariffs" / "us_reciprocal_rates_2025.csv"
    names = FOLDER.parent / "hs-and-country-codes" / "baci_country_codes_V202301.csv"
    if not (annex.exists() and names.exists()):
        pytest.skip("the annex is not beside the checkout")
    with names.open(encoding="utf-8", newline="") as lines:
        codes = {r["country_name_full"]: r["iso_3digit_alpha"] for r in csv.DictReader(lines)}
    codes |= {
        **{"Bolivia": "BOL", "Brunei": "BRN", "Democratic Republic of the Congo": "COD", "Laos": "LAO"},
        **{"Libya": "LBY", "Moldova": "MDA", "Myanmar (Burma)": "MMR", "North Macedonia": "MKD"},
        **{"South Korea": "KOR", "Syria": "SYR", "Taiwan": "TWN", "Vietnam": "VNM", "Venezuela": "VEN"},
        **{"Switzerland": "CHE", "Norway": "NOR", "Côte d'Ivoire": "CIV", "Tunisia": "TUN"},
    }
    checked = 0
    with annex.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            rate, name = row["rate_2025_07_31_annex_I_text"], row["country"]
            code = codes.get(name)
            if code is None or not rate.removesuffix("%").isdigit() or name == "Liechtenstein":
                continue
            extra = 40 if code == "BRA" else 0  # its further duty stands beside the annex
            assert general_duty(LEDGER, "USA", code, "2025-08-10", EVER) == float(rate[:-1]) + extra, name
            checked += 1
    assert checked >= 60
