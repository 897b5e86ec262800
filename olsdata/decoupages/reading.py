"""A list of communes by zone, written by anyone, becomes the rows of a zoning."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from olsdata import geometry, tables, territory, words
from olsdata.decoupages.names import Gazetteer, Place, gazetteer, tokens
from olsdata.local import zonings
from olsdata.registry.files import read_rows
from olsdata.tables import DataError

MOST_BYTES = 5_000_000
MOST_FAULTS = 40

HEADS = {
    "zone": "zone, territoire, numero, no, ols, id zone, code zone, numero territoire, numero ols, "
    "bassin, bassin de vie",
    "label": "label, libelle, nom zone, nom territoire, nom ols, nom bassin, intitule",
    "refnis": "refnis, ins, nis, code ins, code refnis, code nis, ins5, nis5",
    "commune": "commune, communes, nom commune, municipalite",
    "postal": "code postal, cp, postal, codepostal",
    "section": "section, sections, ancienne commune, localite, code section",
    "nom_section": "nom section",
}
"""What a column may be called, accents, capitals and « de » aside."""

RANK = {"commune": 0, "ancienne": 1, "section": 2}
"""A more precise row overrides a wider one."""


@dataclass(frozen=True)
class Claim:
    """A row: a place goes to a zone."""

    line: int
    zone: str
    place: Place


@dataclass
class Reading:
    """What a list says.

    Attributes
    ----------
    claims : what each row says
    labels : zone -> name
    zone_of : index section, the zone that the rows put it in, missing where none does
    rows : zone, label, refnis, section; empty when something is wrong
    recognised : how the rows were recognised → how many
    unmatched : (line, what was written, names that look like it)
    doubles : sentences, one per place in two zones
    missing : names of the communes that no row holds, in whole or in part
    remarks : sentences about what was understood
    faults : sentences about what cannot be read
    """

    claims: list[Claim] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    zone_of: pd.Series = field(default_factory=lambda: pd.Series(dtype=object))
    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=zonings.COLUMNS))
    recognised: Counter[str] = field(default_factory=Counter)
    unmatched: list[tuple[int, str, list[str]]] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """A sentence for each row that is not understood or contradicts another."""
        said = list(self.faults)
        for line, text, close in self.unmatched:
            hint = f" ; proche : {words.listing(close)}" if close else ""
            said.append(f"Ligne {line} : « {text[:60]} » n’est pas reconnu{hint}.")
        return said + [f"En double : {double}" for double in self.doubles]


def read(data: bytes | Path, level: str) -> Reading:
    """Read a list of communes by zone that covers every OLS.

    Parameters
    ----------
    data : CSV, or where it lies
    level : "ols" or "bassin"

    Raises
    ------
    DataError
        If the file is no such list at all; what is wrong in its rows is told in the reading.
    """
    found = gathered(data, level)
    found.missing = _missing(found.zone_of, gazetteer())
    if found.wrong or found.missing or found.zone_of.isna().all():
        return found
    zone_of, labels = found.zone_of, found.labels
    if level == "bassin":
        zone_of, labels = _numbered(zone_of, labels)
    found.rows = zonings.rows_of(zone_of, {id_: labels[id_] for id_ in set(zone_of.dropna())})
    return found


def gathered(data: bytes | Path, level: str) -> Reading:
    """What the rows of a list say, whichever part of the country they cover; no zoning is made.

    Parameters
    ----------
    data : CSV, or where it lies; a column for the zone, and one or several for the commune
        (REFNIS of today or former, French name, postal code) and its section
    level : "ols" or "bassin"

    Raises
    ------
    DataError
        As ``read``.
    """
    zonings.file_of(level)
    found, known = Reading(), gazetteer()
    columns, rows = read_rows(data, MOST_BYTES)
    heads = _heads(columns)
    for line, cells in rows:
        row = {kind: cells[at] for kind, at in heads.items() if cells[at]}
        zone = _zone(row, level, found.labels)
        if not zone:
            found.faults.append(f"Ligne {line} : il manque la zone.")
            continue
        name = row.get("label", "") if level == "bassin" else ""
        if name and found.labels[zone] != name:
            found.faults.append(f"Ligne {line} : le bassin « {zone[:40]} » porte deux noms.")
            continue
        for part in _parts(row, known):
            place = _place(part, known, line, found)
            if place is not None:
                found.claims.append(Claim(line, zone, place))
                found.recognised[place.how] += 1
    found.zone_of = _settled(found.claims, known, found)
    return found


# --- Columns, zones -----------------------------------------------------------------------------


def _heads(columns: list[str]) -> dict[str, int]:
    """Which column is which; « nom » is the zone's when communes have a column of their own."""
    kinds = {tokens(name): kind for kind, names in HEADS.items() for name in names.split(", ")}
    found: dict[str, int] = {}
    for at, name in enumerate(columns):
        kind = kinds.get(tokens(name))
        if kind and kind in found:
            raise DataError(f"Ligne 1 : deux colonnes disent la même chose, dont « {name[:40]} ».")
        if kind:
            found[kind] = at
    if (named := found.pop("nom_section", None)) is not None:
        found.setdefault("section", named)  # beside a code, a name only helps the reader
    if "nom" in columns:
        kind = "label" if {"commune", "refnis", "postal"} & found.keys() else "commune"
        found.setdefault(kind, columns.index("nom"))
    if "zone" not in found and "label" not in found:
        raise DataError("Ligne 1 : il manque une colonne « zone » (ou « territoire », « bassin »).")
    if not {"commune", "refnis", "postal", "section"} & found.keys():
        raise DataError(
            "Ligne 1 : il manque une colonne « refnis », « commune » ou « code postal »."
        )
    return found


def _zone(row: dict[str, str], level: str, labels: dict[str, str]) -> str:
    """Id of the row's zone; its name is noted the first time."""
    written, name = row.get("zone", ""), row.get("label", "")
    if level == "bassin":
        id_ = written or name
        labels.setdefault(id_, name or written)
        return id_
    number = re.match(r"\D{0,15}?(\d{1,2})\b\W*(.*)", written)
    known = territory.zoning("ols").zones["label"]
    if number:
        id_ = number[1].zfill(2)
        name = name or number[2].strip()
    else:
        name = name or written
        same = [str(zone) for zone, label in known.items() if tokens(label) == tokens(name)]
        new = [zone for zone, label in labels.items() if tokens(label) == tokens(name)]
        free = (f"{n:02}" for n in range(1, 100) if f"{n:02}" not in {*known.index, *labels})
        id_ = (new or same or [next(free)])[0] if name else ""
    if id_ and not labels.get(id_):
        labels[id_] = name or str(known.get(id_, f"Territoire {id_}"))
    return id_


def _numbered(zone_of: pd.Series, labels: dict[str, str]) -> tuple[pd.Series, dict[str, str]]:
    """Bassins with ids « OLS-code »: those given when they fit, else that of the largest unit."""
    facts = tables.shipped()
    ols = zonings.sections_of(tables.load().decoupages["ols"][0], facts)
    people = facts.secteurs.groupby("section")["population_2024"].sum()
    frame = pd.DataFrame({"zone": zone_of, "ols": ols, "people": people.reindex(zone_of.index)})
    frame["refnis"] = facts.sections["refnis"]
    frame = frame.dropna(subset=["zone"])
    shared = frame.groupby("refnis")["zone"].nunique() > 1
    frame["unit"] = frame["refnis"].mask(
        frame["refnis"].map(shared), pd.Series(frame.index, index=frame.index)
    )
    ids = {}
    for zone, inside in frame.groupby("zone"):
        owner = inside.groupby("ols")["people"].sum()
        first = str(owner.idxmax()) if len(owner) else ""
        seat = inside.groupby("unit")["people"].sum().idxmax()
        given = re.fullmatch(r"(\d{2})-[0-9A-Za-z_-]+", str(zone))
        ids[zone] = str(zone) if given and given[1] == first else f"{first}-{seat}"
    return zone_of.map(ids), {ids[zone]: name for zone, name in labels.items() if zone in ids}


# --- Places -------------------------------------------------------------------------------------


def _parts(row: dict[str, str], known: Gazetteer) -> list[dict[str, str]]:
    """One row per place: a cell may list several communes, or several sections."""
    for kind in ("section", "commune"):
        cell = row.get(kind, "")
        whole = kind == "commune" and known.commune(cell)
        if cell and not whole and re.search(r"[,;+|]", cell):
            names = [name.strip() for name in re.split(r"[,;+|]", cell) if name.strip()]
            return [row | {kind: name} for name in names]
    return [row]


def _place(row: dict[str, str], known: Gazetteer, line: int, found: Reading) -> Place | None:
    """The place of a row; what is not recognised is noted."""
    home = None
    for kind in ("refnis", "commune", "postal"):
        if kind not in row:
            continue
        place = known.from_postal(row[kind]) if kind == "postal" else known.commune(row[kind])
        if place is None and kind == "commune":
            place = _in_brackets(row[kind], known, line, found)
        if place is None:
            if kind == "commune" and home is not None:
                continue  # the code speaks; a name that only differs in form does no harm
            found.unmatched.append((line, row[kind], known.close(row[kind])))
            return None
        if home is not None and place.refnis != home.refnis:
            found.faults.append(
                f"Ligne {line} : {known.named(home)} n’est pas « {row[kind][:40]} »."
            )
            return None
        finer = home is None or ("refnis" not in row and RANK[place.kind] > RANK[home.kind])
        home = place if finer else home
    if "section" not in row:
        if home is None:
            found.faults.append(f"Ligne {line} : il manque la commune.")
        return home
    return _section(row["section"], home.refnis if home else "", known, line, found)


def _in_brackets(text: str, known: Gazetteer, line: int, found: Reading) -> Place | None:
    """« Malonne (Namur) », « Namur (Malonne) », or a section's name alone."""
    parts = re.fullmatch(r"(.+?)\s*\((.+)\)\s*", text)
    for outer, inner in ((parts[1], parts[2]), (parts[2], parts[1])) if parts else ():
        home = known.commune(inner)
        if home is not None:
            here = known.section(outer, home.refnis)
            return here[0] if len(here) == 1 else None
    here = known.section(text)
    if len(here) == 1:
        found.remarks.append(f"Ligne {line} : « {text} » est la section {known.named(here[0])}.")
        return here[0]
    return None


def _section(text: str, refnis: str, known: Gazetteer, line: int, found: Reading) -> Place | None:
    here = known.section(text, refnis)
    if len(here) == 1:
        return here[0]
    where = f" de {known.communes[refnis]}" if refnis else ""
    if here:
        names = words.listing([known.named(place) for place in here], most=4)
        found.faults.append(f"Ligne {line} : la section « {text} » est ambiguë : {names}.")
    else:
        found.unmatched.append((line, f"section « {text} »{where}", []))
    return None


# --- Zones of the sections ----------------------------------------------------------------------


def _settled(claims: list[Claim], known: Gazetteer, found: Reading) -> pd.Series:
    """Zone of each section: the most precise row holds it; two rows that disagree are told."""
    by_place: dict[tuple[int, str], list[Claim]] = {}
    for claim in claims:
        by_place.setdefault((RANK[claim.place.kind], claim.place.code), []).append(claim)
    zone_of = pd.Series(index=pd.Index(sorted(known.sections), name="section"), dtype=object)
    for _, same in sorted(by_place.items(), key=lambda item: item[0]):
        place, zones = same[0].place, sorted({claim.zone for claim in same})
        lines = ", ".join(str(claim.line) for claim in same)
        postal = all(claim.place.how == "code postal" for claim in same)
        if len(zones) > 1:
            why = " : donnez ses sections" if postal else ""
            found.doubles.append(
                f"{known.named(place)} est dans {words.listing(zones)} (lignes {lines}){why}."
            )
        elif len(same) > 1 and not postal:
            found.remarks.append(
                f"{known.named(place)} est citée {len(same)} fois dans la zone {zones[0]} "
                f"(lignes {lines})."
            )
        zone_of[list(place.sections)] = zones[0]
    _former(claims, known, found)
    return zone_of


def _former(claims: list[Claim], known: Gazetteer, found: Reading) -> None:
    """Say which communes of before a merger were put together."""
    for code in sorted({c.place.refnis for c in claims if c.place.kind == "ancienne"}):
        names = [c.place for c in claims if c.place.refnis == code]
        said = words.listing(sorted({known.sections[p.sections[0]][1] for p in names}))
        found.remarks.append(
            f"{said} : une seule commune aujourd’hui, {known.communes[code]} ({code})."
        )


def _missing(zone_of: pd.Series, known: Gazetteer) -> list[str]:
    """Communes without zone; the German-speaking ones may be left out, all together."""
    facts = tables.shipped()
    german = set(facts.communes.index[facts.communes["germanophone"] == 1])
    absent: dict[str, list[str]] = {}
    for section in zone_of.index[zone_of.isna()]:
        absent.setdefault(known.sections[section][0], []).append(section)
    if all(len(absent.get(code, [])) == len(known.inside[code]) for code in german):
        absent = {code: parts for code, parts in absent.items() if code not in german}
    names = []
    for code, parts in absent.items():
        name = f"{known.communes[code]} ({code})"
        if len(parts) < len(known.inside[code]):
            inside = words.listing([known.sections[part][1] for part in parts], most=4)
            name = f"{name}, en partie : {inside}"
        names.append(name)
    return names


def pieces(zone_of: pd.Series, links: pd.DataFrame | None = None) -> dict[str, list[list[str]]]:
    """Groups of sections that hold together in each zone, the largest first.

    Parameters
    ----------
    zone_of : index section, zone id
    links : pairs of sections that touch; those of the limits in force when absent
    """
    graph = geometry.contiguity() if links is None else links
    return {
        str(zone): geometry.components(inside, graph)
        for zone, inside in zone_of.dropna().groupby(zone_of.dropna()).groups.items()
    }
