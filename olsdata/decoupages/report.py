"""What a list would change, before anything changes: the report of ``verifier`` and of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from olsdata import checks, figures, local, tables, territory, words
from olsdata.decoupages import compare, reading
from olsdata.decoupages.reading import Reading
from olsdata.local import zonings
from olsdata.local.zonings import Version
from olsdata.notes import actors, book
from olsdata.notes.actors import LOCAL, Actor
from olsdata.registry import checks as fields
from olsdata.registry import declarations
from olsdata.tables import DataError
from olsdata.territory import Zoning

GUIDE = (10_000, 60_000)
"""« De 10 000 à quelques dizaines de milliers d'habitants »: a guide for a bassin, not a rule."""

HOW = {
    "code": "code REFNIS",
    "nom": "nom",
    "ancien code": "ancien code REFNIS",
    "ancien nom": "nom d’avant une fusion",
    "code postal": "code postal",
    "section": "section",
}


@dataclass
class Report:
    """What is right, wrong or to be known about a list.

    Attributes
    ----------
    level : "ols" or "bassin"
    reading : how the list was read
    meta : label, statut, source, date, lien of the zoning
    faults : what forbids the import
    warnings : what an official list may contain, but must be looked at
    remarks : what was understood, what follows
    zones : index zone; label, communes, habitants_2024, habitants_2026, morceaux, remarque
    zoning : the zoning that the list makes; None with a fault
    change : what moves from the zoning in force; None with a fault
    lost : places of notes that would no longer exist: id -> name and number of notes
    """

    level: str
    reading: Reading
    meta: dict[str, str]
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    zones: pd.DataFrame = field(default_factory=pd.DataFrame)
    zoning: Zoning | None = None
    change: compare.Comparison | None = None
    lost: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def recognised(self) -> str:
        """How the rows were recognised."""
        counts = self.reading.recognised
        said = [
            f"{words.number(counts[how])} par {name}" for how, name in HOW.items() if counts[how]
        ]
        return f"{words.plural(counts.total(), 'ligne reconnue', 'lignes reconnues')} : " + (
            words.listing(said) or "aucune"
        )


def check(data: bytes | Path, level: str, meta: dict[str, str]) -> Report:
    """Read a list and say what it would change; nothing is kept.

    Parameters
    ----------
    data : CSV, or where it lies
    level : "ols" or "bassin"
    meta : statut, source, date; optionally label, lien, version

    Raises
    ------
    DataError
        If the file is no list of communes by zone at all.
    """
    report = Report(level, reading.read(data, level), described(level, meta))
    found = report.reading
    report.faults += found.wrong
    if found.missing:
        count = words.plural(len(found.missing), "commune sans zone", "communes sans zone")
        report.faults.append(f"{count} : {words.listing(found.missing, most=12)}.")
    report.remarks += found.remarks
    if not report.faults:
        try:
            report.zoning = local.checked(level, found.rows, report.meta)
        except DataError as error:
            report.faults += str(error).splitlines()
    if report.zoning is not None:
        _look(report, report.zoning)
    return report


def described(level: str, meta: dict[str, str]) -> dict[str, str]:
    """The description of a zoning, dates and label settled.

    Raises
    ------
    DataError
        If the source, the date or the status is missing or wrong.
    """
    about = {key: text.strip() for key, text in meta.items() if text.strip()}
    if about.get("statut") not in tables.ZONING_STATES:
        raise DataError(f"Statut : {', '.join(tables.ZONING_STATES)}.")
    about["source"] = fields.text(about.get("source", ""), "Source", 400, required=True)
    about["date"] = fields.day(about.get("date", ""), "Date")
    if about.get("lien", "https://").split(":")[0] not in ("http", "https"):
        raise DataError("Lien : une adresse qui commence par https:// est attendue.")
    kind = "Territoires des OLS" if level == "ols" else "Bassins de vie"
    about.setdefault("label", f"{kind} du {words.day(about['date'])}")
    return about


def adopt(report: Report, actor: Actor = LOCAL) -> Version:
    """Put the list in force, for everyone.

    Raises
    ------
    DeniedError
        If the actor may not.
    DataError
        If the report has faults; nothing changes.
    """
    actors.require(actor, actors.REPLACE)
    if report.faults or report.zoning is None:
        raise DataError("\n".join(["Rien n’a été importé.", *report.faults]))
    return local.adopt(report.level, report.reading.rows, report.meta)


def back(level: str, actor: Actor = LOCAL) -> Version:
    """Put the version before in force again, for everyone.

    Raises
    ------
    DeniedError
        If the actor may not.
    """
    actors.require(actor, actors.REPLACE)
    return local.back(level)


def restore(level: str, version: str, actor: Actor = LOCAL) -> Version:
    """Put a version of the history in force, for everyone ("" for the shipped one).

    Raises
    ------
    DeniedError
        If the actor may not.
    """
    actors.require(actor, actors.REPLACE)
    return local.restore(level, version)


# --- What is looked at --------------------------------------------------------------------------


def _look(report: Report, zoning: Zoning) -> None:
    facts = tables.shipped()
    zone_of = zonings.sections_of(report.reading.rows, facts)
    people = {year: figures.population(year, zoning)["valeur"] for year in (2024, 2026)}
    pieces = reading.pieces(zone_of)
    report.zones = pd.DataFrame(
        {
            "label": zoning.zones["label"],
            "communes": (zoning.people > 0).sum(axis=1),
            "habitants_2024": people[2024],
            "habitants_2026": people[2026],
            "morceaux": pd.Series({zone: len(groups) for zone, groups in pieces.items()}),
        }
    )
    report.zones["remarque"] = _populations(report, people[2024])
    _contiguity(report, pieces)
    now = territory.zoning_of(report.level)
    report.change = compare.compare(now, zoning)
    if report.level == "ols":
        _of_the_ols(report, zoning)
    report.lost = lost_places(report.level, report.reading.rows)
    if report.lost:
        names = [f"{name} ({count})" for name, count in report.lost.values()]
        report.warnings.append(
            f"Notes à replacer ({sum(n for _, n in report.lost.values())}) : leur lieu disparaît. "
            f"{words.listing(names, most=8)}."
        )
    report.remarks.append(
        "Les notes posées sur une commune ou une section, et les structures, gardent leur place : "
        "elles suivent leurs communes."
    )


def _populations(report: Report, people: pd.Series) -> pd.Series:
    """A word per zone about its population of 2024."""
    low, high = checks.LEGAL_RANGE if report.level == "ols" else GUIDE
    said = pd.Series("", index=people.index)
    if report.level == "ols":
        said = said.mask(people >= figures.LEGAL_LINE, "450 000 ou plus")
        odd = people.index[(people < low) | (people > high)]
        said[odd] = "hors de 200 000–550 000"
        if len(odd):
            report.warnings.append(
                f"Hors de la fourchette légale ({words.number(low)} à {words.number(high)} "
                f"habitants au 1/1/2024) : {words.listing(list(odd))}."
            )
        large = list(people.index[people >= figures.LEGAL_LINE])
        report.remarks.append(
            f"À {words.number(figures.LEGAL_LINE)} habitants ou plus au 1/1/2024 : "
            f"{words.listing(large) or 'aucune zone'}."
        )
        return said
    small = people < low
    said = said.mask(small, "moins de 10 000")
    if small.any():
        report.remarks.append(
            f"{words.plural(int(small.sum()), 'bassin')} sous 10 000 habitants : le guide est « de "
            "10 000 à quelques dizaines de milliers », ce n’est pas une règle."
        )
    return said


def _contiguity(report: Report, pieces: dict[str, list[list[str]]]) -> None:
    facts = tables.shipped()
    for zone, groups in pieces.items():
        for group in groups[1:]:
            homes = sorted(set(facts.sections.loc[group, "refnis"]))
            names = words.listing(_named(group), most=4)
            if set(homes) <= set().union(*checks.ISLANDS.values()):
                report.remarks.append(f"{names} est détachée du reste de {zone} : la loi le veut.")
            else:
                report.warnings.append(f"{zone} n’est pas d’un seul tenant : {names} à part.")


def _of_the_ols(report: Report, zoning: Zoning) -> None:
    facts = tables.shipped()
    inside = facts.communes.drop(territory.outside(facts).index)
    count = len(zoning.zones)
    if count != 10:
        report.warnings.append(f"{count} territoires ; l’arrêté de 2024 en fixe 10.")
    german = facts.communes.index[facts.communes["germanophone"] == 1]
    held = zoning.people.sum()
    if (held.reindex(german) > 0).any():
        report.warnings.append("Des communes germanophones sont dans un territoire.")
    if len(inside) and not zonings.nests(_bassins_now(), report.reading.rows):
        after = zonings.bassins_within(report.reading.rows)
        report.warnings.append(
            "Les bassins en vigueur ne s’emboîtent plus : ils seront recoupés aux limites des OLS "
            f"({after['zone'].nunique()} bassins, statut provisoire). Revenir en arrière les rend."
        )
    change = report.change
    touched = set(change.moves["de"]) | set(change.moves["vers"]) if change else set()
    kept = [d for d in declarations() if d.ols in touched]
    if kept:
        ids = words.listing(sorted({d.ols for d in kept}))
        many = words.plural(len(kept), "déclaration")
        report.warnings.append(
            f"Registre : {many} « complet au … » à revoir, car la zone change (OLS {ids})."
        )


def _bassins_now() -> pd.DataFrame:
    rows: pd.DataFrame = tables.load().decoupages["bassins"][0]
    return rows


def lost_places(level: str, rows: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Places of notes that a change of zoning takes away: id -> name, number of notes.

    Parameters
    ----------
    level : "ols" or "bassin", the zoning that changes
    rows : what it becomes
    """
    facts = tables.shipped()
    if level == "ols":
        ols, bassins = rows, zonings.bassins_within(rows)
    else:
        ols, bassins = tables.load().decoupages["ols"][0], rows
    held = zonings.sections_of(ols, facts).dropna().index
    after = {*ols["zone"], *bassins["zone"], *held, *facts.sections.loc[held, "refnis"]}
    lost: dict[str, tuple[str, int]] = {}
    for note in book.find(LOCAL, limit=None).notes:
        place = note.content.place
        if place and not note.lost and place not in after:
            name, count = lost.get(place, (note.place_label or place, 0))
            lost[place] = (name, count + 1)
    return lost


def _named(sections: list[str]) -> list[str]:
    """Names of the communes that some sections make, and of the sections of one that they cut."""
    facts = tables.shipped()
    found = []
    for code, mine in facts.sections.loc[sections].groupby("refnis"):
        name = str(facts.communes.at[code, "nom"])
        whole = len(mine) == (facts.sections["refnis"] == code).sum()
        found += [name] if whole else [f"{section} ({name})" for section in mine["nom"]]
    return found
