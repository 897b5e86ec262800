"""``construire``: everything that is computed from the boundaries, in one go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import shapely

from olsdata import geometry, grid, localities, tables
from olsdata.tables import DataError


def build(geodata: Path, static: Path, say: Callable[[str], None] | None = None) -> None:
    """Rebuild all that comes from the boundaries, byte for byte.

    Parameters
    ----------
    geodata : folder of the fact tables; gets sections.csv, contiguite.csv, decoupages/bassins.*
    static : folder of the files the browser fetches; gets *.geojson and contours.json
    say : receives one French line per step

    Raises
    ------
    DataError
        If a table is wrong, or the limits do not fill Wallonia.
    """
    tell = say or (lambda line: None)
    communes = tables.read("communes.csv", geodata)
    secteurs = tables.read("secteurs.csv", geodata)
    totals = tables.read("population_totale.csv", geodata)
    ols = tables.read("decoupages/ols.csv", geodata)

    sections = localities.section_names(secteurs, communes)
    tell(f"{len(sections)} sections nommées")

    limits = geometry.sector_limits(secteurs)
    geometry.check_limits(limits)
    shapes = geometry.dissolve(limits, limits["section"])
    pairs = geometry.adjacency(shapes)
    tell(f"limites de {len(limits)} secteurs, {len(pairs)} voisinages de sections")

    bassins = grid.starting_grid(secteurs, sections, communes, totals, ols, pairs)
    tell(f"{bassins['zone'].nunique()} bassins de départ")

    metric = geometry.simplified(shapes)
    degrees = geometry.in_degrees(metric)
    if not shapely.coverage_is_valid(degrees.to_numpy()):
        raise DataError("Limites : l’arrondi des coordonnées fait se croiser des bords.")
    cantons = geometry.canton_rows(secteurs)
    tell(f"{cantons['zone'].nunique()} cantons judiciaires")
    # Nothing is written before everything is known to be right.
    geometry.write_csv(sections, geodata / "sections.csv")
    geometry.write_csv(pairs, geodata / "contiguite.csv")
    grid.write(bassins, geodata / "decoupages")
    geometry.write_csv(cantons, geodata / "decoupages" / "cantons.csv")
    static.mkdir(parents=True, exist_ok=True)
    ordered = sections.set_index("section").loc[metric.index]
    zones = {
        "communes": (ordered["refnis"], communes.set_index("refnis")["nom"]),
        "sections": (pd.Series(metric.index), ordered["nom"]),
    }
    for level, rows in (("bassins", bassins), ("ols", ols)):
        held = geometry.zone_of_sections(sections, rows).loc[metric.index]
        zones[level] = (held, rows.drop_duplicates("zone").set_index("zone")["label"])
    contours = {}
    for level, (held, labels) in zones.items():
        contours[level] = geometry.write_level(
            static,
            level,
            geometry.dissolve(metric, held),
            geometry.dissolve(degrees, held),
            labels.to_dict(),
            hatched=level != "sections",
        )
        tell(f"{contours[level]['fichier']} : {len(contours[level]['zones'])} zones")
    (static / "contours.json").write_bytes(geometry.as_json(contours))
