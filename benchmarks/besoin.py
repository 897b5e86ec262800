"""`python -m benchmarks.besoin`: index, 1,000 draws and lecture croisée with 5,000 notes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from olsdata import tables
from olsdata.equity import blend, gradient, need
from olsdata.equity.units import units

NOTES, ROUNDS = 5_000, 15


def notes() -> pd.DataFrame:
    """As many notes, anywhere and on anything."""
    rng = np.random.default_rng(1)
    facts = tables.load()
    places = [*facts.communes.index, *facts.sections.index]
    themes = [*need.themes(), "coordination"]
    return pd.DataFrame(
        {
            "id": range(NOTES),
            "place": rng.choice(places, NOTES),
            "theme": rng.choice(themes, NOTES),
            "kind": rng.choice(["soft", "warm"], NOTES),
            "direction": rng.choice(["plus", "comme", "moins", "sans"], NOTES),
            "strength": rng.integers(1, 4, NOTES),
            "confidence": rng.choice(list(blend.CONFIDENCE), NOTES),
            "review_by": "2027-01-01",
        }
    )


def milliseconds(call: Callable[[], object]) -> float:
    """Median time of a call, its first run apart."""
    call()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def main() -> None:
    """Print the times beside what the project asks for."""
    weights, communes, some = need.default_weights(), units("commune"), notes()
    fresh = need.by_zone.__wrapped__
    for name, call, most in (
        ("indice et 1 000 tirages, 261 communes", lambda: fresh(weights, communes), 50),
        ("gradient et 1 000 tirages, communes", lambda: gradient.gradient("kines", "commune"), 0),
        ("lecture croisée, 5 000 notes, OLS", lambda: blend.cross_reading(some, "ols"), 0),
        ("lecture croisée, 5 000 notes, bassins", lambda: blend.cross_reading(some, "bassin"), 0),
    ):
        asked = f"   (demandé : {most} ms)" if most else ""
        print(f"{name:<44}{milliseconds(call):8.1f} ms{asked}")


if __name__ == "__main__":
    main()
