"""The labelled texts beside the checkout, scored in this process; skipped where they are absent."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from oresight.reader.read import read

SHARED = Path(__file__).parents[2] / "shared"
ARTICLES, CHECK = SHARED / "articles", SHARED / "checks" / "score_reader.py"


@pytest.fixture(scope="module")
def scored() -> dict[str, tuple[int, int, int, float, int]]:
    """Per text: labelled, read, found, sum of right fields, fields seen."""
    if not CHECK.exists():
        pytest.skip("the labelled texts (shared/articles) are not beside this checkout")
    spec = importlib.util.spec_from_file_location("score_reader", CHECK)
    assert spec is not None
    assert spec.loader is not None
    check: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    out: dict[str, tuple[int, int, int, float, int]] = {}
    for path in sorted(ARTICLES.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        gold = json.loads(path.with_suffix(".gold.json").read_text(encoding="utf-8"))
        date = json.loads(path.with_suffix(".meta.json").read_text(encoding="utf-8"))["date"]
        records: Any = read(text, published=date[:10]).to_json()["records"]
        assert all(text[r["start"] : r["end"]] == r["quote"] for r in records), path.name
        pairs = check.pair_up(gold, records, text)
        values = [value for pair in pairs for value in check.fields(*pair).values()]
        out[path.stem] = len(gold), len(records), len(pairs), sum(values), len(values)
    return out


def f1(rows: list[tuple[int, int, int, float, int]]) -> float:
    gold, said, hit = (sum(row[i] for row in rows) for i in range(3))
    return 2 * hit / (gold + said)


def test_the_seed_article_is_read_well(scored: dict[str, tuple[int, int, int, float, int]]) -> None:
    assert f1([scored["seed-asia-deals"]]) >= 0.85


def test_all_labelled_texts_are_read_well(scored: dict[str, tuple[int, int, int, float, int]]) -> None:
    rows = list(scored.values())
    assert f1(rows) >= 0.60
    assert sum(row[3] for row in rows) / sum(row[4] for row in rows) >= 0.80


def test_texts_without_a_label_give_no_record(scored: dict[str, tuple[int, int, int, float, int]]) -> None:
    totals = Counter({name: row[1] for name, row in scored.items() if row[0] == 0})
    assert not +totals
