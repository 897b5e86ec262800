"""``verifier``: proves that tables, cards and zonings are what they claim, in French."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from olsdata import catalogue, figures, geometry, reference, structures, tables, territory, words
from olsdata.equity import need
from olsdata.own import privacy
from olsdata.reference import glossary
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning

OFFICIAL_TOTALS = {2020: 3_645_243, 2021: 3_648_206, 2026: 3_713_450}
"""Population of Wallonia on 1 January, as published by Statbel."""

LEGAL_RANGE = (200_000, 550_000)
"""Inhabitants of an OLS territory (Code wallon de l'action sociale et de la santé, 47/6/6)."""

LARGE_ZONES_2024 = 3
"""OLS at or above 450,000 inhabitants on 1/1/2024 (the envelope of the call supposes three)."""

ISLANDS = {"01": {"57097"}}
"""Communes that the law itself separates from their territory: Comines-Warneton."""


@dataclass
class Report:
    """What was proved, and what is wrong."""

    proved: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def check(self, truth: bool, proof: str, fault: str) -> None:
        """Keep the proof when it holds, the fault otherwise."""
        (self.proved if truth else self.wrong).append(proof if truth else fault)


def run(folder: Path = tables.GEODATA) -> Report:
    """Check everything in a folder of tables.

    Returns
    -------
    Report; ``wrong`` is empty when all is well.
    """
    report = Report()
    try:
        facts = tables.load(folder)
    except DataError as error:
        report.wrong.extend(str(error).splitlines())
        return report
    report.proved.append(
        f"Tables : {len(facts.communes)} communes, {len(facts.sections)} sections, "
        f"{words.number(len(facts.secteurs))} secteurs ; version {facts.version}."
    )
    check_totals(facts, report)
    check_cards(facts, report)
    check_layer(facts, report)
    check_structures(facts, report)
    check_need(facts, report)
    check_reference(report)
    for name, check in (("ols", check_ols), ("bassins", check_bassins)):
        try:
            check(territory.zoning(name, facts), facts, report)
        except DataError as error:
            report.wrong.extend(
                line for line in str(error).splitlines() if line not in report.wrong
            )
    return report


def check_totals(facts: Facts, report: Report) -> None:
    """Regional totals against those published by Statbel."""
    for year, official in OFFICIAL_TOTALS.items():
        found = int(facts.totaux[year].sum())
        report.check(
            found == official,
            f"Population de la Wallonie au 1/1/{year} : {words.number(found)}.",
            f"Population de la Wallonie au 1/1/{year} : {found} au lieu de {official}.",
        )


def check_cards(facts: Facts, report: Report) -> None:
    """Every card is complete and its columns exist; every embedded column has a card."""
    try:
        cards = catalogue.cards()
    except DataError as error:
        report.wrong.append(str(error))
        return
    columns = set(figures.commune_columns(facts))
    used: set[str] = set()
    for card in cards.values():
        if card.rule is None or card.origin:
            continue
        needed = {card.rule.column, card.rule.weight} - {""}
        used |= needed
        missing = sorted(needed - columns)
        if missing:
            report.wrong.append(f"{card.id}.toml : colonne inconnue, {', '.join(missing)}.")
    orphans = sorted(set(facts.indicateurs) - used)
    if orphans:
        report.wrong.append(f"Colonnes sans fiche : {', '.join(orphans)}.")
    available = sum(card.available for card in cards.values())
    report.proved.append(
        f"Catalogue : {len(cards)} fiches, dont {available} avec des valeurs et "
        f"{len(cards) - available} « non disponible »."
    )


def check_layer(facts: Facts, report: Report) -> None:
    """Every card of the local layer has its columns, places that exist, and keeps small counts."""
    if not facts.locales:
        return
    try:
        cards = {c.id: c for c in catalogue.cards().values() if c.origin}
    except DataError:
        return  # a card that cannot be read: its own check says what is wrong
    places = {False: facts.communes.index, True: facts.secteurs.index}
    faults = []
    for id_, card in cards.items():
        kept = facts.locales[id_]
        try:
            figures.by_zone(id_, territory.zoning("wallonie"))
        except DataError as error:
            faults.append(str(error))
        strange = kept.values.index.difference(places[kept.by_sector])
        if len(strange):
            faults.append(f"{id_} : lieu inconnu, {', '.join(strange[:5])}.")
        if kept.about.get("personnes") and privacy.exposed(kept.values, kept.groups, kept.sums):
            faults.append(f"{id_} : un nombre de moins de cinq personnes peut être retrouvé.")
        if not card.received:
            faults.append(f"{id_} : la provenance manque.")
    report.wrong.extend(faults)
    if not faults:
        own = sum(c.own for c in cards.values())
        new = words.plural(len(cards) - own, "fiche actualisée", "fiches actualisées")
        report.proved.append(
            f"Couche locale : {new}, {words.plural(own, 'donnée locale', 'données locales')} ; "
            "aucun nombre de moins de cinq personnes ne s’en déduit."
        )


def check_structures(facts: Facts, report: Report) -> None:
    """Every structure and link has its source, every type its card; what the registry knows."""
    try:
        types = structures.types()
    except DataError as error:
        report.wrong.append(str(error))
        return
    bare = [kind.id for kind in types.values() if not kind.about["sources"]]
    report.check(
        not bare,
        f"Structures : {len(facts.structures)} recensées avec leur source, {len(types)} types, "
        "chacun sa fiche à dix rubriques.",
        f"Structures : fiches sans source, {', '.join(bare)}.",
    )
    totals = facts.totaux_structures
    twice = totals.loc[(totals["reference"] == 1) & totals["zone"].eq("Wallonie"), "type"]
    repeated = sorted(twice[twice.duplicated()])
    report.check(
        not repeated,
        "Structures avec leur zone, sur le total publié : " + _known(types, facts) + ".",
        f"structures_totaux.csv : deux totaux de référence pour {', '.join(repeated)}.",
    )
    pairs = facts.couverture
    report.proved.append(
        f"Couverture : {words.number(len(pairs))} couples structure–commune, dont "
        f"{words.number(pairs['part'].isna().sum())} de part inconnue."
    )
    ends = {*facts.liens["structure_a"], *facts.liens["structure_b"]}
    strange = sorted(ends - {*types, *facts.structures.index, *structures.LINKED})
    report.check(
        not strange,
        f"Liens : {len(facts.liens)}, chacun avec sa source.",
        f"structures_liens.csv : structures inconnues, {', '.join(strange[:5])}.",
    )


def check_need(facts: Facts, report: Report) -> None:
    """The indicators of need exist, are complete, and none of them is forbidden."""
    try:
        chosen = need.indicators()
        cards = catalogue.cards()
        forbidden = [i for i in need.weighable() if need.why_forbidden(i)]
        themes = set(need.themes())
    except (DataError, OSError, ValueError, KeyError) as error:
        report.wrong.append(f"{need.FILE.name} : fichier illisible ({error}).")
        return
    faults = [f"« {i} » n’a pas de fiche avec des valeurs" for i in chosen if not _open(cards, i)]
    faults += [f"« {i} » n’entre pas dans l’indice : {need.why_forbidden(i)}" for i in forbidden]
    faults += [f"« {i.id} » : usage inconnu, {i.use}" for i in chosen.values() if i.use not in USES]
    faults += [
        f"« {i.id} » : thème inconnu, {i.theme}" for i in chosen.values() if i.theme not in themes
    ]
    faults += [f"« {i.id} » n’a pas de raison" for i in chosen.values() if not i.reason.strip()]
    for card, high in ((cards.get(i.id), i.high) for i in chosen.values()):
        if card and card.polarity not in ("neutre", "haut" if high else "bas"):
            faults.append(f"« {card.id} » : sens contraire à celui de sa fiche")
    try:
        if not faults and (gap := need.without_index(need.default_weights(), facts)):
            faults.append(gap.rstrip("."))
        inside = len(need.communes(facts))
    except DataError:
        return  # a zoning that cannot be read: its own check says what is wrong
    report.wrong.extend(f"{need.FILE.name} : {fault}." for fault in faults)
    if not faults:
        start = sum(i.use == need.DEFAULT for i in chosen.values())
        report.proved.append(
            f"Besoin : {start} indicateurs au départ, {len(need.weighable()) - start} offerts, "
            f"{len(chosen) - len(need.weighable())} lus à côté ; chacun a sa raison, et une valeur "
            f"dans les {inside} communes des OLS."
        )


USES = (need.DEFAULT, need.OFFERED, need.BESIDE)


def check_reference(report: Report) -> None:
    """Themes, flows and glossary of the page « Repères »."""
    wrong = reference.faults()
    report.wrong.extend(wrong)
    if not wrong:
        report.proved.append(
            f"Repères : {words.plural(len(reference.items()), 'élément')} des documents, "
            f"{words.plural(len(glossary.entries()), 'terme')} au glossaire."
        )


def _open(cards: dict[str, catalogue.Card], id_: str) -> bool:
    return id_ in cards and cards[id_].available


def _known(types: dict[str, structures.Type], facts: Facts) -> str:
    """« clps 9/9, sisd 5/7, … »."""
    found = {kind: structures.completeness(kind, facts) for kind in types}
    return ", ".join(f"{kind} {k.with_zone}/{k.published or '?'}" for kind, k in found.items())


def check_ols(zoning: Zoning, facts: Facts, report: Report) -> None:
    """Ten zones in one piece, every section once, legal population range, the 450,000 line."""
    count = len(zoning.zones)
    report.check(count == 10, "OLS : dix territoires.", f"OLS : {count} territoires au lieu de 10.")
    sections = facts.secteurs.assign(zone=zoning.sectors)
    per_section = sections.groupby("section")["zone"].nunique(dropna=False)
    cut = per_section.index[per_section > 1]
    outside = territory.outside(facts)
    report.check(
        len(cut) == 0,
        f"OLS : chaque section une seule fois ; {len(outside)} communes germanophones hors OLS.",
        f"OLS : sections partagées entre zones : {', '.join(cut[:5])}.",
    )
    inside = facts.communes.drop(outside.index)
    german = inside[inside["germanophone"] == 1]
    report.check(
        german.empty,
        "OLS : aucune commune germanophone n’en fait partie.",
        f"OLS : communes germanophones dans un territoire : {', '.join(german['nom'])}.",
    )
    report.check(
        bool(outside["germanophone"].eq(1).all()),
        f"OLS : {len(facts.communes) - len(outside)} communes, dont deux partagées par section.",
        "OLS : des communes francophones sont hors de tout territoire.",
    )
    check_contiguity(zoning, facts, report)
    people = figures.population(2024, zoning, facts)["valeur"]
    low, high = LEGAL_RANGE
    odd = people[(people < low) | (people > high)]
    report.check(
        odd.empty,
        f"OLS : de {words.number(people.min())} à {words.number(people.max())} habitants au "
        f"1/1/2024 (fourchette légale : {words.number(low)}–{words.number(high)}).",
        f"OLS : hors de la fourchette légale au 1/1/2024 : {', '.join(odd.index)}.",
    )
    large = {
        year: list(found.index[found >= figures.LEGAL_LINE])
        for year in (2021, 2024, 2026)
        for found in [figures.population(year, zoning, facts)["valeur"]]
    }
    lines = " ; ".join(f"1/1/{year} : {', '.join(ids)}" for year, ids in large.items())
    report.check(
        len(large[2024]) == LARGE_ZONES_2024,
        f"OLS à {words.number(figures.LEGAL_LINE)} habitants ou plus : {lines}.",
        f"OLS à {words.number(figures.LEGAL_LINE)} habitants ou plus : {lines} (trois attendus "
        "en 2024).",
    )


def check_contiguity(zoning: Zoning, facts: Facts, report: Report) -> None:
    """Each OLS is one component of the adjacency graph of sections, Comines-Warneton apart."""
    zone_of = facts.secteurs.assign(zone=zoning.sectors).groupby("section")["zone"].first()
    people = facts.secteurs.groupby("section")["population_2024"].sum()
    pairs = geometry.contiguity(facts.folder)
    commune = facts.sections["refnis"]
    allowed, faults = [], []
    for zone_id in zoning.zones.index:
        pieces = geometry.components(zone_of.index[zone_of == zone_id], pairs)
        for piece in pieces[1:]:
            homes = set(commune.reindex(list(piece)))
            count = words.number(people.reindex(list(piece)).sum())
            names = ", ".join(facts.communes.at[code, "nom"] for code in sorted(homes))
            if homes <= ISLANDS.get(str(zone_id), set()):
                allowed.append(f"{names} ({len(piece)} sections, {count} habitants)")
            else:
                faults.append(f"OLS {zone_id} : {names}, détaché du reste ({count} hab.).")
    faults = list(dict.fromkeys(faults))
    report.wrong.extend(faults[:10])
    if len(faults) > 10:
        report.wrong.append(f"OLS : {len(faults) - 10} autres morceaux détachés.")
    if not faults:
        report.proved.append(f"OLS : d’un seul tenant, sauf {', '.join(allowed) or 'rien'}.")


def check_bassins(zoning: Zoning, facts: Facts, report: Report) -> None:
    """Bassins nest in the OLS and keep every inhabitant."""
    ols = territory.zoning("ols", facts)
    sums = figures.population(2026, zoning, facts)["valeur"].groupby(zoning.zones["ols"]).sum()
    expected = figures.population(2026, ols, facts)["valeur"]
    gap = float(np.abs(sums.reindex(expected.index).fillna(0) - expected).max())
    people = figures.population(2024, zoning, facts)["valeur"]
    report.check(
        gap < 1e-6,
        f"Bassins ({zoning.status}) : {len(zoning.zones)} zones emboîtées dans les OLS, "
        f"médiane {words.number(float(people.median()))} habitants au 1/1/2024, "
        f"de {words.number(people.min())} à {words.number(people.max())}.",
        f"Bassins : leurs populations ne font pas celles des OLS (écart {gap:.1f}).",
    )
    odd = zoning.zones.index[zoning.zones.index.str.split("-").str[0] != zoning.zones["ols"]]
    report.check(
        len(odd) == 0,
        "Bassins : l’identifiant de chacun commence par le numéro de son OLS.",
        f"Bassins : identifiants qui ne commencent pas par leur OLS : {', '.join(odd[:5])}.",
    )
    names = pd.Series(zoning.zones["label"])
    report.check(
        bool(names.str.strip().ne("").all()) and not zoning.zones.duplicated().any(),
        "Bassins : chacun a un nom, unique dans son OLS.",
        "Bassins : noms vides ou en double dans un OLS.",
    )
