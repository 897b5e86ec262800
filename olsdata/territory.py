"""Territories: sector → section → commune → bassin → OLS, and the zonings that group them.

A *zoning* (découpage) gives each statistical sector a zone, or none. Nothing about the OLS or
the bassins is hard-coded: both are read from ``geodata/decoupages/``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from olsdata import tables
from olsdata.local import remembered
from olsdata.tables import DataError, Facts

LEVELS = {"wallonie": "Wallonie", "ols": "OLS", "bassin": "Bassin de vie", "commune": "Commune"}
"""Levels in nesting order, with their French name."""

WALLONIE = "wallonie"
WHOLE = 0.9
"""From this share of its inhabitants, a commune counts as lying in a zone."""


@dataclass(frozen=True)
class Zone:
    """One zone of a zoning: its id, its French name, its level, and the OLS that holds it."""

    id: str
    label: str
    level: str
    ols: str = ""

    @property
    def title(self) -> str:
        """Name on screen: an OLS carries its official number."""
        return f"{self.id} {self.label}" if self.level == "ols" else self.label


@dataclass(frozen=True, eq=False)
class Zoning:
    """A partition of sectors into zones, with what allows to trust it.

    Attributes
    ----------
    zones : index zone id, in geographical order; columns label, ols
    sectors : index sector, value zone id (sectors outside the zoning are absent)
    people : zones × communes, share of the commune's located inhabitants who live in the zone
    land : zones × communes, share of the commune's hectares that lie in the zone
    coverage : index zone, share of its inhabitants in communes lying in it at 90 % or more
    """

    id: str
    label: str
    level: str
    status: str
    source: str
    date: str
    version: str
    zones: pd.DataFrame
    sectors: pd.Series = field(repr=False)
    people: pd.DataFrame = field(repr=False)
    land: pd.DataFrame = field(repr=False)
    coverage: pd.Series = field(repr=False)
    link: str = ""
    method: str = ""
    adopted: str = ""
    """Day it was adopted on this machine; "" for a zoning that the project ships."""
    validated: tuple[str, ...] = ()
    """OLS that adopted their own zones, while the others keep what they had."""

    def status_in(self, ols: str) -> str:
        """Status of the zones that lie in an OLS; "" for the zoning as a whole."""
        return "validé" if ols in self.validated else self.status

    @cached_property
    def _by_id(self) -> dict[str, Zone]:
        return {
            str(id_): Zone(str(id_), str(row["label"]), self.level, str(row["ols"]))
            for id_, row in self.zones.iterrows()
        }

    def zone(self, zone_id: str) -> Zone:
        """The zone of that id.

        Raises
        ------
        DataError
            If the zoning has no such zone.
        """
        if zone_id not in self._by_id:
            raise DataError(f"Zone inconnue dans « {self.label} » : « {zone_id} ».")
        return self._by_id[zone_id]

    def inside(self, zone: Zone) -> list[str]:
        """Ids of this zoning's zones that touch another zone, in order.

        >>> zoning("bassins").inside(zoning("ols").zone("09"))[0][:3]
        '09-'
        """
        if zone.level == self.level:
            return [zone.id]
        if zone.level == WALLONIE:
            return list(self.zones.index)
        if zone.level == "ols" and self.level == "bassin":
            return list(self.zones.index[self.zones["ols"] == zone.id])
        held = zoning_of(zone.level).sectors
        ids = set(self.sectors.reindex(held.index[held == zone.id]).dropna())
        return [zone_id for zone_id in self.zones.index if zone_id in ids]


def membership(rows: pd.DataFrame, facts: Facts, name: str) -> pd.Series:
    """Zone of each sector, from the rows of a zoning file.

    Parameters
    ----------
    rows : zone, label, refnis, section; a row with a section overrides its commune's row
    facts : tables that know the communes and the sections
    name : file name, for the messages

    Returns
    -------
    Series, index sector, zone id; sectors of no zone are absent.

    Raises
    ------
    DataError
        Unknown or repeated commune or section, a section outside its commune, a zone with two
        names, or a commune that no zone holds (the nine German-speaking ones may be left out).
    """
    communes, sections = facts.communes, facts.sections
    columns = (rows.index, rows["refnis"].tolist(), rows["section"].tolist())
    for index, code, section in zip(*columns, strict=True):
        line = int(str(index)) + 2
        if code not in communes.index:
            raise DataError(f"{name}, ligne {line} : commune inconnue « {code} ».")
        if pd.notna(section) and (
            section not in sections.index or sections.at[section, "refnis"] != code
        ):
            raise DataError(
                f"{name}, ligne {line} : la section « {section} » n’est pas une section de "
                f"{communes.at[code, 'nom']} ({code})."
            )
    renamed = rows[rows["label"] != rows.groupby("zone")["label"].transform("first")]
    if not renamed.empty:
        raise DataError(
            f"{name}, ligne {int(str(renamed.index[0])) + 2} : la zone "
            f"{renamed['zone'].iloc[0]} porte deux noms."
        )
    whole = rows[rows["section"].isna()]
    parts = rows[rows["section"].notna()]
    for key, some in (("refnis", whole), ("section", parts)):
        doubles = some[some[key].duplicated()]
        if not doubles.empty:
            raise DataError(
                f"{name}, ligne {int(str(doubles.index[0])) + 2} : "
                f"« {doubles[key].iloc[0]} » figure deux fois."
            )
    by_commune = whole.set_index("refnis")["zone"]
    by_section = parts.set_index("section")["zone"]
    zone = facts.secteurs["section"].map(by_section).astype(object)
    zone = zone.fillna(facts.secteurs["refnis"].map(by_commune))
    orphans = facts.secteurs.loc[zone.isna(), "refnis"].unique()
    # All the German-speaking communes may be left out, not some of them.
    apart = facts.secteurs["refnis"].map(communes["germanophone"]).eq(1)
    none = zone[apart].isna().all()
    expected = [code for code in orphans if not (none and communes.at[code, "germanophone"])]
    if expected:
        names = ", ".join(f"{communes.at[code, 'nom']} ({code})" for code in expected[:5])
        more = f" et {len(expected) - 5} autres" if len(expected) > 5 else ""
        raise DataError(f"{name} : communes sans zone, en tout ou en partie : {names}{more}.")
    return zone.dropna()


def _by_sector(rows: pd.DataFrame, facts: Facts, name: str) -> pd.Series:
    """Zone of each sector, from a file that names every sector (zone, label, secteur)."""
    zone = rows.set_index("secteur")["zone"]
    odd = zone.index.symmetric_difference(facts.secteurs.index)
    if len(odd):
        raise DataError(f"{name} : secteur inconnu ou manquant, {', '.join(odd[:5])}.")
    return zone.reindex(facts.secteurs.index)


def _shares(sectors: pd.Series, facts: Facts, weight: str, zones: pd.Index) -> pd.DataFrame:
    """Zones × communes: share of the commune's ``weight`` that lies in each zone."""
    part = facts.secteurs.assign(zone=sectors).dropna(subset=["zone"])
    inside = part.pivot_table(
        index="zone", columns="refnis", values=weight, aggfunc="sum", fill_value=0
    )
    inside = inside.reindex(index=zones, columns=facts.communes.index, fill_value=0.0)
    totals = facts.secteurs.groupby("refnis")[weight].sum().reindex(facts.communes.index)
    return inside.astype(float).div(totals, axis="columns")


def build(sectors: pd.Series, zones: pd.DataFrame, facts: Facts, about: dict[str, str]) -> Zoning:
    """A zoning from the zone of each sector.

    Parameters
    ----------
    sectors : index sector, zone id
    zones : index zone id in geographical order; columns label, ols
    facts : tables of sectors and totals
    about : id, label, niveau, statut, source, date, version and, optionally, lien, methode
    """
    people = _shares(sectors, facts, "population_2024", zones.index)
    land = _shares(sectors, facts, "hectares", zones.index)
    here = people * facts.totaux[2024].reindex(people.columns)
    coverage = here.where(people >= WHOLE, 0.0).sum(axis=1) / here.sum(axis=1)
    return Zoning(
        id=about["id"],
        label=about["label"],
        level=about["niveau"],
        status=about["statut"],
        source=about["source"],
        date=about["date"],
        version=about["version"],
        link=about.get("lien", ""),
        method=about.get("methode", ""),
        adopted=about.get("adopte_le", "")[:10],
        validated=tuple(ols for ols in about.get("ols_validees", "").split(",") if ols),
        zones=zones,
        sectors=sectors,
        people=people,
        land=land,
        coverage=coverage.round(12),
    )


def from_file(name: str, facts: Facts) -> Zoning:
    """The zoning ``decoupages/<name>.csv`` of the facts (``name``: "ols", "bassins")."""
    rows, about = facts.decoupages[name]
    file = f"decoupages/{name}.csv"
    by_sector = "secteur" in rows
    sectors = _by_sector(rows, facts, file) if by_sector else membership(rows, facts, file)
    zones = rows.drop_duplicates("zone").set_index("zone")[["label"]].sort_index()
    if about["niveau"] == "ols":
        return build(sectors, zones.assign(ols=zones.index), facts, about)
    if about["niveau"] == "autre":
        return build(sectors, zones.assign(ols=""), facts, about)
    held = zoning("ols", facts).sectors
    owner = held.groupby(sectors).agg(["nunique", "first"])
    split = owner.index[owner["nunique"] > 1]
    if len(split):
        here = held[sectors.reindex(held.index) == split[0]]
        strays = here.index[here != here.mode()[0]]
        code = facts.secteurs.at[strays[0], "refnis"]
        raise DataError(
            f"{file} : le bassin {split[0]} est à cheval sur plusieurs OLS "
            f"({', '.join(sorted(set(here)))}) ; {facts.communes.at[code, 'nom']} ({code}) "
            f"est dans l’OLS {here[strays[0]]}."
        )
    lost = sectors.index.difference(held.index)
    if len(lost):
        code = facts.secteurs.at[lost[0], "refnis"]
        raise DataError(
            f"{file} : {facts.communes.at[code, 'nom']} ({code}) n’est dans aucune OLS et ne peut "
            f"être dans le bassin {sectors[lost[0]]}."
        )
    return build(sectors, zones.assign(ols=owner["first"]), facts, about)


def zoning(name: str, facts: Facts | None = None) -> Zoning:
    """A zoning by name: a file of ``decoupages/``, "communes" (261) or "wallonie" (all of them).

    Raises
    ------
    DataError
        If there is no zoning of that name, or its file is wrong.

    Examples
    --------
    >>> zoning("ols").zone("06").title
    '06 Namur-Dinant'
    >>> len(zoning("communes").zones), float(zoning("ols").coverage.round(3)["05"])
    (261, 0.961)
    """
    return _zoning(name, facts or tables.load())


@remembered(maxsize=16)
def _zoning(name: str, facts: Facts) -> Zoning:
    if name in facts.decoupages:
        return from_file(name, facts)
    about = {
        "source": "Statbel, code REFNIS",
        "date": "1/1/2025",
        "version": "2025",
        "statut": "officiel",
        "lien": "https://statbel.fgov.be/fr/propos-de-statbel/methodologie/classifications",
    }
    if name == "communes":
        zones = facts.communes[["nom"]].rename(columns={"nom": "label"})
        ols = zoning("ols", facts)
        zones["ols"] = ols.people.idxmax().where(ols.people.sum() > 0, "")
        zones.index.name = "zone"
        about |= {"id": "communes", "label": "Communes", "niveau": "commune"}
        return build(facts.secteurs["refnis"], zones, facts, about)
    if name == WALLONIE:
        everywhere = pd.Series(WALLONIE, index=facts.secteurs.index)
        zones = pd.DataFrame({"label": ["Wallonie"], "ols": [""]}, index=[WALLONIE])
        about |= {"id": WALLONIE, "label": "Wallonie", "niveau": WALLONIE}
        return build(everywhere, zones, facts, about)
    raise DataError(f"Découpage inconnu : « {name} ».")


def zoning_of(level: str) -> Zoning:
    """The zoning in force at a level ("wallonie", "ols", "bassin", "commune").

    Raises
    ------
    DataError
        If the level does not exist.
    """
    names = {"bassin": "bassins", "commune": "communes"}
    if level not in LEVELS:
        known = ", ".join(LEVELS)
        raise DataError(f"Niveau inconnu : « {level} ». Niveaux possibles : {known}.")
    return zoning(names.get(level, level))


def find(zone_id: str) -> Zone:
    """The territory of that id: "wallonie", an OLS ("05"), a bassin ("05-92142") or a commune.

    Raises
    ------
    DataError
        If no zone has this id.
    """
    for level in LEVELS:
        here = zoning_of(level)
        if zone_id in here._by_id:
            return here.zone(zone_id)
    raise DataError(f"Territoire inconnu : « {zone_id} ».")


def split_communes(zone: Zone) -> pd.Series:
    """Communes that lie only partly in a zone: index refnis, share of inhabitants inside."""
    shares = zoning_of(zone.level).people.loc[zone.id]
    return shares[(shares > 0) & (shares < 1)]


@remembered(maxsize=4)
def outside(facts: Facts | None = None) -> pd.DataFrame:
    """The communes that lie in no OLS (the nine German-speaking ones)."""
    facts = facts or tables.load()
    held = zoning("ols", facts).people.sum()
    return facts.communes[np.isclose(held, 0.0)]


@remembered(maxsize=4)
def moved_sections(facts: Facts | None = None) -> pd.DataFrame:
    """Sections that the OLS zoning takes out of their commune's territory.

    Returns
    -------
    DataFrame, index section; nom, refnis, commune, vers (zone that has it), de (the commune's).

    Examples
    --------
    >>> moved_sections()["nom"].tolist()
    ['Sosoye-Maredret', 'Denée-Maredsous', 'Bioul', 'Malonne']
    """
    facts = facts or tables.load()
    rows, _ = facts.decoupages["ols"]
    home = rows[rows["section"].isna()].set_index("refnis")["zone"]
    parts = rows[rows["section"].notna()].set_index("section").sort_index()
    return pd.DataFrame(
        {
            "nom": facts.sections["nom"].reindex(parts.index),
            "refnis": parts["refnis"],
            "commune": parts["refnis"].map(facts.communes["nom"]),
            "vers": parts["zone"],
            "de": parts["refnis"].map(home),
        }
    )
