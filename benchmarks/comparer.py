"""`python -m benchmarks.comparer`: the comparison page, ten territories × 25 measures."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.reader import Reader
from olsdata import compare
from tests.server import serve

ASKED, ROUNDS = 200, 40
TEN = [f"{number:02}" for number in range(1, 11)]


def queries(level: str) -> list[str]:
    """Ten territories and 25 measures, against each OLS in turn and by name or by number."""
    ids = [i for i, m in compare.measures().items() if m.sort != compare.COUNT][:25]
    zones = TEN if level == "ols" else list(compare.zoning_of("bassin").zones.index[:10])
    common = {"maille": level, "zones": ",".join(zones), "indicateurs": ",".join(ids)}
    return [
        urlencode(common | {"repere": TEN[n % 10], "ordre": ("geographie", "nom")[n // 10 % 2]})
        for n in range(ROUNDS)
    ]


def main() -> None:
    """Print median and 95th percentile of the server's time, first views apart."""
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), guarded=False) as server:
        for level in compare.LEVELS:
            runs = []
            for query in queries(level):  # a session each: a link opened by another reader
                with Reader(server.url) as reader:
                    runs.append(reader.open("comparer", query))
            first = [run.seconds * 1000 for run in runs[:10]]
            later = [run.seconds * 1000 for run in runs[20:]]
            size = statistics.median(run.bytes / 1000 for run in runs)
            print(
                f"10 × 25, {level:<8} premières vues {statistics.median(first):6.0f} ms, "
                f"ensuite {statistics.median(later):6.0f} ms, "
                f"p95 {statistics.quantiles(later, n=20)[-1]:6.0f} ms   (demandé : {ASKED} ms), "
                f"{size:.0f} ko"
            )


if __name__ == "__main__":
    main()
