"""Meso structures: who is covered by what, how densely, and whose zone does not fit ours.

A structure covers communes, each with a share of its inhabitants: 1 for the whole commune, empty
when the source does not say. An unknown share counts as « touched »: what is covered is then an
interval. Nothing is extrapolated from what is recorded to what is not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from olsdata import catalogue, figures, tables, territory
from olsdata.local import remembered
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning

TYPES = tables.STRUCTURE_TYPES
YEAR = 2026
"""Population beside the structures: that of 1 January of this year."""

ENOUGH = 0.8
"""Share of the published structures, or of a zone's inhabitants, from which figures open."""

OUTSIDE = "hors"
"""Id of what lies in no zone of a zoning."""

HEADINGS = {
    "missions": "Missions",
    "exemple": "Exemple",
    "origine": "Origine",
    "composition": "Acteurs",
    "pilotage": "Pilotage",
    "territoire": "Territoire",
    "financement": "Financement",
    "forme_juridique": "Forme juridique",
    "contrats": "Contrats",
    "satisfaction": "Satisfaction",
}
"""The ten headings that describe a structure, as the cards name them and in French."""

NEEDED = ("titre", "titre_pluriel", "aide", *HEADINGS, "regle", "regle_type", "sources")
"""What each card must hold; a heading may be empty, never absent."""

LINKED = {"ols": "OLS", "ccsad": "CCSAD", "ssm": "SSM"}
"""Ends of links that are no type of the registry."""

COMPARABLE, DEDUCED, MINIMUM, UNKNOWN = "comparable", "comparable_deduit", "minimum", "inconnu"


@dataclass(frozen=True)
class Type:
    """Card of a type of structure: what it does, by what rule, with what sources."""

    id: str
    title: str
    plural: str
    about: dict[str, Any]

    def text(self, key: str) -> str:
        """One heading of the card, "" when nothing is known."""
        return str(self.about.get(key, "")).strip()


@remembered(maxsize=1)
def types() -> dict[str, Type]:
    """The eleven types, in the order of the registry.

    Raises
    ------
    DataError
        If a card is missing, unreadable, or lacks a heading.
    """
    found = {}
    for id_ in TYPES:
        path = catalogue.CARDS / "structures" / f"{id_}.toml"
        try:
            about = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise DataError(f"structures/{id_}.toml : illisible ({error}).") from None
        absent = [key for key in NEEDED if key not in about]
        if absent:
            raise DataError(f"structures/{id_}.toml : il manque {', '.join(absent)}.")
        found[id_] = Type(id_, str(about["titre"]), str(about["titre_pluriel"]), about)
    return found


def type_(id_: str) -> Type:
    """The card of a type.

    Raises
    ------
    DataError
        If the type does not exist; names those that do.
    """
    if id_ not in TYPES:
        raise DataError(f"Type de structure inconnu : « {id_} ». Types : {', '.join(TYPES)}.")
    return types()[id_]


# --- What is recorded ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Completeness:
    """How much of a type is known: « n recensés, dont m avec leur zone, sur N publiés ».

    Attributes
    ----------
    recorded : structures in the registry, German-speaking ones apart
    sourced : those of status « source » (the others are to be checked)
    with_zone : recorded structures with at least one commune
    with_known_share : those with at least one commune whose share is known
    open_zone : structures of status « source » with a zone: what the 80 % rule counts
    deduced : whether no zone was read as a list of communes
    published : total published for Wallonia, or None
    """

    recorded: int
    sourced: int
    with_zone: int
    with_known_share: int
    open_zone: int
    deduced: bool
    published: int | None
    published_year: str
    source: str
    remark: str

    @property
    def open(self) -> bool:
        """Whether density and comparison open for this type."""
        return bool(self.published) and self.open_zone / (self.published or 1) >= ENOUGH


def _facts(facts: Facts | None) -> Facts:
    return facts or tables.load()


def recorded(kind: str, facts: Facts | None = None) -> pd.DataFrame:
    """Structures of a type in the registry, German-speaking ones apart; index id."""
    type_(kind)
    every = _facts(facts).structures
    return every[(every["type"] == kind) & (every["germanophone"] == 0)]


@remembered(maxsize=64)
def completeness(kind: str, facts: Facts | None = None) -> Completeness:
    """What the registry knows of a type, against its published total.

    Examples
    --------
    >>> c = completeness("clps")
    >>> c.recorded, c.with_zone, c.published, c.open
    (9, 9, 9, True)
    >>> c = completeness("cercle_mg")
    >>> c.with_zone, c.with_known_share, c.published, c.open
    (33, 14, 59, False)
    """
    facts = _facts(facts)
    mine = recorded(kind, facts)
    zones = facts.couverture[facts.couverture["structure"].isin(mine.index)]
    with_zone = set(zones["structure"])
    totals = facts.totaux_structures
    chosen = totals[(totals["type"] == kind) & (totals["reference"] == 1)]
    total = chosen.iloc[0] if len(chosen) else None
    sourced = set(mine.index[mine["statut"] == "source"])
    return Completeness(
        recorded=len(mine),
        sourced=len(sourced),
        with_zone=len(with_zone),
        with_known_share=zones.loc[zones["part"].notna(), "structure"].nunique(),
        open_zone=len(with_zone & sourced),
        deduced=bool(len(zones)) and not (zones["statut"] == "source").any(),
        published=int(total["total"]) if total is not None else None,
        published_year="" if total is None or pd.isna(total["annee"]) else str(total["annee"]),
        source="" if total is None else str(total["source"]),
        remark="" if total is None or pd.isna(total["remarque"]) else str(total["remarque"]),
    )


# --- Who is covered -----------------------------------------------------------------------------


def _inhabitants(facts: Facts) -> pd.Series:
    return facts.totaux[YEAR].astype(float)


def _with_outside(zoning: Zoning) -> pd.DataFrame:
    """Zones × communes shares of people, with a last row for what lies in no zone."""
    people = zoning.people
    rest = (1 - people.sum()).clip(lower=0).round(12)
    return pd.concat([people, rest.to_frame(OUTSIDE).T])


@remembered(maxsize=256)
def shares(kind: str, facts: Facts | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Share of each commune that each structure of a type covers.

    Returns
    -------
    Two tables, structures × communes: least share (0 where it is unknown) and greatest share
    (1 where it is unknown). Only structures with a zone have a row.
    """
    facts = _facts(facts)
    pairs = facts.couverture[facts.couverture["structure"].isin(recorded(kind, facts).index)]
    ids = list(dict.fromkeys(pairs["structure"]))

    def table(unknown: float) -> pd.DataFrame:
        wide = pairs.assign(part=pairs["part"].fillna(unknown)).pivot(
            index="structure", columns="refnis", values="part"
        )
        return wide.reindex(index=ids, columns=facts.communes.index).fillna(0.0).astype(float)

    return table(0.0), table(1.0)


def covered(kind: str, facts: Facts | None = None) -> tuple[pd.Series, pd.Series]:
    """Share of each commune in at least one structure's zone: bounds over every overlap."""
    least, most = shares(kind, facts)
    if least.empty:
        nothing = pd.Series(0.0, index=least.columns)
        return nothing, nothing
    return least.max(), most.sum().clip(upper=1.0)


@remembered(maxsize=256)
def coverage(kind: str, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Who is covered by a type in each zone.

    Parameters
    ----------
    kind : type of structure
    zoning : zones, in the order of the result

    Returns
    -------
    DataFrame, index zone: habitants (1/1/2026), touchent (structures with a commune there),
    part_min and part_max (share of the inhabitants in at least one structure's zone, from the
    known shares to all), sans (communes covered by none), plusieurs (communes touched by
    several).
    """
    facts = _facts(facts)
    _, most = shares(kind, facts)
    people = _inhabitants(facts)
    inside = zoning.people * people
    total = inside.sum(axis=1)
    low, high = covered(kind, facts)
    here = zoning.people.to_numpy() > 0
    touch = (most.to_numpy() > 0).astype(float)
    reach = (here.astype(float) @ touch.T > 0).sum(axis=1) if len(most) else np.zeros(len(total))
    count = touch.sum(axis=0)
    return pd.DataFrame(
        {
            "habitants": total,
            "touchent": pd.Series(reach, index=total.index).astype(int),
            "part_min": (inside @ low) / total,
            "part_max": (inside @ high) / total,
            "sans": (here & (count == 0)).sum(axis=1),
            "plusieurs": (here & (count > 1)).sum(axis=1),
        },
        index=zoning.zones.index,
    )


@remembered(maxsize=256)
def allocation(kind: str, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Each structure counts 1, spread over the zones in proportion to the people it covers.

    Known shares only: a structure without any known share is left out (``left_out``).

    Returns
    -------
    DataFrame, structures × (zones and "hors"); each row sums to 1, so that the whole sums to the
    number of structures that have a zone with a known share.
    """
    facts = _facts(facts)
    least, _ = shares(kind, facts)
    covered = least * _inhabitants(facts)
    spread = covered @ _with_outside(zoning).T
    totals = covered.sum(axis=1)
    return spread[totals > 0].div(totals[totals > 0], axis="index")


def left_out(kind: str, facts: Facts | None = None) -> pd.DataFrame:
    """Structures of a type that allocation cannot place: no zone, or no known share."""
    least, _ = shares(kind, facts)
    placed = least.index[least.sum(axis=1) > 0]
    mine = recorded(kind, facts)
    return mine[~mine.index.isin(placed)]


# --- How densely --------------------------------------------------------------------------------


def judge(kind: str, inhabitants: float) -> str:
    """A density against the planning rule of its type.

    Parameters
    ----------
    kind : type of structure
    inhabitants : inhabitants per structure

    Returns
    -------
    "conforme"; "au-dessus" or "en dessous" of the inhabitants that the rule gives a structure;
    "règle non applicable" when the rule is not one of inhabitants; "" when the rule applies but
    the density is not known.

    Examples
    --------
    >>> judge("plateforme_palliative", 450_000), judge("plateforme_palliative", 1_200_000)
    ('conforme', 'au-dessus')
    >>> judge("clps", 400_000)
    'règle non applicable'
    """
    about = type_(kind).about
    if about.get("regle_type") != "habitants_par_structure":
        return "règle non applicable"
    if not np.isfinite(inhabitants):
        return ""
    if inhabitants < float(about["regle_min"]):
        return "en dessous"
    return "au-dessus" if inhabitants > float(about["regle_max"]) else "conforme"


@remembered(maxsize=256)
def density(
    kind: str,
    zoning: Zoning,
    declared: frozenset[str] = frozenset(),
    facts: Facts | None = None,
) -> pd.DataFrame:
    """Structures for the inhabitants of each zone, under the completeness guard.

    Density opens for the whole type from 80 % of the published structures with a zone, or for
    one zone that its facilitator declared complete; never where the zone of less than 80 % of a
    zone's inhabitants is known.

    Parameters
    ----------
    kind : type of structure
    zoning : zones, in the order of the result
    declared : ids of the zones declared complete for this type

    Returns
    -------
    DataFrame, index zone: label, structures_allouees, touchent, habitants, part_couverte_min,
    part_couverte_max, densite_100k (NaN under the guard), habitants_par_structure,
    km2_par_structure (both NaN under the guard), minimum_100k (a lower bound, always given),
    regle, recenses, avec_zone, publies, statut ("comparable", "comparable_deduit" when every
    zone is deduced, "minimum", "inconnu").

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> density("clps", zoning("ols"))["statut"].unique().tolist()
    ['comparable']
    >>> bool(density("cercle_mg", zoning("ols"))["densite_100k"].isna().all())
    True
    """
    facts = _facts(facts)
    known = completeness(kind, facts)
    cover = coverage(kind, zoning, facts)
    allotted = allocation(kind, zoning, facts).sum().reindex(zoning.zones.index).fillna(0.0)
    opened = pd.Series(known.open, index=cover.index) | cover.index.isin(declared)
    opened &= cover["part_max"] >= ENOUGH
    rate = 100_000 * allotted / cover["habitants"]
    land = figures.total("area_km2_2026", zoning, facts)
    per = (cover["habitants"] / allotted).where(allotted > 0).where(opened)
    state = np.where(opened, DEDUCED if known.deduced else COMPARABLE, MINIMUM)
    state = np.where(cover["touchent"].eq(0) & ~opened, UNKNOWN, state)
    return pd.DataFrame(
        {
            "label": zoning.zones["label"],
            "structures_allouees": allotted,
            "touchent": cover["touchent"],
            "habitants": cover["habitants"],
            "part_couverte_min": cover["part_min"],
            "part_couverte_max": cover["part_max"],
            "densite_100k": rate.where(opened),
            "habitants_par_structure": per,
            "km2_par_structure": (land / allotted).where(allotted > 0).where(opened),
            "minimum_100k": rate,
            "regle": [judge(kind, float(p)) for p in per],
            "recenses": known.recorded,
            "avec_zone": known.with_zone,
            "publies": known.published,
            "statut": state,
        },
        index=zoning.zones.index.rename("zone"),
    )


def regional_density(kind: str) -> float:
    """Inhabitants of the ten OLS per published structure; NaN without a published total.

    >>> round(regional_density("cercle_mg"), -2)
    61600.0
    """
    published = completeness(kind).published
    people = figures.population(YEAR, territory.zoning("ols"))["valeur"].sum()
    return float(people) / published if published else float("nan")


# --- Rules as formulas --------------------------------------------------------------------------

CCSAD_SLICE, CCSAD_LEAST, CCSAD_MOST, CCSAD_OF_ONE_FEDERATION = 100_000, 3, 5, 2
"""Rule of 2009-2012 for the centres de coordination: inhabitants of a slice, least and most
centres in a zone, and most of one federation."""


def ccsad_places(inhabitants: float, aged_60: float) -> int:
    """Centres de coordination that the rule of 2009-2012 gives a zone.

    One per started slice of 100,000 inhabitants, those aged 60 and over counted twice; never
    fewer than three nor more than five.

    Parameters
    ----------
    inhabitants : of the zone, all ages, >= 0
    aged_60 : among them, those aged 60 and over

    Raises
    ------
    ValueError
        If a number is negative, or those aged 60 and over are more than all.

    Examples
    --------
    >>> ccsad_places(250_000, 60_000), ccsad_places(90_000, 20_000), ccsad_places(600_000, 150_000)
    (4, 3, 5)
    """
    if not 0 <= aged_60 <= inhabitants:
        raise ValueError(f"not people of a zone: {aged_60} aged 60 and over of {inhabitants}")
    slices = int(np.ceil((inhabitants + aged_60) / CCSAD_SLICE))
    return min(max(slices, CCSAD_LEAST), CCSAD_MOST)


# --- Territorial coherence ----------------------------------------------------------------------


@remembered(maxsize=256)
def coherence(kind: str, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Share of each structure's population in each zone.

    A structure whose shares are all unknown is placed by the communes that it touches.

    Returns
    -------
    DataFrame, structures × (zones and "hors"); each row sums to 1.
    """
    facts = _facts(facts)
    people = covered_people(kind, facts)
    spread = people @ _with_outside(zoning).T
    return spread.div(people.sum(axis=1), axis="index")


@remembered(maxsize=64)
def covered_people(kind: str, facts: Facts | None = None) -> pd.DataFrame:
    """Inhabitants (1/1/2026) that each structure covers in each commune.

    Known shares; all the inhabitants of the touched communes for a structure without any.
    """
    facts = _facts(facts)
    least, most = shares(kind, facts)
    known = least.sum(axis=1) > 0
    return least.where(known, most, axis="index") * _inhabitants(facts)


def concerned(kind: str, ids: Collection[str], facts: Facts | None = None) -> float:
    """Inhabitants (1/1/2026) that some structures of a type cover, each person once.

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> concerned("clps", straddling("clps", zoning("ols")).index)
    2191650.0
    """
    covered = covered_people(kind, facts).loc[list(ids)].sum()
    return float(covered.clip(upper=_inhabitants(_facts(facts))).sum())


def coherence_index(kind: str, zoning: Zoning, facts: Facts | None = None) -> float:
    """Share of the covered population whose structure lies wholly in one zone.

    1 when every structure of the type stays inside a zone; NaN when no structure has a zone.
    What lies in no zone at all (German-speaking communes for the OLS) counts as another zone.

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> coherence_index("clps", zoning("clps"))
    1.0
    """
    matrix = coherence(kind, zoning, facts)
    people = covered_people(kind, facts).sum(axis=1)
    if matrix.empty:
        return float("nan")
    whole = matrix.max(axis=1) > 1 - 1e-9
    return float(people[whole].sum() / people.sum())


def straddling(kind: str, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Structures whose zone crosses a limit, and how many inhabitants that concerns.

    Returns
    -------
    DataFrame, index structure, by name: nom, principale (zone that holds most of its people),
    ailleurs (inhabitants covered outside it), zones (number of zones), statut, deduit (whether
    its communes are deduced), inconnu (whether its shares are unknown).
    """
    facts = _facts(facts)
    matrix = coherence(kind, zoning, facts)
    people = covered_people(kind, facts).sum(axis=1)
    least, _ = shares(kind, facts)
    pairs = facts.couverture
    read = set(pairs.loc[pairs["statut"] == "source", "structure"])
    frame = pd.DataFrame(
        {
            "nom": facts.structures["nom"].reindex(matrix.index),
            "principale": matrix.idxmax(axis=1) if len(matrix) else pd.Series(dtype=str),
            "ailleurs": people * (1 - matrix.max(axis=1)),
            "zones": (matrix > 1e-9).sum(axis=1),
            "statut": facts.structures["statut"].reindex(matrix.index),
            "deduit": [i not in read for i in matrix.index],
            "inconnu": least.sum(axis=1).eq(0),
        },
        index=matrix.index,
    )
    crossing = frame[(frame["zones"] > 1) & (frame["ailleurs"] > 0.5)]
    return crossing.sort_values("nom", key=lambda names: names.str.casefold())


def misplaced(kind: str, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Communes whose structure belongs mostly to another zone: what an alignment would move.

    Returns
    -------
    DataFrame: refnis, commune, zone (the commune's), structure, nom, principale (zone of the
    structure), habitants (of the commune, in its zone, covered by it).
    """
    facts = _facts(facts)
    matrix = coherence(kind, zoning, facts)
    people = covered_people(kind, facts)
    rows = []
    for id_ in matrix.index:
        home = str(matrix.loc[id_].idxmax())
        for code in people.columns[people.loc[id_] > 0]:
            for zone in zoning.people.index[zoning.people[code] > 0]:
                if zone != home:
                    count = people.at[id_, code] * zoning.people.at[zone, code]
                    rows.append(
                        (code, facts.communes.at[code, "nom"], zone, id_, home, float(count))
                    )
    columns = ["refnis", "commune", "zone", "structure", "principale", "habitants"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["nom"] = frame["structure"].map(facts.structures["nom"])
    return frame.sort_values(["zone", "commune"], ignore_index=True)


@remembered(maxsize=256)
def cells(
    kind: str,
    zoning: Zoning,
    declared: frozenset[str] = frozenset(),
    facts: Facts | None = None,
) -> pd.DataFrame:
    """What the coherence matrix shows of a type in each zone.

    Parameters
    ----------
    kind : type of structure
    zoning : zones, in the order of the result
    declared : ids of the zones declared complete for this type

    Returns
    -------
    DataFrame, index zone: touchent (recorded structures), a_cheval (share of the zone's covered
    inhabitants whose structure crosses its limits; NaN when nobody is known to be covered),
    ouvert (whether the cell may be compared: the type is open, or declared complete there, and
    the zone of at least 80 % of its inhabitants is known).
    """
    facts = _facts(facts)
    cover = coverage(kind, zoning, facts)
    people = covered_people(kind, facts)
    matrix = coherence(kind, zoning, facts)
    cross = matrix.index[matrix.max(axis=1) < 1 - 1e-9]
    most = _inhabitants(facts)
    inside = zoning.people @ people.sum().clip(upper=most)
    crossing = zoning.people @ people.loc[cross].sum().clip(upper=most)
    share = crossing / inside.where(inside > 0)
    return pd.DataFrame(
        {
            "touchent": cover["touchent"],
            "a_cheval": share,
            "ouvert": (cover["part_max"] >= ENOUGH)
            & (completeness(kind, facts).open | cover.index.isin(declared)),
        }
    )


def gaps(kind: str, zoning: Zoning, zone_id: str, facts: Facts | None = None) -> list[str]:
    """Names of the communes of a zone that no recorded structure covers."""
    facts = _facts(facts)
    _, most = shares(kind, facts)
    here = zoning.people.columns[zoning.people.loc[zone_id] > 0]
    count = (most > 0).sum().reindex(here).fillna(0)
    return sorted(facts.communes["nom"].reindex(here[count == 0]))


def overlaps(kind: str, zoning: Zoning, zone_id: str, facts: Facts | None = None) -> list[str]:
    """Names of the communes of a zone that several recorded structures touch."""
    facts = _facts(facts)
    _, most = shares(kind, facts)
    here = zoning.people.columns[zoning.people.loc[zone_id] > 0]
    count = (most > 0).sum().reindex(here).fillna(0)
    return sorted(facts.communes["nom"].reindex(here[count > 1]))


def coverage_of(kind: str, zoning: Zoning, zone_id: str, facts: Facts | None = None) -> list[str]:
    """Ids of the recorded structures of a type that touch a zone."""
    _, most = shares(kind, facts)
    here = zoning.people.columns[zoning.people.loc[zone_id] > 0]
    return list(most.index[(most[here] > 0).any(axis=1)])


def zones_by_commune(kind: str, facts: Facts | None = None) -> pd.DataFrame:
    """For a map: which structure each commune has.

    Returns
    -------
    DataFrame, index refnis of the communes that a recorded structure touches: structure (the
    first by id), noms (all of them), plusieurs (whether several touch it), deduit (whether no
    list of communes was read), inconnu (whether the share is unknown).
    """
    facts = _facts(facts)
    pairs = facts.couverture[facts.couverture["structure"].isin(recorded(kind, facts).index)]
    pairs = pairs.assign(nom=pairs["structure"].map(facts.structures["nom"]))
    groups = pairs.sort_values("structure").groupby("refnis")
    return pd.DataFrame(
        {
            "structure": groups["structure"].first(),
            "noms": groups["nom"].agg(" ; ".join),
            "plusieurs": groups.size() > 1,
            "deduit": groups["statut"].agg(lambda states: not (states == "source").any()),
            "inconnu": groups["part"].agg(lambda parts: bool(parts.isna().all())),
        }
    ).astype(dict.fromkeys(("plusieurs", "deduit", "inconnu"), bool))


def touching(kind: str, zoning: Zoning, zone_id: str, facts: Facts | None = None) -> pd.DataFrame:
    """Recorded structures that touch a zone, with what is known of each.

    Returns
    -------
    DataFrame, index id, by name: the registry's columns, and part (share of the zone's
    inhabitants, from known shares), part_max, deduit.
    """
    facts = _facts(facts)
    least, most = shares(kind, facts)
    inside = zoning.people.loc[zone_id] * _inhabitants(facts)
    total = float(inside.sum())
    low, high = least @ inside / total, most @ inside / total
    pairs = facts.couverture
    read = set(pairs.loc[pairs["statut"] == "source", "structure"])
    ids = high.index[high > 0]
    frame = facts.structures.loc[ids].assign(
        part=low[ids], part_max=high[ids], deduit=[i not in read for i in ids]
    )
    return frame.sort_values("nom", key=lambda names: names.str.casefold())


LISTED = [
    "type",
    "nom",
    "siege",
    "part",
    "deduit",
    "statut",
    "habitants",
    "a_cheval",
    "zones_ols",
    "annee",
    "source",
    "lien",
    "remarque",
]


@remembered(maxsize=32)
def listing(zoning: Zoning, zone_id: str, facts: Facts | None = None) -> pd.DataFrame:
    """Everything recorded that supports a zone, type by type: the list to print.

    Returns
    -------
    DataFrame, index id: type, nom, siege, part (share of the zone's inhabitants, NaN when it is
    not known), deduit, statut, habitants (that the structure covers in all), a_cheval (whether it
    crosses the limits of the OLS), zones_ols (its OLS and their share of its inhabitants, in %),
    annee, source, lien, remarque.
    """
    ols = territory.zoning("ols", facts)
    rows = []
    for kind in types():
        found = touching(kind, zoning, zone_id, facts)
        spread = coherence(kind, ols, facts).reindex(found.index)
        people = covered_people(kind, facts).sum(axis=1)
        rows.append(
            found.assign(
                type=kind,
                part=found["part"].where(found["part"] > 0),
                habitants=people.reindex(found.index),
                a_cheval=found.index.isin(straddling(kind, ols, facts).index),
                zones_ols=[_spread(row) for _, row in spread.iterrows()],
            )
        )
    return pd.concat(rows)[LISTED]


def _spread(shares_: pd.Series) -> str:
    """« 05 87 % ; 03 13 % », greatest share first.

    >>> _spread(pd.Series({"03": 0.13, "05": 0.87, "hors": 0.0}))
    '05 87 % ; 03 13 %'
    """
    shown = shares_[shares_ >= 0.005].sort_values(ascending=False)
    names = {OUTSIDE: "hors OLS"}
    return " ; ".join(f"{names.get(str(z), z)} {100 * part:.0f} %" for z, part in shown.items())


def double_meetings(links: pd.DataFrame, least: int = 3) -> pd.DataFrame:
    """Pairs of structures that sit together in several bodies (« instances »).

    Parameters
    ----------
    links : structure_a, structure_b, instance; rows without an instance do not count
    least : from how many bodies a pair is listed

    Returns
    -------
    DataFrame: a, b, instances (number), noms (their names, joined).
    """
    known = links[links["instance"].notna()]
    pairs = known[["structure_a", "structure_b"]].apply(
        lambda row: pd.Series(sorted(row), index=["a", "b"]), axis=1
    )
    if pairs.empty:
        return pd.DataFrame(columns=["a", "b", "instances", "noms"])
    grouped = known["instance"].groupby([pairs["a"], pairs["b"]])
    frame = grouped.agg(
        instances="nunique", noms=lambda names: " ; ".join(sorted(set(names)))
    ).reset_index()
    return frame[frame["instances"] >= least].reset_index(drop=True)
