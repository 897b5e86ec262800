"""The five blocks of a portrait, from the territory to its opportunities."""

from __future__ import annotations

import math

from olsdata import cartography, figures, phrases, structures, territory, words
from olsdata.equity import gradient as gradients
from olsdata.equity import need
from olsdata.equity.scope import named, scope
from olsdata.equity.units import units
from olsdata.exports import document as doc
from olsdata.exports import drawings, field_notes, pieces
from olsdata.exports.document import Block, Legend, Strong, Text
from olsdata.figures import ProfileRow
from olsdata.palette import LIGHT
from olsdata.territory import WALLONIE, Zone

QUESTIONS = "portrait_questions"

SHOWN = ("pct_65p_2021", "income_median_admin_2023")
"""Indicators that have their map beside that of the need index."""

GRADIENTS = ("pharmacies", "kines")
"""Local points of care with complete communal data, said against need."""


def need_sentence(zone: Zone) -> str:
    """The index of a territory, its band and its group; for Wallonia, how many in each group."""
    if zone.id == WALLONIE:
        return phrases.need_groups(need.default_weights(), zone, "ols")
    row = need.by_zone(need.default_weights(), units("ols")).loc[zone.id]
    index, low, high = (words.number(float(row[c])) for c in ("indice", "p5", "p95"))
    return (
        f"<b>Indice de besoin : {index}</b> sur 100 (de {low} à {high} selon les poids), groupe "
        f"{row['groupe']} ; 50 est la moyenne des habitants."
    )


def territory_block(zone: Zone, rows: list[ProfileRow]) -> tuple[Block, ...]:
    """1. Territoire: density, bassins, indicators."""
    return (
        doc.Heading("1. Territoire", fresh=True),
        doc.Columns(
            (
                pieces.map_of("density_per_km2_2026", zone, (330, 320)),
                (
                    *_bassins(zone),
                    pieces.plain(phrases.text(f"{QUESTIONS}_territoire"), "question"),
                ),
            ),
            (1, 1) if zone.id != WALLONIE else (1.6, 1),
        ),
        *pieces.indicators("Le territoire en chiffres", zone, rows),
    )


def _bassins(zone: Zone) -> tuple[Block, ...]:
    """The bassins de vie of the territory, from north to south, with what is known of them."""
    if zone.id == WALLONIE:
        return ()
    zoning = territory.zoning("bassins")
    people = figures.population(2026, zoning)
    lines: list[tuple[Text, ...]] = []
    for id_ in zoning.inside(zone):
        communes = territory.zoning("communes").zones["label"]
        held = zoning.people.loc[id_]
        names = [
            f"{communes[code]}{'' if held[code] > 0.999 else ' (en partie)'}"
            for code in held.index[held > 0.001]
        ]
        count = words.number(float(people.at[id_, "valeur"]))
        lines.append((str(zoning.zones.at[id_, "label"]), count, words.listing(names)))
    status = words.standing(zoning.status_in(zone.ols))
    return (
        doc.Table(
            f"Bassins de vie ({status})",
            ("Bassin", "Habitants", "Communes"),
            tuple(lines),
            (1.4, 1.1, 2.6),
            (1,),
            dense=True,
        ),
        pieces.plain("Statbel, 1/1/2026 ; une commune coupée compte au prorata.", "source"),
    )


def people_block(zone: Zone, rows: list[ProfileRow]) -> tuple[Block, ...]:
    """2. Population et besoins: ages, trend, indicators, need."""
    wallonia = territory.find(WALLONIE)
    own = figures.age_pyramid(zone, 2021)
    before = zone.id == WALLONIE
    other = figures.age_pyramid(zone, 2011) if before else figures.age_pyramid(wallonia, 2021)
    ages = phrases.ages(zone, None if before else wallonia)
    series = {zone.label: figures.trend(zone)}
    if not before:
        series[wallonia.label] = figures.trend(wallonia)
    evolution = phrases.evolution(zone, wallonia)
    line = f"Trait : {'2011' if before else 'Wallonie'}. "
    return (
        doc.Heading("2. Population et besoins", fresh=True),
        doc.Columns(
            (
                (
                    doc.Heading("Âges en 2021, en % de la population", 2),
                    doc.Picture(
                        lambda format_: drawings.drawn(
                            drawings.pyramid(own, other, (300, 250)), format_
                        ),
                        words.spaced(f"Pyramide des âges. {phrases.plain(ages)}"),
                    ),
                    pieces.said(ages),
                    pieces.plain(f"{line}Statbel, 1/1/2021. Groupes de cinq ans.", "source"),
                ),
                (
                    doc.Heading("Évolution depuis 2009 (2009 = 100)", 2),
                    doc.Picture(
                        lambda format_: drawings.drawn(
                            drawings.evolution(series, (300, 250)), format_
                        ),
                        words.spaced(f"Courbe de la population. {phrases.plain(evolution)}"),
                    ),
                    pieces.said(evolution),
                    pieces.plain(phrases.text("evolution_source"), "source"),
                ),
            ),
            (1, 1),
        ),
        pieces.said(phrases.legal_line(zone)),
        pieces.plain(phrases.text("ligne_450000"), "source"),
        *pieces.indicators("Population et conditions de vie", zone, rows),
        *_need(zone),
        doc.Columns(tuple(pieces.map_of(id_, zone, (300, 190)) for id_ in SHOWN), (1, 1)),
    )


def _need(zone: Zone) -> tuple[Block, ...]:
    """The need index: map by commune, table of the units with band and group, how it is made."""
    weights = need.default_weights()
    frame = cartography.need_table(weights, zone, "commune")
    frame["agregation"] = ""
    shades = cartography.need_shades(frame, LIGHT)
    texts = cartography.names(frame, 0, "commune", zone.id == WALLONIE)
    groups = phrases.need_groups(weights, zone, "commune")
    here = scope(zone, "bassin")
    found = need.by_zone(weights, units(here.level)).loc[list(here.ids)]
    lines: list[tuple[Text, ...]] = []
    for unit, row in found.iterrows():
        stays = "" if row["stabilite"] >= phrases.STABLE else " ≈"
        band = f"{words.number(float(row['p5']))} – {words.number(float(row['p95']))}"
        index = (Strong(words.number(float(row["indice"]))),)
        lines.append((named(here.level, str(unit)), index, band, f"{row['groupe']}{stays}"))
    order = "ordre de l’arrêté" if here.level == "ols" else "du nord au sud"
    made = words.listing([need.weighable()[i].short for i in weights.ids])
    ramp = [(colour, f"{20 * i}–{20 * i + 20}") for i, colour in enumerate(LIGHT.ramp)]
    apart = [("", "hors OLS : pas d’indice")] if frame["valeur"].isna().any() else []
    return (
        doc.Heading("Où le besoin est-il plus grand ?".replace(" ?", "\u202f?"), 2),
        doc.Columns(
            (
                (
                    doc.Picture(
                        lambda format_: drawings.drawn(
                            drawings.zones(
                                frame,
                                shades,
                                texts,
                                zone,
                                "commune",
                                pieces.size_of(zone, (340, 290)),
                            ),
                            format_,
                        ),
                        words.spaced(
                            f"Carte : indice de besoin par commune, {zone.title}. "
                            f"{phrases.plain(groups)}"
                        ),
                    ),
                    Legend((*ramp, *apart)),
                    pieces.said(groups),
                    pieces.said(need_sentence(zone)),
                    pieces.plain(f"L’indice réunit, à poids égaux : {made}.", "source"),
                    pieces.plain(phrases.text("besoin_carte"), "source"),
                ),
                (
                    doc.Table(
                        f"Indice de besoin {cartography.LEVEL_WORDS[here.level]}, {order}",
                        ("Unité", "Indice", "Bande", "Groupe"),
                        tuple(lines),
                        (2.6, 0.9, 1.2, 1.2),
                        (1, 2),
                        dense=len(lines) > 12,
                    ),
                    pieces.said(phrases.need_stable(weights, here)),
                    pieces.plain(phrases.text("portrait_bandes"), "source"),
                    pieces.plain(phrases.text(f"{QUESTIONS}_population"), "question"),
                ),
            ),
            (1.1, 1),
        ),
    )


def resources_block(zone: Zone, rows: list[ProfileRow]) -> tuple[Block, ...]:
    """3. Ressources: points of care, gradient, floor, structures."""
    floor = phrases.floor_table(zone)
    lines: list[tuple[Text, ...]] = []
    for _, row in floor.iterrows():
        low, high = 100 * float(row["part_min"]), 100 * float(row["part_max"])
        shown = words.quantity(high, "%", 1 if 99 < high < 100 else 0)
        if round(low) != round(high):
            shown = f"de {words.quantity(low, '%')} à {shown}"
        without = "aucune"
        if row["communes_sans"]:
            names = words.listing(str(row["noms_sans"]).split(" ; "), most=6)
            known = "" if row["complet"] else " (aucune connue)"
            without = f"{row['communes_sans']}{known} : {names}"
        title = str(row["titre"]) + ("°" if row["deduit"] else "")
        lines.append((title, (Strong(shown),), words.spaced(without), str(row["source"])))
    weights = need.default_weights()
    found = [gradients.gradient(id_, "commune", weights, centred=True) for id_ in GRADIENTS]
    slopes = tuple(doc.from_html(words.spaced(phrases.gradient(one))) for one in found)
    origins = words.listing([one.resource.source for one in found])
    return (
        doc.Heading("3. Ressources"),
        doc.Columns(
            (
                pieces.map_of("dist_nearest_emergency_hospital_km_2020", zone, (340, 300)),
                (
                    doc.Heading("L’offre suit-elle le besoin\u202f?", 2),
                    pieces.plain(
                        "Dans les communes des OLS, du besoin le moins grand au plus grand :"
                    ),
                    doc.Bullets(slopes),
                    pieces.plain(f"{phrases.text('portrait_gradient')} {origins}.", "source"),
                    pieces.said(phrases.distances(zone)),
                    pieces.plain(phrases.text(f"{QUESTIONS}_ressources"), "question"),
                ),
            ),
            (1.2, 1),
        ),
        *pieces.indicators("Points de soins", zone, rows),
        doc.Table(
            "Le socle est-il là pour tous\u202f?",
            ("Élément", "Habitants couverts", "Communes sans", "Source"),
            tuple(lines),
            (2.2, 1.1, 2.4, 2.4),
            (1,),
        ),
        pieces.plain(phrases.text("socle"), "source"),
        *_structures(zone),
    )


def _structures(zone: Zone) -> tuple[Block, ...]:
    """Types of structures and how complete each is, then each recorded one with its source."""
    zoning = territory.zoning_of(zone.level)
    types = structures.types()
    kinds: list[tuple[Text, ...]] = []
    for id_, type_ in types.items():
        known = structures.completeness(id_)
        cover = structures.coverage(id_, zoning).loc[zone.id]
        count = int(cover["touchent"])
        low, high = (100 * float(cover[c]) for c in ("part_min", "part_max"))
        share = "non connu" if not count else words.quantity(high, "%")
        if count and round(low) != round(high):
            share = f"{words.quantity(low, '%')} à {share}"
        here = words.number(count) if known.open else f"au moins {count}" if count else "non connu"
        kinds.append((type_.plural, here, share, pieces.text_of(phrases.guard(known))))
    return (
        doc.Heading("Les structures qui soutiennent la première ligne", 2),
        doc.Table(
            "Ce que le registre connaît, type par type",
            ("Type", "Ici", "Habitants couverts", "Registre, en Wallonie"),
            tuple(kinds),
            (2.5, 0.9, 1.1, 4.6),
            (1, 2),
            dense=True,
        ),
        *_list(zone),
    )


def _list(zone: Zone) -> tuple[Block, ...]:
    if zone.id == WALLONIE:
        return (pieces.plain("La liste complète est sur la page « Structures ».", "source"),)
    found = structures.listing(territory.zoning_of(zone.level), zone.id)
    types = structures.types()
    lines: list[tuple[Text, ...]] = []
    sections = set()
    for kind, rows in found.groupby("type", sort=False):
        sections.add(len(lines))
        lines.append((types[str(kind)].plural,))
        for _, row in rows.iterrows():
            part = float(row["part"])
            share = "non connue" if math.isnan(part) else words.quantity(100 * part, "%")
            name = str(row["nom"]) + ("°" if row["deduit"] else "")
            if row["statut"] != "source":
                name += " (à vérifier)"
            year = row["annee"] if isinstance(row["annee"], str) else "non précisée"
            spread = [part.replace(" ", "\u00a0") for part in str(row["zones_ols"]).split(" ; ")]
            over = f"⇄\u00a0{' ; '.join(spread)}" if row["a_cheval"] else spread[0][:2]
            lines.append((name, share, over, year, str(row["source"])))
    absent = [type_.plural for id_, type_ in types.items() if id_ not in set(found["type"])]
    nothing = (
        [
            pieces.said(
                f"<b>Rien de situé pour</b> : {words.listing(absent)}. "
                "Cela ne veut pas dire qu’il n’y en a pas."
            )
        ]
        if absent
        else []
    )
    return (
        doc.Table(
            f"Structures recensées qui touchent {zone.title}",
            ("Structure", "Part des habitants", "Ses OLS", "Année", "Source"),
            tuple(lines),
            (3.3, 1.1, 2.0, 1.3, 3.0),
            (1,),
            frozenset(sections),
            dense=True,
        ),
        *nothing,
        pieces.plain(phrases.text("portrait_structures"), "source"),
    )


def use_block(rows: list[ProfileRow]) -> tuple[Block, ...]:
    """4. Utilisation: nothing is embedded yet, and the block says so."""
    return (
        doc.Heading("4. Utilisation"),
        pieces.plain(phrases.text("portrait_utilisation")),
        pieces.gaps(rows, "Utilisation : non disponible par commune"),
    )


def openings_block(rows: list[ProfileRow], shared: field_notes.Shared) -> tuple[Block, ...]:
    """5. Opportunités: what the field notes."""
    return (
        doc.Heading("5. Opportunités"),
        pieces.plain(phrases.text("portrait_opportunites")),
        *field_notes.of_sorts(shared, ("opportunite", "victoire")),
        doc.Bullets(
            tuple((Strong(i.card.title), words.spaced(f" : {i.card.obtain}")) for i in rows)
        ),
        pieces.plain(phrases.text(f"{QUESTIONS}_opportunites"), "question"),
    )
