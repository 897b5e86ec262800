"""Two zonings side by side: inhabitants, what moves, structures that hold together or no longer."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from olsdata import figures, structures, tables, words
from olsdata.territory import Zoning

YEAR = 2026
"""Year of the inhabitants that are compared (1 January)."""

WHOLE_COMMUNE = "commune entière"
OUTSIDE = "hors zone"
TOGETHER, ACROSS = "d’un seul tenant", "à cheval"


@dataclass(frozen=True, eq=False)
class Comparison:
    """What differs between two zonings of one level.

    Attributes
    ----------
    zones : index zone; label_a, label_b, habitants_a, habitants_b, ecart (persons, 1/1/2026)
    moves : refnis, commune, partie, de, vers, habitants (persons located in sectors, 2024)
    structures : index structure; nom, type, avant, apres, sens (``TOGETHER``, ``ACROSS``): those
        that come to lie in one zone, or no longer do
    """

    zones: pd.DataFrame
    moves: pd.DataFrame
    structures: pd.DataFrame

    @property
    def sentence(self) -> str:
        """The whole in one sentence."""
        if self.moves.empty:
            return "Rien ne bouge : les deux découpages tracent les mêmes zones."
        count = self.moves["refnis"].nunique()
        people = words.plural(float(self.moves["habitants"].sum()), "habitant")
        start = f"{words.plural(count, 'commune')}, en tout ou en partie ({people}), "
        start += "changent de zone" if count > 1 else "change de zone"
        if self.structures.empty:
            return f"{start} ; aucune structure n’en devient, ni n’en cesse d’être, à cheval."
        counts = self.structures["sens"].value_counts()
        gained, lost = (int(counts.get(sense, 0)) for sense in (TOGETHER, ACROSS))
        return (
            f"{start} ; {words.plural(gained, 'structure')} de plus dans une seule zone, "
            f"{words.number(lost)} de plus à cheval."
        )


def compare(a: Zoning, b: Zoning) -> Comparison:
    """Compare two zonings of one level; zones are the same when their ids are."""
    return Comparison(_zones(a, b), moves(a, b), _structures(a, b))


def _zones(a: Zoning, b: Zoning) -> pd.DataFrame:
    ids = sorted({*a.zones.index, *b.zones.index})
    frame = pd.DataFrame(index=pd.Index(ids, name="zone"))
    for side, zoning in (("a", a), ("b", b)):
        frame[f"label_{side}"] = zoning.zones["label"].reindex(ids).fillna("")
    for side, zoning in (("a", a), ("b", b)):
        frame[f"habitants_{side}"] = figures.population(YEAR, zoning)["valeur"].reindex(ids)
    frame["ecart"] = frame["habitants_b"].fillna(0) - frame["habitants_a"].fillna(0)
    return frame


def moves(a: Zoning, b: Zoning) -> pd.DataFrame:
    """Communes and sections that change zone, one row per commune and change."""
    facts = tables.shipped()
    frame = facts.secteurs[["section", "refnis", "population_2024"]].copy()
    frame["de"], frame["vers"] = a.sectors, b.sectors
    frame[["de", "vers"]] = frame[["de", "vers"]].fillna(OUTSIDE)
    moved = frame[frame["de"] != frame["vers"]]
    inside = facts.sections.groupby("refnis").size()
    rows = []
    for (code, origin, target), part in moved.groupby(["refnis", "de", "vers"]):
        sections = part["section"].drop_duplicates()
        whole = len(sections) == inside[code]
        named = words.listing(facts.sections.loc[sections, "nom"].tolist(), most=6)
        rows.append(
            (
                code,
                facts.communes.at[code, "nom"],
                WHOLE_COMMUNE if whole else named,
                origin,
                target,
                int(part["population_2024"].sum()),
            )
        )
    columns = ["refnis", "commune", "partie", "de", "vers", "habitants"]
    return pd.DataFrame(rows, columns=columns)


def _structures(a: Zoning, b: Zoning) -> pd.DataFrame:
    """Structures whose zone lies in one zone of a zoning and not of the other."""
    rows = []
    for kind, type_ in structures.types().items():
        before, after = (structures.straddling(kind, zoning) for zoning in (a, b))
        known = structures.coherence(kind, a).index
        for id_ in known:
            was, becomes = id_ in before.index, id_ in after.index
            if was == becomes:
                continue
            said = [_said(found, id_) for found in (before, after)]
            name = (before if was else after).at[id_, "nom"]
            rows.append((id_, name, type_.title, *said, TOGETHER if was else ACROSS))
    columns = ["structure", "nom", "type", "avant", "apres", "sens"]
    frame = pd.DataFrame(rows, columns=columns).set_index("structure")
    return frame.sort_values(["type", "nom"])


def _said(straddling: pd.DataFrame, id_: str) -> str:
    if id_ not in straddling.index:
        return "une seule zone"
    return f"à cheval sur {words.plural(int(straddling.at[id_, 'zones']), 'zone')}"
