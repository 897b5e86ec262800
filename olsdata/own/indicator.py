"""An own indicator: from a file and its card to the local layer, and out again.

What is kept is what may be shown: of the places that ``privacy`` hides, the sums of their groups
and nothing else. The file itself is not kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from olsdata import catalogue, figures, tables, territory, words
from olsdata.local import indicators
from olsdata.local.indicators import OWN, Kept
from olsdata.notes import actors
from olsdata.notes.actors import Actor
from olsdata.own import privacy, reading
from olsdata.own.reading import SECTOR, Sheet
from olsdata.registry.checks import link, text
from olsdata.sources.fetch import received
from olsdata.tables import DataError

SUM, MEAN, RATIO = "somme", "moyenne_ponderee", "rapport"
AGGREGATIONS = {
    SUM: "Somme : des nombres qui s’additionnent",
    RATIO: "Numérateur et dénominateur : un taux exact à toute échelle",
    MEAN: "Moyenne pondérée par les habitants : un taux sans ses nombres, approché",
}
FACTORS = {100: "pour 100 (%)", 1_000: "pour 1 000", 10_000: "pour 10 000", 1: "rapport simple"}
WEIGHTS = {
    "pop_total_2024": "tous les habitants (2024)",
    "pop_0_17_2021": "les moins de 18 ans (2021)",
    "pop_18_64_2021": "les 18 à 64 ans (2021)",
    "pop_65p_2021": "les 65 ans et plus (2021)",
    "pop_80p_2021": "les 80 ans et plus (2021)",
}
TITLE_MOST, TEXT_MOST, UNIT_MOST = 120, 500, 40
MOST_OWN = 50
"""Own indicators at once; more would drown the catalogue."""

_YEAR = re.compile(r"(19|20)\d\d([–-](19|20)\d\d)?")
_ORDER = 900


@dataclass(frozen=True)
class Form:
    """What the reader says of a file.

    Attributes
    ----------
    title, source, year, unit : required
    polarity : "haut", "bas" or "neutre" for need
    aggregation : a key of ``AGGREGATIONS``
    column : title of the column of values, or of the numerator
    below : title of the denominator's column, for a ratio
    weight : a key of ``WEIGHTS``, for a mean of communes
    factor : a key of ``FACTORS``, for a ratio
    persons : whether the counts are persons: those under five are then hidden
    zeros : whether a place that the file does not name counts for nought, in the OLS of its places
    block, help, limits, link : words of the card
    decimals : 0 to 3
    """

    title: str
    source: str
    year: str
    unit: str
    polarity: str
    aggregation: str
    column: str
    below: str = ""
    weight: str = "pop_total_2024"
    factor: int = 100
    persons: bool = True
    zeros: bool = False
    block: str = catalogue.BLOCKS[1]
    help: str = ""
    limits: str = ""
    link: str = ""
    decimals: int = 1


@dataclass(frozen=True)
class Prepared:
    """An indicator ready to be kept, and what has to be said before.

    Attributes
    ----------
    places : number of places with a value, hidden ones included
    hidden : number of hidden places, those of the complement included
    small : number of those that are under five
    """

    kept: Kept
    places: int
    hidden: int
    small: int

    @property
    def sentence(self) -> str:
        """What would be kept, in French."""
        what = "secteur" if self.kept.by_sector else "commune"
        start = f"{words.plural(self.places, what)} avec une valeur"
        if not self.hidden:
            return f"{start} ; aucune n’est masquée."
        few = words.plural(self.small, "nombre est", "nombres sont")
        more = self.hidden - self.small
        also = (
            f", et {words.number(more)} de plus pour qu’aucune somme ne "
            f"{'le' if self.small < 2 else 'les'} donne"
            if more
            else ""
        )
        return (
            f"{start} ; {few} sous cinq personnes et masqué{'s' if self.small > 1 else ''}{also}."
        )


def prepared(data: bytes, name: str, form: Form) -> Prepared:
    """Check a file and its card, and hide what has to be.

    Parameters
    ----------
    data, name : the file
    form : its card

    Raises
    ------
    DataError
        One line per fault of the card or of the file; nothing is kept.
    """
    form = checked(form)
    sheet = reading.read(data, name)
    values = _values(sheet, form)
    places = int(values.notna().all(axis=1).sum())
    groups, sums, small = _hidden(values, form, by_sector=sheet.grain == SECTOR)
    about = _about(form, sheet, data, name)
    kept = indicators.figure(about, privacy.veiled(values, groups), groups, sums)
    return Prepared(kept, places, len(groups), small)


def add(actor: Actor, ready: Prepared) -> str:
    """Keep an indicator; gives the id of its card.

    Raises
    ------
    DataError
        If there is one of the same title and year, there are too many, or nothing can be written.
    """
    actors.require(actor, actors.BRING)
    known = catalogue.cards()
    id_ = ready.kept.id
    if id_ in known:
        raise DataError(
            f"« {known[id_].title} » ({known[id_].year}) existe déjà parmi vos indicateurs : "
            "retirez-le d’abord, ou changez le titre ou l’année."
        )
    if sum(card.own for card in known.values()) >= MOST_OWN:
        raise DataError(f"Il y a déjà {MOST_OWN} données locales : retirez-en d’abord.")
    indicators.keep([ready.kept])
    try:
        figures.by_zone(id_, territory.zoning("wallonie"))
    except DataError:
        indicators.withdraw([id_])
        raise
    return id_


def remove(actor: Actor, id_: str) -> None:
    """Take an own indicator out, and erase it.

    Raises
    ------
    DataError
        If there is none of that id.
    """
    actors.require(actor, actors.BRING)
    if id_ not in {kept.id for kept in mine()}:
        raise DataError(f"« {id_[:60]} » n’est pas un de vos indicateurs.")
    indicators.withdraw([id_])


def mine() -> list[Kept]:
    """The own indicators in force, by title."""
    found = [kept for kept in tables.load().locales.values() if kept.origin == OWN]
    return sorted(found, key=lambda kept: str(kept.about["titre"]).casefold())


# --- The card -----------------------------------------------------------------------------------


def checked(form: Form) -> Form:
    """The form with its texts checked.

    Raises
    ------
    DataError
        One line per fault.
    """
    faults: list[str] = []
    kept: dict[str, Any] = {}
    for key, label, most, required in (
        ("title", "Titre", TITLE_MOST, True),
        ("source", "Source", TEXT_MOST, True),
        ("year", "Année", 9, True),
        ("unit", "Unité", UNIT_MOST, True),
        ("help", "Explication", TEXT_MOST, False),
        ("limits", "Limites", TEXT_MOST, False),
    ):
        try:
            kept[key] = text(getattr(form, key), label, most, required)
            if sign := words.markup(kept[key]):
                where = " Une adresse va dans le champ « Lien »." if len(sign) > 1 else ""
                raise DataError(f"{label} : le signe « {sign} » n’y est pas admis.{where}")
        except DataError as error:
            faults.append(str(error))
    try:
        kept["link"] = link(form.link)
    except DataError as error:
        faults.append(str(error))
    if kept.get("year") and not _YEAR.fullmatch(kept["year"]):
        faults.append(f"Année : « {kept['year']} » ; écrivez 2025 ou 2023–2024.")
    choices: dict[str, tuple[object, Mapping[Any, Any] | tuple[str, ...]]] = {
        "Sens pour le besoin": (form.polarity, catalogue.POLARITIES),
        "Agrégation": (form.aggregation, AGGREGATIONS),
        "Bloc": (form.block, catalogue.BLOCKS),
        "Poids": (form.weight, WEIGHTS),
        "Facteur": (form.factor, FACTORS),
        "Décimales": (form.decimals, ("0", "1", "2", "3")),
    }
    for label, (given, allowed) in choices.items():
        if given not in allowed and str(given) not in allowed:
            faults.append(f"{label} : à choisir.")
    if not form.column:
        faults.append("Colonne des valeurs : à choisir.")
    if form.aggregation == RATIO and not form.below:
        faults.append("Colonne du dénominateur : à choisir.")
    elif form.aggregation == RATIO and form.below == form.column:
        faults.append("Le numérateur et le dénominateur sont la même colonne.")
    reading.refuse(faults)
    return replace(form, **kept)


def identifier(title: str, year: str) -> str:
    """Id of an own card.

    >>> identifier("Ménages à l’épicerie sociale (CPAS)", "2023–2024")
    'locale_menages_a_l_epicerie_sociale_cpas_2023_2024'
    """
    plain = unicodedata.normalize("NFKD", title.casefold().replace("œ", "oe"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    slug = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
    return f"locale_{slug[:80].strip('_')}_{re.sub(r'[^0-9]+', '_', year)}"


def _about(form: Form, sheet: Sheet, data: bytes, name: str) -> dict[str, Any]:
    file = received(data, name)
    rule: dict[str, Any] = {"type": form.aggregation}
    if form.aggregation == RATIO:
        rule |= {"numerateur": "numerateur", "denominateur": "denominateur"}
        rule["facteur"] = form.factor
    else:
        rule["colonne"] = "valeur"
    if form.aggregation == MEAN:
        rule["poids"] = "population_2024" if sheet.grain == SECTOR else form.weight
    return {
        "id": identifier(form.title, form.year),
        "titre": form.title,
        "aide": form.help or f"{form.title}, d’après {form.source}.",
        "unite": form.unit,
        "decimales": int(form.decimals),
        "polarite": form.polarity,
        "bloc": form.block,
        "ordre": _ORDER,
        "determinant": "",
        "etat": "disponible",
        "editeur": form.source,
        "jeu": f"Fichier apporté par le terrain ({name[:80]})",
        "annee": form.year,
        "date": form.year,
        "licence": "Fichier du terrain, sans licence déclarée",
        "lien": form.link,
        "limites": " ".join(filter(None, (form.limits, _limits(form, sheet)))),
        "grain": sheet.grain,
        "origine": OWN,
        "personnes": form.persons and form.aggregation != MEAN,
        "provenance": {
            "origine": file.origin[:120],
            "recu": file.moment,
            "sha256": file.sha256,
        },
        "agregation": rule,
    }


def _limits(form: Form, sheet: Sheet) -> str:
    said = ["Donnée locale\u202f: elle n’engage que sa source."]
    if form.aggregation == MEAN:
        who = "tous les habitants (2024)" if sheet.grain == SECTOR else WEIGHTS[form.weight]
        said.append(f"Pour un groupe de lieux, moyenne pondérée par {who}, une approximation.")
    elif form.persons:
        said.append(
            "Les nombres de moins de cinq personnes sont masqués, et d’autres avec eux, pour "
            "qu’aucune somme ne les donne."
        )
    if form.zeros and form.aggregation == SUM:
        said.append("Un lieu absent du fichier compte pour zéro, dans les OLS qu’il cite.")
    return " ".join(said)


# --- The values ---------------------------------------------------------------------------------


def _values(sheet: Sheet, form: Form) -> pd.DataFrame:
    """Every commune or sector, with what the file says of it."""
    facts = tables.load()
    places = facts.secteurs.index if sheet.grain == SECTOR else facts.communes.index
    whole = form.persons and form.aggregation != MEAN
    if form.aggregation == RATIO:
        frame = pd.DataFrame(
            {
                "numerateur": reading.values(sheet, form.column, whole),
                "denominateur": reading.values(sheet, form.below, whole),
            }
        )
        _refuse_ratio(sheet, form, frame)
    else:
        signed = form.aggregation == MEAN
        frame = pd.DataFrame({"valeur": reading.values(sheet, form.column, whole, signed)})
    frame = frame.reindex(places)
    frame.index.name = SECTOR if sheet.grain == SECTOR else "refnis"
    frame.loc[frame.isna().any(axis=1)] = np.nan
    if form.zeros and form.aggregation == SUM:
        home = _homes(by_sector=sheet.grain == SECTOR)["ols"]
        named = set(home.reindex(list(sheet.codes))) - {""}
        absent = home.isin(named) & ~frame.index.isin(sheet.codes)
        frame.loc[absent[absent].index, "valeur"] = 0.0
    return frame


def _refuse_ratio(sheet: Sheet, form: Form, frame: pd.DataFrame) -> None:
    """Refuse a numerator without people under it, or a part larger than the whole."""
    faults = []
    for (line, _), code in zip(sheet.table.rows, sheet.codes, strict=True):
        top, below = frame.at[code, "numerateur"], frame.at[code, "denominateur"]
        if below == 0 and top > 0:
            faults.append(f"Ligne {line}, colonne « {form.below} » : zéro, sous {top:g}.")
        elif form.factor == 100 and top > below:
            faults.append(
                f"Ligne {line}, colonne « {form.column} » : {top:g} est plus grand que le "
                f"dénominateur, {below:g}."
            )
    reading.refuse(faults)


def _homes(by_sector: bool) -> pd.DataFrame:
    """The zone of each place at each level, finest first; "" for none."""
    facts = tables.load()
    zonings = {"bassin": territory.zoning("bassins"), "ols": territory.zoning("ols")}
    if by_sector:
        columns = {"commune": facts.secteurs["refnis"]}
        columns |= {name: z.sectors.reindex(facts.secteurs.index) for name, z in zonings.items()}
        return pd.DataFrame(columns).fillna("")
    found = {name: z.people.idxmax().where(z.people.sum() > 0, "") for name, z in zonings.items()}
    return pd.DataFrame(found).fillna("")


def _hidden(
    values: pd.DataFrame, form: Form, by_sector: bool
) -> tuple[pd.Series, pd.DataFrame, int]:
    """Groups of the hidden places, their sums, and how many are under the threshold."""
    nothing = pd.Series(dtype=int), values.iloc[:0], 0
    if not form.persons or form.aggregation == MEAN:
        return nothing
    counts = values.copy()
    if form.aggregation == RATIO and form.factor == 100:
        counts["autres"] = counts["denominateur"] - counts["numerateur"]
    cut = None
    if not by_sector:
        ols, bassins = territory.zoning("ols").people, territory.zoning("bassins").people
        parts = [((z > 0) & (z < 1)).any() for z in (ols, bassins)]
        cut = values.index[(parts[0] | parts[1]).reindex(values.index)]
    groups = privacy.hidden_groups(counts, _homes(by_sector), cut)
    small = int((counts.dropna() < privacy.THRESHOLD).any(axis=1).sum())
    return groups, privacy.sums(values, groups), small
