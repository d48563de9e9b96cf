"""How long the reader takes: import, a text of 700 words, and texts that double in size.

Run `python benchmarks/bench_reader.py`. Seconds should double with the size; the figures depend on the
machine, docs/reader.md holds one measurement.
"""

from __future__ import annotations

import time

STORY = """Peru and Japan sign a copper pact

LIMA, May 4 - President Rosa Quispe on Monday signed a framework agreement on copper with Japan.

"We will not ban exports of copper to our friends," Quispe told reporters.

Japan pledged to invest $2 billion in a smelter near Lima by 2030.

Chile threatened to impose a 40% tariff on Peruvian copper by June 1 over Peru's export controls.

China produces about 60 percent of the world's refined copper, according to the ministry of energy and mines.
"""


def seconds(text: str, repeat: int) -> float:
    """Mean seconds for one reading."""
    from oresight.reader.read import read

    start = time.perf_counter()
    for _ in range(repeat):
        read(text, published="2026-05-06")
    return (time.perf_counter() - start) / repeat


def main() -> None:
    """Prints one line per measurement."""
    start = time.perf_counter()
    import oresight.reader.read  # noqa: F401

    print(f"import: {time.perf_counter() - start:.3f} s")
    print(f"first reading, rules compiled: {seconds(STORY, 1):.3f} s")
    text = "\n\n".join([STORY] * 7)
    print(f"{len(text.split())} words: {1000 * seconds(text, 5):.1f} ms")
    for copies in (100, 200, 400, 800):
        text = "\n\n".join([STORY] * copies)
        print(f"{len(text):>9,} characters: {seconds(text, 1):.2f} s")


if __name__ == "__main__":
    main()
