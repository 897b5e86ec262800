"""Put a proposal in force: the whole dashboard then reads the bassins of this OLS from it.

The zoning in force always covers the ten OLS: adopting a proposal replaces the bassins of its OLS
and leaves the others as they are. « Officiel » is the Government's word, never used here.
"""

from __future__ import annotations

import pandas as pd

from olsdata import local, tables, territory, words
from olsdata.drawing import book, facts
from olsdata.drawing.book import Drawing
from olsdata.drawing.plan import Plan
from olsdata.drawing.starts import start
from olsdata.local import zonings
from olsdata.local.zonings import Version
from olsdata.notes import actors
from olsdata.notes.actors import Actor, DeniedError
from olsdata.registry import checks, rights
from olsdata.tables import DataError

LEVEL = "bassin"
VALIDATED = "ols_validees"
"""Key of the description: OLS whose bassins were adopted, in order, separated by commas."""

ELSEWHERE = "ailleurs"
"""Key of the description: where the bassins of the other OLS come from."""

SOURCE_MOST, WHY_MOST = 300, 300


def rows(plan: Plan) -> pd.DataFrame:
    """The bassins in force with those of a plan in their place, as rows of a zoning file.

    Raises
    ------
    DataError
        If the plan leaves something of its OLS in no bassin.
    """
    if plan.nowhere:
        names = [f"{name} ({code})" for code, name in facts.nowhere(plan)["nom"].items()]
        raise DataError(
            f"{words.plural(len(names), 'section')} dans aucun bassin : "
            f"{words.listing(names, most=8)}. Un découpage en vigueur couvre toute l’OLS."
        )
    current = territory.zoning("bassins")
    sections = tables.load().secteurs["section"]
    of = current.sectors.groupby(sections.reindex(current.sectors.index)).first()
    ols = current.zones["ols"]
    others = of[of.map(ols) != plan.ols]
    names = current.zones["label"][ols != plan.ols].to_dict()
    zone = pd.concat([others[~others.index.isin(plan.of)], pd.Series(plan.of, dtype=object)])
    return zonings.rows_of(zone, names | plan.names)


def validated(version: Version) -> list[str]:
    """OLS whose bassins were adopted by themselves, in a version of the zoning."""
    about = version.about
    if about["statut"] == "validé" and VALIDATED not in about:
        return [str(ols) for ols in territory.zoning("ols").zones.index]
    return [ols for ols in about.get(VALIDATED, "").split(",") if ols]


def fixed() -> str:
    """Source of the bassins in force when the Government has fixed them, "" otherwise."""
    about = zonings.in_force(LEVEL).about
    return about["source"] if about["statut"] == "officiel" else ""


def in_force(drawing: Drawing) -> bool:
    """Whether the bassins in force in its OLS are those of a proposal."""
    return start("vigueur", drawing.ols) == drawing.plan


def adopt(
    actor: Actor, id_: str, seen: int, source: str, date: str, role: str, why: str = ""
) -> Version:
    """Put a proposal in force for its OLS, and mark it « validé par l'OLS ».

    Parameters
    ----------
    seen : revision that was looked at
    source : who decided, and where that can be read
    date : day of the decision, as precise as known

    Raises
    ------
    DataError
        If the actor may not, a text is wrong, the proposal is incomplete or changed in between.
        Nothing is then in force but what was.
    """
    drawing = book.get(actor, id_)
    book.allow(actor, drawing.ols, actors.ADOPT)
    source = checks.text(source, "Source de la décision", SOURCE_MOST, required=True)
    day = checks.day(date, "Date de la décision")
    role, why = rights.role(actor, role), checks.text(why, "Pourquoi", WHY_MOST)
    if fixed():
        raise DataError(
            f"Les bassins en vigueur sont officiels ({fixed()}) : une OLS ne les remplace pas."
        )
    if drawing.revision != seen:
        raise DataError(f"« {drawing.name} » a été modifiée entre-temps : relisez-la.")
    found = rows(drawing.plan)
    before = zonings.in_force(LEVEL)
    mine = sorted({*validated(before), drawing.ols})
    every = list(territory.zoning("ols").zones.index)
    name = territory.find(drawing.ols).title
    told = f"{name} : {source}, {checks.french_date(day)}"
    others = [line for line in _decisions(before) if not line.startswith(f"{name} : ")]
    elsewhere = before.about.get(ELSEWHERE) or _elsewhere(before)
    meta = {
        "label": "Bassins de vie",
        "statut": "validé" if mine == every else before.about["statut"],
        "source": " ; ".join([*others, told])
        + ("" if len(others) + 1 == len(every) else f" ; ailleurs : {elsewhere}"),
        "date": day,
        "methode": f"Bassins de {name} : proposition « {drawing.name} » "
        f"(départ : {drawing.origin}), redessinée par unités entières, communes ou sections.",
        "par": role,
        "pourquoi": why,
        VALIDATED: ",".join(mine),
        "decisions": " | ".join([*others, told]),
        ELSEWHERE: elsewhere,
    }
    version = local.adopt(LEVEL, found, meta)
    book.validate(actor, id_, seen, f"Adopté pour {name} : {source}", role, why)
    return version


def back(actor: Actor, ols: str) -> Version:
    """Put the bassins before in force again, in every OLS that the last version changed.

    Raises
    ------
    DeniedError
        If the actor may not adopt for this OLS, or the last version changed other OLS too and
        the actor may not replace the zoning of all.
    DataError
        As ``olsdata.local.back``.
    """
    book.allow(actor, ols, actors.ADOPT)
    others = [other for other in _touched() if other != ols]
    if others and not actors.may(actor, actors.REPLACE):
        said = words.listing([f"l’OLS {other}" for other in others])
        raise DeniedError(
            f"Le dernier découpage adopté change aussi {said} : "
            "chaque OLS revient sur les bassins qu’elle a adoptés."
        )
    return local.back(LEVEL)


def _touched() -> list[str]:
    """OLS whose bassins differ between the version in force and the one before it."""
    name = zonings.NAMES[LEVEL]
    pile = ["", *local.state().decoupages.get(name, [])]
    now, before = (
        set(zonings.tidy(zonings.read(name, version)[0]).fillna("").itertuples(index=False))
        for version in (pile[-1], pile[-2] if len(pile) > 1 else "")
    )
    return sorted({str(row[0]).split("-")[0] for row in now ^ before})


def _elsewhere(version: Version) -> str:
    """Where the bassins come from in the OLS that have not adopted any."""
    if not version.id or VALIDATED in version.about:
        return "grille de départ, calculée et provisoire"
    return f"{version.about['source']} ({words.standing(version.about['statut'])})"


def _decisions(version: Version) -> list[str]:
    return [line for line in version.about.get("decisions", "").split(" | ") if line]
