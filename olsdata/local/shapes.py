"""What the maps draw for the zonings and limits of the local layer.

The geometry is kept in the user's folder (``contours/``) and copied to ``static/local/``, where
the browser can fetch it. File names hold the hash of their content, so several versions, and
several users' folders, live side by side.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from olsdata import local, tables
from olsdata.local import State, remembered
from olsdata.tables import STATIC, DataError

FOLDER = "contours"
SERVED = STATIC / "local"
LOCAL = "local/"
"""What the names of the files of the layer begin with, under the folder that is served."""
SHIPPED = "livre"
LEVELS = ("communes", "sections", "ols", "bassins")


@remembered(maxsize=1)
def contours() -> dict[str, Any]:
    """The description of the geometry in force, as in ``static/contours.json``.

    Raises
    ------
    DataError
        If the geometry of the local layer cannot be made or served.
    """
    shipped: dict[str, Any] = json.loads((STATIC / "contours.json").read_text("utf-8"))
    state = local.state()
    if state.version:
        prepare(state)
        shipped |= {
            level: json.loads(_description(state, level).read_text("utf-8"))
            for level in LEVELS
            if _is_local(state, level)
        }
    return shipped


def file(name: str) -> Path:
    """The file of ``static/`` that a description names."""
    return SERVED / Path(name).name if name.startswith(LOCAL) else STATIC / name


def prepare(state: State) -> None:
    """Make and serve the geometry that a state needs and that is not there yet."""
    for level in LEVELS:
        if not _is_local(state, level):
            continue
        about = _description(state, level)
        if not about.exists():
            _build(state, level, about)
        entry = json.loads(about.read_text("utf-8"))
        for name in (entry["fichier"], entry["hachures"]):
            if name and not file(name).exists():
                _serve(about.parent / Path(name).name, file(name))


def _is_local(state: State, level: str) -> bool:
    return bool(state.limites or state.zoning(level))


def _description(state: State, level: str) -> Path:
    """Where the description of a level's geometry is, for its zoning and its limits."""
    from olsdata.local import zonings

    if level in zonings.NAMES.values():
        rows, _ = zonings.read(level, state.zoning(level))
        version = zonings.digest(rows)
    else:
        version = SHIPPED
    limits = state.limites or SHIPPED
    return local.folder() / FOLDER / f"{level}-{version}-{limits}.json"


def _build(state: State, level: str, about: Path) -> None:
    """Join the sections of each zone; write the geometry, its stripes and its description."""
    import geopandas as gpd
    import shapely

    from olsdata import geometry
    from olsdata.local import zonings

    raw = json.loads((STATIC / str(_sections_file())).read_text("utf-8"))
    shapes = {
        feature["properties"]["id"]: shapely.geometry.shape(feature["geometry"])
        for feature in raw["features"]
    }
    degrees = gpd.GeoSeries(shapes, crs=geometry.WORLD).sort_index()
    metric = degrees.to_crs(geometry.METRIC)
    rows, _ = zonings.read(level, state.zoning(level))
    sections = tables.shipped().sections.reset_index()
    held = geometry.zone_of_sections(sections, rows).loc[degrees.index]
    names = rows.drop_duplicates("zone").set_index("zone")["label"].to_dict()
    joined = geometry.dissolve(metric, held), geometry.dissolve(degrees, held)
    with tempfile.TemporaryDirectory() as draft:
        entry = geometry.write_level(Path(draft), level, *joined, names, hatched=True)
        for kind in ("fichier", "hachures"):
            local.replace(about.parent / entry[kind], (Path(draft) / entry[kind]).read_bytes())
            entry[kind] = LOCAL + entry[kind]
    local.replace(about, geometry.as_json(entry))


def _sections_file() -> str:
    return str(json.loads((STATIC / "contours.json").read_text("utf-8"))["sections"]["fichier"])


def _serve(kept: Path, target: Path) -> None:
    """Copy a file where the browser can fetch it."""
    try:
        local.replace(target, kept.read_bytes())
    except OSError as error:
        raise DataError(
            f"Le dossier {SERVED} ne peut pas être écrit ({error.strerror or error}) : les cartes "
            "du découpage ne peuvent pas être servies. Rien n’a été changé."
        ) from None
