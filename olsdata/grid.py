"""The starting grid of bassins de vie: PySAL's MaxP regions, one solve per OLS.

By law the Government fixes the bassins de vie; no order does so yet. Until then this grid gives
the facilitators something to redraw: as many groups of neighbouring communes as possible, each
with at least 15,000 inhabitants. Large communes enter by their sections.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from olsdata.tables import ROOT, DataError

YEAR = 2024
THRESHOLD = 15_000
"""Fewest inhabitants of a bassin."""

CITY = 60_000
"""A commune with more inhabitants enters the grid by its sections."""

SEED = 20240606
STARTS, POLISHES = 999, 2
"""Attempts to build a grid, and rounds that make the best ones compact: many starts find more and
tighter bassins than long polishing does, in less time.
"""

TIME_LIMIT_S = 300.0
"""spopt may search for ever: the child process is ended after that."""

ABOUT = {
    "id": "bassins",
    "label": "Bassins de vie (grille de départ)",
    "niveau": "bassin",
    "statut": "provisoire",
    "source": "grille calculée (PySAL spopt, MaxP), aucun arrêté du Gouvernement ne fixe encore "
    "les bassins de vie",
    "date": "2026-11-01",
    "version": "1",
    "lien": "",
    "methode": "Dans chaque OLS, un calcul regroupe des communes voisines en autant de bassins que "
    "possible, d’au moins 15 000 habitants chacun au 1/1/2024. Les sept communes de plus de "
    "60 000 habitants entrent par leurs anciennes communes (sections) ; les parties de Namur et "
    "d’Anhée restent chacune dans leur OLS ; Comines-Warneton, sans voisine wallonne, est reliée "
    "à la commune la plus proche. Entre plusieurs solutions, la plus ramassée est gardée. Cette "
    "grille est un point de départ : les facilitateurs la redessinent.",
    "dans": "ols",
}


def build_units(
    secteurs: pd.DataFrame,
    sections: pd.DataFrame,
    communes: pd.DataFrame,
    totals: pd.DataFrame,
    ols: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.Series]:
    """What the grid groups: whole communes, sections of the large ones, parts of cut ones.

    Parameters
    ----------
    secteurs : secteur, section, refnis, lon, lat (degrees), population_2024
    sections : section, refnis, nom
    communes : refnis, nom
    totals : refnis, annee, population (official, persons)
    ols : rows of the OLS zoning (zone, label, refnis, section)

    Returns
    -------
    units : DataFrame, index unit (``<ols>-<commune or section>``), sorted; columns ols, code
        (commune, or most populous section), nom, population (persons), x, y (km, weighted by
        inhabitants)
    unit_of : Series, index section, unit id; sections outside the OLS are absent
    """
    import geopandas as gpd

    from olsdata.geometry import METRIC, WORLD, zone_of_sections

    total = totals[totals["annee"] == YEAR].set_index("refnis")["population"]
    located = secteurs.groupby("refnis")["population_2024"].transform("sum")
    points = gpd.GeoSeries(gpd.points_from_xy(secteurs["lon"], secteurs["lat"]), crs=WORLD)
    points = points.to_crs(METRIC)
    people = secteurs["population_2024"] / located * secteurs["refnis"].map(total)
    weighed = pd.DataFrame(
        {
            "section": secteurs["section"],
            "population": people,
            # A place counts by its inhabitants; where there are none, each point counts alike.
            "weight": people + 1e-6,
            "x": points.x.to_numpy() / 1000 * (people + 1e-6),
            "y": points.y.to_numpy() / 1000 * (people + 1e-6),
        }
    )
    by_section = weighed.groupby("section").sum()

    zone = zone_of_sections(sections, ols).dropna()
    frame = sections.set_index("section").loc[zone.index].join(by_section)
    frame["ols"] = zone
    cut = frame.groupby("refnis")["ols"].transform("nunique") > 1
    city = frame["refnis"].map(total) > CITY
    # A part of a cut commune goes by its most populous section: its REFNIS is the commune's.
    main = frame["population"].groupby([frame["refnis"], frame["ols"]]).transform("idxmax")
    biggest = frame["population"].groupby(frame["refnis"]).transform("idxmax")
    holds_biggest = biggest == main
    code = frame["refnis"].where(~cut | holds_biggest, main)
    frame["code"] = code.mask(city, pd.Series(frame.index, index=frame.index))
    named = communes.set_index("refnis")["nom"]
    frame["label"] = np.where(
        frame["code"].eq(frame["refnis"]),
        frame["refnis"].map(named),
        frame["code"].map(frame["nom"]),
    )
    frame["unit"] = frame["ols"] + "-" + frame["code"]
    grouped = frame.groupby("unit")
    units = grouped[["population", "weight", "x", "y"]].sum()
    units[["x", "y"]] = units[["x", "y"]].div(units.pop("weight"), axis=0)
    first = grouped[["ols", "code", "refnis", "label"]].first()
    return first.join(units).rename(columns={"label": "nom"}), frame["unit"]


def neighbours(unit_of: pd.Series, pairs: pd.DataFrame) -> dict[str, set[str]]:
    """Units of the same OLS that share a border.

    Parameters
    ----------
    unit_of : index section, unit id, whose two first characters are the OLS
    pairs : section_a, section_b that touch

    Returns
    -------
    dict unit -> set of units
    """
    links: dict[str, set[str]] = {unit: set() for unit in unit_of.unique()}
    first, second = pairs["section_a"].map(unit_of), pairs["section_b"].map(unit_of)
    for a, b in zip(first, second, strict=True):
        if pd.notna(a) and pd.notna(b) and a != b and a[:2] == b[:2]:
            links[a].add(b)
            links[b].add(a)
    return links


def solve(
    units: pd.DataFrame,
    links: dict[str, set[str]],
    limit: float = TIME_LIMIT_S,
    starts: int = STARTS,
    threshold: int = THRESHOLD,
) -> Any:
    """Group the units of every OLS, in a child process that cannot hang the caller.

    Parameters
    ----------
    units : index unit; ols, population, x, y
    links : neighbours of each unit, inside its OLS
    limit : seconds allowed for all OLS together
    starts : attempts per OLS
    threshold : fewest inhabitants of a group

    Returns
    -------
    Series, index unit, number of its group inside the OLS

    Raises
    ------
    DataError
        If the search fails or takes too long; names the OLS.
    """
    problems = []
    for ols, members in units.groupby("ols"):
        place = {unit: number for number, unit in enumerate(members.index)}
        problems.append(
            {
                "ols": ols,
                "starts": starts,
                "threshold": threshold,
                "population": members["population"].round(3).tolist(),
                "xy": members[["x", "y"]].round(3).to_numpy().tolist(),
                "links": [sorted(place[other] for other in links[unit]) for unit in place],
            }
        )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "olsdata.grid"]
    text = json.dumps(problems)
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=limit, env=env
        )
        output, error = done.stdout, done.stderr if done.returncode else ""
    except subprocess.TimeoutExpired as expired:
        output = expired.stdout.decode() if isinstance(expired.stdout, bytes) else ""
        error = f"pas de réponse après {limit:.0f} secondes"
    groups = {answer["ols"]: answer["groups"] for answer in map(json.loads, output.splitlines())}
    for problem in problems:
        if problem["ols"] not in groups:
            last = error.strip().splitlines()[-1:] or ["arrêt sans message"]
            raise DataError(
                f"Bassins de l’OLS {problem['ols']} : calcul sans résultat ({last[0]})."
            )
    return pd.concat(
        [pd.Series(groups[ols], index=members.index) for ols, members in units.groupby("ols")]
    )


def starting_grid(
    secteurs: pd.DataFrame,
    sections: pd.DataFrame,
    communes: pd.DataFrame,
    totals: pd.DataFrame,
    ols: pd.DataFrame,
    pairs: pd.DataFrame,
) -> pd.DataFrame:
    """Rows of the zoning of bassins, computed from the tables.

    Returns
    -------
    DataFrame zone, label, refnis, section (empty = the rest of the commune), sorted
    """
    units, unit_of = build_units(secteurs, sections, communes, totals, ols)
    group = solve(units, neighbours(unit_of, pairs))
    units = units.assign(group=units["ols"] + "-" + group.astype(str))
    seat = units.groupby("group")["population"].idxmax()
    units["seat"] = units["group"].map(seat)
    return as_rows(units, unit_of, sections, communes)


def labels(units: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Name of each bassin: its most populous commune or locality, told apart inside an OLS.

    Parameters
    ----------
    units : index unit; ols, refnis, nom, seat (unit that names the bassin)
    communes : refnis, nom

    Returns
    -------
    Series, index seat
    """
    seats = units.loc[sorted(units["seat"].unique())]
    double = seats.duplicated(["ols", "nom"], keep=False)
    commune = seats["refnis"].map(communes.set_index("refnis")["nom"])
    return seats["nom"].mask(double, commune + " – " + seats["nom"])


def as_rows(
    units: pd.DataFrame, unit_of: pd.Series, sections: pd.DataFrame, communes: pd.DataFrame
) -> pd.DataFrame:
    """Write groups of units as rows of a zoning: a commune in one bassin takes one row."""
    named = labels(units, communes)
    frame = pd.DataFrame({"section": unit_of.index, "zone": unit_of.map(units["seat"]).to_numpy()})
    frame["refnis"] = frame["section"].map(sections.set_index("section")["refnis"])
    frame["label"] = frame["zone"].map(named)
    # The zone with most inhabitants of a cut commune takes its row; the others override it.
    people = units.groupby(["refnis", "seat"])["population"].sum().reset_index()
    people = people.sort_values(["refnis", "population", "seat"], ascending=[True, False, True])
    rest = people.drop_duplicates("refnis").set_index("refnis")["seat"]
    whole = frame["zone"].eq(frame["refnis"].map(rest))
    frame["section"] = frame["section"].mask(whole, "")
    rows = frame[["zone", "label", "refnis", "section"]].drop_duplicates()
    return rows.sort_values(["zone", "refnis", "section"], ignore_index=True)


def write(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``bassins.csv`` and ``bassins.toml``."""
    from olsdata.geometry import write_csv

    write_csv(rows, folder / "bassins.csv")
    # JSON strings are TOML strings.
    lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in ABOUT.items()]
    (folder / "bassins.toml").write_text("".join(lines), "utf-8", newline="")


def max_p(
    population: list[float],
    xy: list[list[float]],
    links: list[list[int]],
    starts: int = STARTS,
    threshold: int = THRESHOLD,
) -> list[int]:
    """Groups of contiguous units, as many as possible, each above the threshold.

    Parameters
    ----------
    population : shape (n,), inhabitants
    xy : shape (n, 2), kilometres; among solutions with as many groups the most compact is kept
    links : neighbours of each unit; a unit without any is attached to the nearest
    starts : attempts to build a grid
    threshold : fewest inhabitants of a group

    Returns
    -------
    list of n group numbers
    """
    import random
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from libpysal.weights import KNN, W
        from libpysal.weights.util import attach_islands
        from spopt.region import MaxPHeuristic

        frame = pd.DataFrame(xy, columns=["x", "y"]).assign(population=population)
        weights = W(dict(enumerate(links)))
        if weights.islands:
            weights = attach_islands(weights, KNN.from_array(np.array(xy), k=1))
        random.seed(SEED)
        np.random.seed(SEED)
        model = MaxPHeuristic(
            frame,
            weights,
            ["x", "y"],
            "population",
            threshold,
            top_n=2,
            max_iterations_construction=starts,
            max_iterations_sa=POLISHES,
        )
        model.solve()
    return [int(label) for label in model.labels_]


def main() -> None:
    """Child process: problems on standard input, one line of groups per OLS on the output."""
    for problem in json.load(sys.stdin):
        ols = problem.pop("ols")
        sys.stdout.write(json.dumps({"ols": ols, "groups": max_p(**problem)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
