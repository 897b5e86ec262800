"""`python -m benchmarks.universalisme`: reruns with 5,000 notes, beside an empty page."""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.notes import content
from benchmarks.reader import Reader, Run
from olsdata import store
from olsdata.equity import need
from olsdata.notes import book, files, places
from tests.server import serve

NOTES, ROUNDS, ASKED = 5_000, 12, 150
PAGE, VIEW = "universalisme", "territoire=05&niveau=bassin"
AGE = "poids-pct_80p_2021"


def fill(path: Path) -> None:
    """Write the notes in a store of its own."""
    dice, somewhere = random.Random(1), list(places.known())
    rows = []
    for number in range(NOTES):
        said = content(dice, somewhere)
        row = {column: getattr(said, name) for column, name in files.CONTENT_COLUMNS.items()}
        moment = f"{said.date}T10:00:00+00:00"
        row |= {"id": f"n{number}", "ols": places.find(said.place).ols[0], "etat": "active"}
        row |= {"versions": [f"r{number}"], "cree": moment, "modifie": moment}
        rows.append(files.parse(row))
    path.parent.mkdir(parents=True)
    with store.opened(path), store.writing() as session:
        for parsed in rows:
            files.insert(session, parsed, book.ADDED)


def told(name: str, runs: list[Run], nothing: float) -> None:
    """One line: median and worst server time, ratio to the empty page."""
    times = [1000 * run.seconds for run in runs]
    middle = statistics.median(times)
    print(
        f"{name:<48}{middle:8.0f} ms   (max {max(times):.0f} ; "
        f"{middle / nothing:.1f} × rien ; demandé : {ASKED} ms)"
    )


def fresh(i: int) -> dict[str, float | str]:
    """All the sliders, as a browser sends them: weights that differ on each round.

    A slider that is left out would be put back, and the others with it.
    """
    weights = {
        f"poids-{id_}": float(use.use == need.DEFAULT) for id_, use in need.weighable().items()
    }
    return weights | {AGE: i % 4 + 1.0, f"poids-{OTHERS[i // 4 % 3]}": 2.0 + i // 12}


def main() -> None:
    """Print the time of each kind of rerun."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(__file__).with_name("rien.py")
        with serve(Path(folder), empty, guarded=False) as server, Reader(server.url) as reader:
            runs = [reader.open("") for _ in range(ROUNDS)]
            nothing = 1000 * statistics.median(run.seconds for run in runs[2:])
            print(f"{'page vide':<48}{nothing:8.0f} ms")
        fill(Path(folder) / "donnees" / f"{store.NAME}.sqlite")
        with serve(Path(folder), guarded=False) as server, Reader(server.url) as reader:
            cold = reader.open(PAGE, VIEW)
            print(f"{'première page':<48}{1000 * cold.seconds:8.0f} ms")
            reader.open(PAGE, VIEW)
            steps: dict[str, Callable[[int], Run]] = {
                "rien ne change": lambda _: reader.open(PAGE, VIEW),
                "λ change": lambda i: reader.open(PAGE, VIEW, {"lambda": f"0,{1 + i % 9}"}),
                "un poids change (jamais vu)": lambda i: reader.open(PAGE, VIEW, fresh(i)),
                "le territoire change (déjà vu)": lambda i: reader.open(
                    PAGE, f"territoire={i % 2 + 5:02}&niveau=bassin"
                ),
            }
            for name, step in steps.items():
                told(name, [step(i) for i in range(ROUNDS)], nothing)


OTHERS = ("unemployment_rate_15_64_2024", "income_median_admin_2023", "low_education_pct_2021")

if __name__ == "__main__":
    main()
