"""What the maps draw for the zonings and limits of the local layer.

The geometry is kept in the user's folder (``contours/``) and copied to ``static/local/``, where
the browser can fetch it. File names hold the hash of their content, so several versions, and
several users' folders, live side by side. What is served is only a copy: a change takes away old
ones, and whoever still needs one serves it again.
"""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from olsdata import local, tables, words
from olsdata.local import State, remembered
from olsdata.tables import STATIC, DataError

FOLDER = "contours"
SERVED = STATIC / "local"
LOCAL = "local/"
"""What the names of the files of the layer begin with, under the folder that is served."""
SHIPPED = "livre"
LEVELS = ("communes", "sections", "ols", "bassins")
OLD_SECONDS = 86_400
"""Age from which a copy that nothing needs goes away."""


@dataclass(frozen=True)
class Limits:
    """Limits that were imported.

    Attributes
    ----------
    id : name of their files
    name : name of the file
    day : date of the limits (ISO, as precise as known), "" when nothing gives it
    kind : "secteurs" or "communes"
    checksum : sha256 of the file
    imported : day of the import
    """

    id: str
    name: str
    day: str
    kind: str
    checksum: str
    imported: str

    @property
    def label(self) -> str:
        """Name and date, for the screen."""
        when = words.day(self.day) if self.day else f"importé le {words.day(self.imported)}"
        return f"{self.name} ({when})"


@remembered(maxsize=1)
def limits() -> Limits | None:
    """The imported limits in force, None for those that the project ships."""
    id_ = local.state().limites
    if not id_:
        return None
    try:
        return Limits(**json.loads(_kept(f"{id_}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise DataError(
            f"Limites locales : {id_}.json est absent ou abîmé. « contours retirer » revient aux "
            "limites livrées."
        ) from None


def keep_limits(found: Limits, sections: bytes, pairs: pd.DataFrame) -> None:
    """Write imported limits in the layer; the state then puts them in force.

    Parameters
    ----------
    sections : GeoJSON of the sections, degrees, a valid coverage
    pairs : section_a, section_b that touch
    """
    local.replace(_kept(f"{found.id}.geojson"), sections)
    local.replace(
        _kept(f"{found.id}-contiguite.csv"),
        pairs.to_csv(index=False, lineterminator="\n").encode(),
    )
    local.replace(_kept(f"{found.id}.json"), json.dumps(asdict(found), indent=1).encode())


def contiguity() -> pd.DataFrame | None:
    """Sections that touch, in the imported limits; None when those shipped are in force."""
    id_ = local.state().limites
    if not id_:
        return None
    path = _kept(f"{id_}-contiguite.csv")
    return tables.read(path.name, path.parent, like="contiguite.csv")


def sections(state: State | None = None) -> Any:
    """Limits of the sections in force, or of a state: GeoSeries in degrees, index section."""
    import geopandas as gpd
    import shapely

    from olsdata import geometry

    id_ = (state or local.state()).limites
    path = _kept(f"{id_}.geojson") if id_ else STATIC / _shipped_sections()
    found = {
        feature["properties"]["id"]: shapely.geometry.shape(feature["geometry"])
        for feature in json.loads(path.read_text("utf-8"))["features"]
    }
    return gpd.GeoSeries(found, crs=geometry.WORLD).sort_index()


def _kept(name: str) -> Path:
    return local.folder() / FOLDER / name


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
    """The file of ``static/`` that a description names; it is served again if it went away."""
    if not name.startswith(LOCAL):
        return STATIC / name
    served = SERVED / Path(name).name
    if not served.exists():
        _serve(_kept(served.name), served)
    return served


def prepare(state: State) -> None:
    """Make and serve the geometry that a state needs and that is not there yet."""
    for level in LEVELS:
        if not _is_local(state, level):
            continue
        about = _description(state, level)
        if not about.exists():
            _build(state, level, about)
        for name in _names(about):
            file(name)


def prune(before: State, after: State) -> None:
    """Take away the copies that neither state needs and that are more than a day old.

    Another session may still show the state before; another user's folder may use the younger
    ones, and serves an older one again when it draws it.
    """
    kept: set[str] = set()
    for state in (before, after):
        for level in LEVELS:
            if _is_local(state, level) and (about := _description(state, level)).exists():
                kept |= {Path(name).name for name in _names(about)}
    for path in SERVED.glob("*"):
        with suppress(OSError):  # a copy too many does no harm
            if path.name not in kept and time.time() - path.stat().st_mtime > OLD_SECONDS:
                path.unlink()


def _names(about: Path) -> list[str]:
    """The files that the description of a level names."""
    entry = json.loads(about.read_text("utf-8"))
    return [entry[kind] for kind in ("fichier", "hachures") if entry[kind]]


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
    from olsdata import geometry
    from olsdata.local import zonings

    degrees = sections(state)
    metric = degrees.to_crs(geometry.METRIC)
    facts = tables.shipped()
    if level == "sections":
        held = pd.Series(degrees.index, index=degrees.index)
        names = facts.sections["nom"].to_dict()
    elif level == "communes":
        held = facts.sections["refnis"].loc[degrees.index]
        names = facts.communes["nom"].to_dict()
    else:
        rows, _ = zonings.read(level, state.zoning(level))
        held = geometry.zone_of_sections(facts.sections.reset_index(), rows).loc[degrees.index]
        names = rows.drop_duplicates("zone").set_index("zone")["label"].to_dict()
    joined = geometry.dissolve(metric, held), geometry.dissolve(degrees, held)
    with tempfile.TemporaryDirectory() as draft:
        hatched = level != "sections"
        entry = geometry.write_level(Path(draft), level, *joined, names, hatched=hatched)
        for kind in ("fichier", "hachures") if hatched else ("fichier",):
            local.replace(about.parent / entry[kind], (Path(draft) / entry[kind]).read_bytes())
            entry[kind] = LOCAL + entry[kind]
    local.replace(about, geometry.as_json(entry))


def _shipped_sections() -> str:
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
