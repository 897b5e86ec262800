"""Zonings that were adopted here: each version is kept, one per level is in force.

A version is a pair of files in ``decoupages/``, shaped like those of ``geodata/decoupages/``.
Bassins nest in the OLS in force: when the OLS change, bassins that no longer nest are cut along
the new limits, and what they were cut from comes back when it fits again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from olsdata import geometry, local, tables, territory, words
from olsdata.local import State, shapes
from olsdata.tables import DataError, Facts

NAMES = {"ols": "ols", "bassin": "bassins"}
"""Levels whose zoning may be replaced → name of its file."""

COLUMNS = ["zone", "label", "refnis", "section"]
SHIPPED = "livré"
CUT_FROM, ADOPTED_ON = "coupe_de", "adopte_le"
Read = tuple[pd.DataFrame, dict[str, Any]]


@dataclass(frozen=True)
class Version:
    """A zoning that was or is in force.

    Attributes
    ----------
    id : name of its files, "" for the one that the project ships
    about : its description (label, statut, source, date, version, lien, methode, par, pourquoi…)
    zones : number of zones
    in_force : whether it is the one in use
    """

    id: str
    about: dict[str, str]
    zones: int
    in_force: bool


def file_of(level: str) -> str:
    """Name of the file of a level's zoning; refuses a level that has none of its own."""
    if level not in NAMES:
        raise DataError(f"Aucun découpage ne se remplace au niveau « {level} » : ols ou bassin.")
    return NAMES[level]


def read(name: str, version: str) -> Read:
    """Rows and description of one version of a zoning file, "" for the shipped one.

    Parameters
    ----------
    name : "ols" or "bassins"
    version : a version of its history
    """
    if not version:
        return tables.read_zoning(name)
    return tables.read_zoning(name, local.folder(), version)


def adopted() -> dict[str, Read]:
    """The zonings in force that are not the shipped ones, by name of file."""
    now = local.state()
    return {name: read(name, now.zoning(name)) for name in NAMES.values() if now.zoning(name)}


def in_force(level: str) -> Version:
    """The version in use at a level ("ols", "bassin")."""
    return _version(file_of(level), local.state().zoning(file_of(level)), True)


def _version(name: str, id_: str, current: bool) -> Version:
    rows, about = read(name, id_)
    return Version(id_, about, int(rows["zone"].nunique()), current)


def history(level: str) -> list[Version]:
    """Every version of a level, the shipped one first, then in the order of their adoption."""
    name = file_of(level)
    now = local.state().zoning(name)
    files = (local.folder() / "decoupages").glob(f"{name}-*.toml")
    found = [_version(name, path.stem, path.stem == now) for path in files]
    found.sort(key=lambda version: (version.about.get(ADOPTED_ON, ""), version.id))
    return [_version(name, "", not now), *found]


def adopt(level: str, rows: pd.DataFrame, meta: dict[str, str]) -> Version:
    """Keep a zoning as a new version and put it in force, with its geometry.

    Parameters
    ----------
    level : "ols" or "bassin"
    rows : zone, label, refnis, section (missing or "" = the whole commune, or the rest of it);
        ids are "01" for an OLS, "01-…" for a bassin of that OLS
    meta : label, statut, source, date; optionally version, lien, methode, par (role), pourquoi

    Returns
    -------
    The version in force.

    Raises
    ------
    DataError
        If the zoning is wrong: nothing changes.
    """
    name = file_of(level)
    with local.writing() as state:
        version = _keep(name, rows, meta)
        _put(state, name, version)
    return in_force(level)


def back(level: str) -> Version:
    """Put the version before in force again (the shipped one in the end); all are kept.

    Bassins that do not nest in the OLS in force are passed over.

    Raises
    ------
    DataError
        If the shipped zoning is already in force, or none of those before fits.
    """
    name = file_of(level)
    with local.writing() as state:
        pile, ols = list(state.decoupages.get(name, [])), _ols(state)
        if not pile:
            raise DataError("Le découpage livré est déjà en vigueur.")
        while pile:
            pile.pop()
            if name != "bassins" or nests(read(name, pile[-1] if pile else "")[0], ols):
                state.decoupages[name] = pile
                _settle(state, name)
                break
        else:
            raise DataError(
                "Aucun découpage précédent des bassins ne s’emboîte dans les OLS en vigueur : "
                "revenez d’abord au découpage précédent des OLS."
            )
    return in_force(level)


def restore(level: str, version: str) -> Version:
    """Put a version of the history in force ("" for the shipped one).

    Raises
    ------
    DataError
        If there is no such version, or it does not nest in the OLS in force.
    """
    name = file_of(level)
    if version not in {known.id for known in history(level)}:
        raise DataError(f"Version inconnue du découpage : « {version} ».")
    with local.writing() as state:
        if version:
            _put(state, name, version)
        else:
            if name == "bassins" and not nests(read(name, "")[0], _ols(state)):
                raise DataError("Les bassins livrés ne s’emboîtent pas dans les OLS en vigueur.")
            state.decoupages[name] = []
            _settle(state, name)
    return in_force(level)


def zoning(level: str, version: str) -> territory.Zoning:
    """A version of the history as a zoning, among the OLS in force.

    Raises
    ------
    DataError
        If a version of the bassins does not nest in the OLS in force.
    """
    name = file_of(level)
    return _zoning(name, *read(name, version), local.state())


def checked(level: str, rows: pd.DataFrame, meta: dict[str, str]) -> territory.Zoning:
    """The zoning that some rows make, with the OLS in force around it; nothing is kept.

    Raises
    ------
    DataError
        As ``adopt``.
    """
    name = file_of(level)
    return _zoning(name, tidy(rows), _described(name, tidy(rows), meta), local.state())


def tidy(rows: pd.DataFrame) -> pd.DataFrame:
    """The four columns of a zoning file, empty sections missing, in a fixed order."""
    absent = [column for column in COLUMNS[:3] if column not in rows]
    if absent:
        raise DataError(f"Découpage : il manque la colonne {', '.join(absent)}.")
    found = rows.reindex(columns=COLUMNS).astype(object)
    found = found.where(found.notna() & found.ne(""), None)
    return found.sort_values(["zone", "refnis", "section"], na_position="first", ignore_index=True)


def rows_of(zone_of: pd.Series, labels: dict[str, str], facts: Facts | None = None) -> pd.DataFrame:
    """Write a zoning given section by section as rows of its file.

    A commune takes the row of the zone with most of its inhabitants; its other sections override
    it. Where a section is in no zone, the commune has no row of its own.

    Parameters
    ----------
    zone_of : index section, zone id; sections in no zone are missing
    labels : zone id -> name
    """
    facts = facts or tables.shipped()
    people = facts.secteurs.groupby("section")["population_2024"].sum()
    frame = facts.sections[["refnis"]].assign(zone=zone_of, people=people)
    held = frame.groupby(["refnis", "zone"])["people"].sum().reset_index()
    held = held.sort_values(["refnis", "people", "zone"], ascending=[True, False, True])
    home = held.drop_duplicates("refnis").set_index("refnis")["zone"]
    open_ = frame.loc[frame["zone"].isna(), "refnis"]
    frame = frame.drop(columns="people").rename_axis("section").reset_index()
    rest = frame["zone"].eq(frame["refnis"].map(home)) & ~frame["refnis"].isin(open_)
    frame["section"] = frame["section"].mask(rest)
    frame = frame.dropna(subset=["zone"]).drop_duplicates()
    frame["label"] = frame["zone"].map(labels)
    return tidy(frame)


# --- Inside a change ----------------------------------------------------------------------------


def _keep(name: str, rows: pd.DataFrame, meta: dict[str, str]) -> str:
    """Write a version, unless it is there already; give its id."""
    found = tidy(rows)
    about = _described(name, found, meta)
    table = found.to_csv(index=False, lineterminator="\n").encode()
    stem = f"{name}-{_hash(table + json.dumps(about, sort_keys=True).encode())}"
    here = local.folder() / "decoupages"
    if not (here / f"{stem}.toml").exists():
        about |= {ADOPTED_ON: datetime.now().astimezone().isoformat(timespec="seconds")}
        # JSON strings are TOML strings.
        lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in about.items()]
        local.replace(here / f"{stem}.csv", table)
        local.replace(here / f"{stem}.toml", "".join(lines).encode())
    return stem


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


def digest(rows: pd.DataFrame) -> str:
    """Eight digits that tell two cut-outs apart, whatever their descriptions."""
    return _hash(tidy(rows).to_csv(index=False).encode())


def _described(name: str, rows: pd.DataFrame, meta: dict[str, str]) -> dict[str, str]:
    """The description of a version, as in ``geodata/decoupages/<name>.toml``."""
    about = {key: str(text).strip() for key, text in meta.items()}
    about = {key: " ".join(text.split()) for key, text in about.items()}
    about |= {"id": name, "niveau": tables.ZONING_LEVELS[name]}
    about |= {"dans": "ols" if name == "bassins" else ""}
    if not about.get("version"):
        about["version"] = f"locale {digest(rows)}"
    tables.check_description("Description du découpage", about, about["niveau"])
    return about


def _zoning(name: str, rows: pd.DataFrame, about: dict[str, str], state: State) -> territory.Zoning:
    """The zoning of some rows, checked against the tables and the OLS of a state."""
    facts = tables.shipped()
    zonings = {**facts.decoupages, name: (rows, about)}
    if name == "bassins":
        zonings["ols"] = read("ols", state.zoning("ols"))
    found = territory.from_file(name, replace(facts, decoupages=zonings))
    ids = pd.Series(found.zones.index, index=found.zones.index)
    if name == "ols":
        wrong = ids[~ids.str.fullmatch(r"\d{2}")]
        rule = "deux chiffres (« 05 »)"
    else:
        wrong = ids[~ids.str.startswith(tuple(o + "-" for o in sorted(set(found.zones["ols"]))))]
        wrong = pd.concat([wrong, ids[ids.str.split("-").str[0] != found.zones["ols"]]])
        rule = "le numéro de son OLS, puis un tiret (« 05-… »)"
    if len(wrong):
        raise DataError(f"Identifiant de zone « {wrong.iloc[0]} » : il faut {rule}.")
    for label in found.zones["label"]:
        if sign := words.markup(label):
            raise DataError(f"Nom de zone « {label} » : le signe « {sign} » n’y est pas admis.")
    twice = found.zones[found.zones.duplicated(["ols", "label"], keep=False)]
    if name == "bassins" and len(twice):
        row = twice.iloc[0]
        raise DataError(f"Deux bassins de l’OLS {row['ols']} s’appellent « {row['label']} ».")
    return found


def _put(state: State, name: str, version: str) -> None:
    """Put a version on top of its pile, after checking it."""
    rows, about = read(name, version)
    _zoning(name, rows, about, state)
    pile = state.decoupages.setdefault(name, [])
    if state.zoning(name) != version:
        pile.append(version)
    _settle(state, name)


def _settle(state: State, name: str) -> None:
    """What follows a change of a zoning: bassins that nest, geometry of what is in force."""
    if name == "ols":
        _fit_bassins(state)
    shapes.prepare(state)


def _origin(version: str) -> str:
    """What a version was cut from, and that one in turn; itself when it was drawn."""
    while version:
        source = read("bassins", version)[1].get(CUT_FROM, "")
        if not source:
            return version
        version = "" if source == SHIPPED else source
    return version


def _fit_bassins(state: State) -> None:
    """Keep, bring back or cut the bassins, so that they nest in the OLS of the state."""
    now = state.zoning("bassins")
    origin = _origin(now)
    pile = state.decoupages.setdefault("bassins", [])
    rows, about = read("bassins", origin)
    ols_rows, ols = read("ols", state.zoning("ols"))
    if nests(rows, ols_rows):
        while pile and pile[-1] != origin:
            pile.pop()
        if origin and not pile:
            pile.append(origin)
        return
    if nests(read("bassins", now)[0], ols_rows):
        return
    meta = {key: about[key] for key in ("label", "date", "lien") if about.get(key)}
    meta |= {
        "statut": "provisoire",
        "source": f"{about['source']} ; recoupés aux limites des OLS du {words.day(ols['date'])}",
        "methode": "Là où un bassin était à cheval sur deux OLS, chaque OLS en garde sa partie. "
        f"{about.get('methode', '')}".strip(),
        CUT_FROM: origin or SHIPPED,
    }
    pile.append(_keep("bassins", cut(rows, ols_rows), meta))


def _ols(state: State) -> pd.DataFrame:
    return read("ols", state.zoning("ols"))[0]


def bassins_within(ols_rows: pd.DataFrame) -> pd.DataFrame:
    """The bassins that would be in force if these OLS were."""
    now = local.state().zoning("bassins")
    for version in dict.fromkeys((_origin(now), now)):
        rows = read("bassins", version)[0]
        if nests(rows, ols_rows):
            return rows
    return cut(read("bassins", _origin(now))[0], ols_rows)


def sections_of(rows: pd.DataFrame, facts: Facts) -> pd.Series:
    """Zone of each section, missing where no row holds it; index section."""
    return geometry.zone_of_sections(facts.sections.reset_index(), rows)


def nests(rows: pd.DataFrame, ols_rows: pd.DataFrame) -> bool:
    """Whether bassins fill some OLS, each inside the one that its id names."""
    facts = tables.shipped()
    ols, bassin = sections_of(ols_rows, facts), sections_of(rows, facts)
    return bool((bassin.str.split("-").str[0].fillna("") == ols.fillna("")).all())


def cut(rows: pd.DataFrame, ols_rows: pd.DataFrame, facts: Facts | None = None) -> pd.DataFrame:
    """Cut bassins along the limits of the OLS.

    The largest piece of a bassin keeps its name; another takes that of its most populous commune.
    A commune of an OLS that no bassin held makes a bassin of its own.

    Parameters
    ----------
    rows, ols_rows : rows of a zoning of bassins, and of the OLS
    """
    facts = facts or tables.shipped()
    frame = facts.sections[["refnis", "nom"]].copy()
    frame["ols"], frame["bassin"] = sections_of(ols_rows, facts), sections_of(rows, facts)
    people = facts.secteurs.groupby("section")["population_2024"].sum()
    frame["people"] = people.reindex(frame.index)
    frame = frame.dropna(subset=["ols"])
    tail = frame["bassin"].str.partition("-")[2].where(frame["bassin"].notna(), frame["refnis"])
    frame["zone"] = frame["ols"] + "-" + tail
    size = frame.groupby(["zone"])["people"].sum()
    pieces = frame.drop_duplicates("zone").set_index("zone")
    pieces["people"] = size
    largest = pieces.sort_values(["people"], ascending=False).dropna(subset=["bassin"])
    keeps = set(largest[~largest["bassin"].duplicated()].index)
    named = rows.drop_duplicates("zone").set_index("zone")["label"]
    labels, taken = {}, set()
    for zone in sorted(pieces.index, key=lambda id_: (id_ not in keeps, id_)):
        piece = pieces.loc[zone]
        inside = frame[frame["zone"] == zone]
        code = inside.groupby("refnis")["people"].sum().idxmax()
        commune = str(facts.communes.at[code, "nom"])
        village = inside.loc[inside["people"].idxmax(), "nom"]
        choices = [str(named[piece["bassin"]])] if zone in keeps else []
        choices += [commune, f"{commune} – {village}", f"{commune} – {zone}"]
        labels[zone] = next(name for name in choices if (piece["ols"], name) not in taken)
        taken.add((piece["ols"], labels[zone]))
    return rows_of(frame["zone"], labels, facts)
