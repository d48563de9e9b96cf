"""The ledger as rows."""

from __future__ import annotations

import json

import pytest

from oresight.errors import InputError
from oresight.policy.ledger import load_ledger
from oresight.policy.listing import commodity_of, economy_of, ledger_rows
from policy_world import small_world

WORLD = small_world()
LEDGER = load_ledger()


def ids(**words: str) -> set[object]:
    return {r["id"] for r in ledger_rows(LEDGER, WORLD, "2025-10-26", **words)}


def test_filters_narrow_the_rows() -> None:
    everything = ids()
    assert "us-malaysia-art/no-export-restriction" in everything
    chinese = ids(imposer="China", target="USA", commodity="gallium")
    assert {"cn-us-ban-2024", "cn-gallium-germanium-2023"} <= chinese
    assert not any(str(i).startswith(("us-mfn", "us-rec", "cn-tungsten")) for i in chinese)
    lines = ids(imposer="USA", commodity="NdFeB magnet")
    assert "us-mfn-2-1" in lines
    assert "us-mfn-3-7" not in lines
    assert "us-reciprocal-19" in ids(imposer="USA", target="MYS")
    assert "us-reciprocal-20" not in ids(imposer="USA", target="MYS")
    assert "us-malaysia-art" in ids(imposer="MYS", target="USA")


def test_rows_have_the_same_keys_and_are_json() -> None:
    rows = ledger_rows(LEDGER, WORLD, "2026-03-01")
    assert len({tuple(sorted(r)) for r in rows}) == 1
    json.dumps(rows, allow_nan=False)


def test_a_promise_does_not_bind_before_its_agreement() -> None:
    rows = {r["id"]: r for r in ledger_rows(LEDGER, WORLD, "2025-10-26")}
    promise = rows["us-malaysia-art/no-export-restriction"]
    assert promise["binding"] is False
    assert promise["state"] == "signed"
    assert rows["us-malaysia-art"]["binding"] is True
    assert "February" not in str(rows["us-malaysia-art"])
    later = {r["id"]: r for r in ledger_rows(LEDGER, WORLD, "2026-02-10")}
    assert "not to be in force yet" in str(later["us-malaysia-art"]["note"])


def test_words_are_checked() -> None:
    with pytest.raises(InputError, match="unknown economy 'Chyna'"):
        ids(imposer="Chyna")
    with pytest.raises(InputError, match="unknown commodity"):
        ids(commodity="unobtainium")
    with pytest.raises(InputError, match="several commodities"):
        commodity_of(WORLD, "rare earths", "--commodity")
    assert commodity_of(WORLD, "gallium", "--commodity") == "gallium metal"
    assert economy_of(WORLD, "Malaysia", "--from") == "MYS"
    with pytest.raises(InputError, match="several economies"):
        economy_of(WORLD, "all", "--from")
