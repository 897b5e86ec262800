"""Pieces of the Structures and Cohérence pages."""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from olsdata import (
    cartography,
    catalogue,
    chance,
    figures,
    phrases,
    registry,
    structures,
    territory,
    words,
)
from olsdata import tables as data
from olsdata.exports.workbook import About
from olsdata.structures import Completeness, Type
from olsdata.territory import WALLONIE, Zone, Zoning
from olsdata.ui import cards, menu, sentences, state, tables, theme
from olsdata.ui.state import View

VIEWS = {
    "carte": "Carte",
    "densite": "Densité et règle",
    "acces": "Accès",
    "liste": "Liste à imprimer",
    "fiches": "Fiches",
    "liens": "Liens",
}
ZONINGS = {
    "ols": "OLS",
    "bassins": "Bassins de vie",
    "provinces": "Provinces",
    "arrondissements": "Arrondissements",
    "clps": "Groupes de communes des CLPS",
    "secours": "Zones de secours",
    "cantons": "Cantons judiciaires",
}
MERGER = {
    "prévue": "fusion dans l’OLS prévue par le décret",
    "hors fusion": "hors de la fusion prévue par le décret",
    "non précisé": "place dans la fusion non précisée",
}


def kind(label: str = "Type de structure") -> str:
    """The type looked at, kept in the address."""
    known = {id_: type_.plural for id_, type_ in structures.types().items()}
    state.choice("type", list(known), "clps")
    return str(st.selectbox(label, list(known), format_func=known.__getitem__, key="type"))


def view_choice() -> str:
    """The part of the Structures page that is shown, kept in the address."""
    return state.segments("Partie de la page", "vue", VIEWS, "carte", bare=True)


def zoning_choice() -> Zoning:
    """The zoning that structures are held against, kept in the address."""
    state.choice("decoupage", list(ZONINGS), "ols")
    counts = {"ols": 1, "bassins": 2}
    said = {id_: words.standing(territory.zoning(id_).status, n) for id_, n in counts.items()}
    names = {id_: f"{name} ({said[id_]})" if id_ in said else name for id_, name in ZONINGS.items()}
    chosen = st.selectbox(
        "Découpage de référence", list(ZONINGS), format_func=names.__getitem__, key="decoupage"
    )
    return territory.zoning(str(chosen))


# --- Words --------------------------------------------------------------------------------------


def to_complete(known: Completeness) -> None:
    """The badge of a type whose density and comparison are closed, and why."""
    if not known.open:
        why = sentences.text("registre_incomplet" if known.published else "registre_sans_total")
        mark = cards.badge("Registre à compléter", why, hatched=True)
        st.html(f'<div class="badges gauche">{mark}</div><p class="source">{escape(why)}</p>')


def complete() -> None:
    """The way to the page where the registry is completed."""
    if any("registre" in entries for entries in menu.MENU.values()):
        st.page_link(
            menu.path("registre"), label="Compléter le registre", icon=":material/edit_note:"
        )


def gaps_sentence(kind_: str, zone: Zone) -> str:
    """Communes that nothing covers, or several structures; empty when nothing covers any."""
    zoning = territory.zoning_of(zone.level)
    without = structures.gaps(kind_, zoning, zone.id)
    several = structures.overlaps(kind_, zoning, zone.id)
    parts = []
    if len(without) == len(territory.zoning("communes").inside(zone)):
        return ""
    if without:
        names = words.listing(without, most=8)
        count = words.plural(len(without), "commune")
        parts.append(f"<b>{count} sans structure recensée</b> : {escape(names)}.")
    if several:
        names = words.listing(several, most=8)
        count = words.plural(len(several), "commune")
        parts.append(f"<b>{count} dans plusieurs zones</b> : {escape(names)}.")
    return " ".join(parts) or "Chaque commune est dans une zone connue, et une seule."


def straddling_sentence(kind_: str, zoning: Zoning, zone: Zone) -> str:
    """How many structures cross limits, and how many inhabitants that concerns."""
    found = crossing(kind_, zoning, zone)
    total = len(structures.coherence(kind_, zoning))
    people = structures.concerned(kind_, found.index)
    if not total:
        return "Aucune zone de ce type n’est connue : rien à comparer."
    if found.empty:
        return f"<b>Aucune structure à cheval</b>, sur {total} dont la zone est connue."
    most = "au plus " if found["inconnu"].any() else ""
    count = words.plural(len(found), "structure")
    is_, they = ("est", "elle couvre") if len(found) == 1 else ("sont", "elles couvrent")
    where = "" if zone.id == WALLONIE else f" {escape(_touching(len(found)))} {escape(zone.title)}"
    return (
        f"<b>{count} sur {total}</b>{where} {'et ' if where else ''}{is_} à cheval sur plusieurs "
        f"zones ; {they} {most}{words.number(people)} habitants."
    )


def _touching(count: int) -> str:
    return "touche" if count == 1 else "touchent"


def crossing(kind_: str, zoning: Zoning, zone: Zone) -> pd.DataFrame:
    """Structures that cross limits; only those that touch the territory, if one is chosen."""
    found = structures.straddling(kind_, zoning)
    if zone.id == WALLONIE:
        return found
    here = structures.coverage_of(kind_, territory.zoning_of(zone.level), zone.id)
    return found[found.index.isin(here)]


# --- Blocks -------------------------------------------------------------------------------------


def _links(raw: object) -> str:
    """Addresses of a source as numbered links."""
    if not isinstance(raw, str) or not raw.strip():
        return ""
    found = [part.strip() for part in raw.split(" ; ")]
    return " ".join(
        f'<a href="{escape(to)}" rel="noreferrer">lien{f"{words.NARROW}{i}" if found[1:] else ""}'
        "</a>"
        for i, to in enumerate(found, 1)
    )


def _marks(row: pd.Series) -> str:
    signs = []
    if row["deduit"]:
        signs.append('<sup title="zone déduite d’un nom, non lue commune par commune">°</sup>')
    if row["statut"] == "a_verifier":
        signs.append(' <span class="etiquette">à vérifier</span>')
    if row["statut"] == "terrain":
        signs.append(' <span class="etiquette">proposition du terrain</span>')
    return "".join(signs)


def _part(row: pd.Series) -> str:
    low, high = (float(row[k]) for k in ("part", "part_max"))
    if round(100 * low) == round(100 * high):
        return words.quantity(100 * high, "%")
    if low == 0:
        return f"au plus {words.quantity(100 * high, '%')}"
    return f"{words.quantity(100 * low, '%')} à {words.quantity(100 * high, '%')}"


def touching(kind_: str, zone: Zone) -> None:
    """Table of the structures of a type that touch the territory, with source and remark."""
    found = structures.touching(kind_, territory.zoning_of(zone.level), zone.id)
    if found.empty:
        cards.sentence("Aucune structure recensée n’est située dans ce territoire.")
    lines = "".join(
        f'<tr><th scope="row">{escape(str(row["nom"]))}{_marks(row)}</th>'
        f'<td class="nombre">{_part(row)}</td>'
        f"<td>{escape(_text(row['siege']))}</td>"
        f'<td class="source">{escape(str(row["source"]))} {_links(row["lien"])}</td>'
        f'<td class="source">{escape(_text(row["remarque"]))}</td></tr>'
        for _, row in found.iterrows()
    )
    if lines:
        tables.show(
            f"{structures.type_(kind_).plural}, {zone.title}",
            ["Structure", "Part des habitants", "Siège", "Source", "Remarque"],
            lines,
        )
    _unplaced(kind_)


def _unplaced(kind_: str) -> None:
    """Structures of the registry whose zone is not known anywhere."""
    mine = structures.recorded(kind_)
    _, most = structures.shares(kind_)
    names = sorted(mine["nom"][~mine.index.isin(most.index)], key=str.casefold)
    if names:
        cards.sentence(f"<b>Recensées sans zone connue</b> : {escape(words.listing(names))}.")


def proposed(zone: Zone, kind_: str = "") -> None:
    """What the field proposes for the territory: beside the sourced rows, never in their place."""
    communes = territory.zoning("communes").inside(zone)
    found = registry.proposals(kind_, communes)
    if not found:
        return
    types, names = structures.types(), data.load().structures["nom"]
    lines = "".join(
        f'<tr><th scope="row">{escape(p.content.name)} '
        f'<span class="etiquette">{escape(p.status)}</span></th>'
        f"<td>{escape(types[p.content.type].title)}</td>"
        f'<td class="nombre">{len(p.content.communes) or "non connues"}</td>'
        f"<td>{escape(registry.ROLES[p.role])}</td>"
        f"<td>{escape(registry.french_date(p.content.date))}</td>"
        f'<td class="source">{escape(p.content.source)} {_links(p.content.link)}</td>'
        f"<td>{escape(_corrected(p.content.corrects, names))}</td></tr>"
        for p in found
    )
    heads = ["Structure", "Type", "Communes", "Proposé par", "Date", "Source", "Remarque"]
    tables.show(f"Propositions du terrain, {zone.title}", heads, lines, (2,))
    cards.source(sentences.text("propositions"))


def _corrected(id_: str, names: pd.Series) -> str:
    return f"corrige « {names[id_]} »" if id_ in names.index else ""


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) else ""


def densities(zone: Zone) -> None:
    """A card per type: count, density under its guard, rule, what chance could explain."""
    zoning = territory.zoning_of(zone.level)
    blocks = "".join(
        _density_card(
            type_, structures.density(id_, zoning, registry.declared(id_)).loc[zone.id], zone
        )
        for id_, type_ in structures.types().items()
    )
    st.html(f'<div class="cartes larges">{blocks}</div>')


def formulas(zone: Zone) -> None:
    """What the rules written as formulas would give the territory: CCSAD, grant of the cercles."""
    zoning = territory.zoning_of(zone.level)
    people, aged = (
        float(figures.total(column, zoning)[zone.id])
        for column in ("pop_total_2021", "pop_60p_2021")
    )
    st.subheader("Centres de coordination (CCSAD) : règle 2009-2012", anchor=False)
    cards.sentence(sentences.text("ccsad"))
    if zone.id == WALLONIE:
        cards.sentence("Choisissez un territoire pour le calcul.")
    else:
        places = structures.ccsad_places(people, aged)
        counted = words.number(people + aged)
        cards.sentence(
            f"{words.number(people)} habitants, dont {words.number(aged)} de 60 ans et plus, "
            f"comptent pour {counted} : <b>{places} centres</b>, si le territoire était une seule "
            "zone de soins."
        )
    cards.source(
        "Statbel, 1/1/2021. Arrêté du 30 avril 2009 ; CWASS, art. 441 ; CRWASS, art. 1567 à 1603. "
        "Le nombre réel de centres n’est pas dans le registre."
    )


def _density_card(type_: Type, row: pd.Series, zone: Zone) -> str:
    known = structures.completeness(type_.id)
    rate = float(row["densite_100k"])
    count = float(row["structures_allouees"])
    lines = []
    hatch = ""
    if not np.isnan(rate):
        figure = f"{words.number(rate, 2)} pour 100\u202f000 habitants"
        per = float(row["habitants_par_structure"])
        low, _, high = chance.limits(count)
        noun = "structure allouée" if count < 2 else "structures allouées"
        people = float(row["habitants"])
        lines.append(
            f"{words.number(count, 1)} {noun} au territoire : 1 pour "
            f"{words.number(per)} habitants et "
            f"{words.number(float(row['km2_par_structure']))} km²."
        )
        lines.append(
            "Ce que le hasard seul pourrait expliquer : de "
            f"{words.number(1e5 * low / people, 2)} à {words.number(1e5 * high / people, 2)}."
        )
        judged = str(row["regle"])
        start = "" if judged.startswith("règle") else "Règle : "
        lines.append(f"{(start + judged).capitalize()}.")
    else:
        hatch = " hachuree"
        touch = int(row["touchent"])
        least = float(row["minimum_100k"])
        figure = f"au moins {words.number(touch)}" if touch else "non connu"
        if touch:
            noun = "structure recensée" if touch < 2 else "structures recensées"
            text = f"Au moins {touch} {noun}"
            if least > 0:
                text += f", soit au moins {words.number(least, 2)} pour 100\u202f000 habitants"
            lines.append(f"{text}.")
        regional = structures.regional_density(type_.id)
        if not np.isnan(regional):
            total, year = known.published, known.published_year or "année non précisée"
            lines.append(
                f"Région : {total} publiés ({escape(year)}), soit 1 pour "
                f"{words.number(round(regional, -2))} habitants des OLS."
            )
    said = "".join(
        f'<p><span class="etiquette">déclaration du terrain</span> {escape(d.sentence)}.</p>'
        for d in registry.declarations(type_.id, zone.id)
    )
    rule = type_.text("regle") or "Aucune règle de planification connue."
    article = type_.text("regle_article")
    return (
        f'<div class="carte{hatch}"><div class="nom"><b>{escape(type_.plural)}</b></div>'
        f'<div class="densite">{escape(figure)}</div>'
        + "".join(f"<p>{words.spaced(line)}</p>" for line in lines)
        + words.spaced(said)
        + f'<p class="source">{escape(words.spaced(rule))} {escape(article)}</p>'
        f'<p class="source">{words.spaced(phrases.guard(known))}</p></div>'
    )


def printable(zone: Zone) -> None:
    """Everything recorded that supports the territory, with sources, ready for paper."""
    ols = territory.zoning("ols")
    found = structures.listing(territory.zoning_of(zone.level), zone.id)
    types = structures.types()
    crossing = found[found["a_cheval"]]
    count = words.plural(len(found), "structure recensée", "structures recensées")
    cards.sentence(
        f"<b>{count}</b> au registre pour {escape(zone.title)} ; <b>{len(crossing)} à cheval</b> "
        "sur plusieurs OLS (⇄). Les habitants que couvrent celles-ci sont "
        "comptés type par type : une même personne dépend de plusieurs types."
    )
    lines = ""
    for kind_, rows in found.groupby("type", sort=False):
        over = rows.index[rows["a_cheval"]]
        said = "aucune à cheval"
        if len(over):
            people = words.number(structures.concerned(str(kind_), over))
            unknown = structures.straddling(str(kind_), ols).loc[over, "inconnu"].any()
            most = "au plus " if unknown else ""
            said = f"{len(over)} à cheval, {most}{people} habitants concernés"
        lines += (
            f'<tr class="groupe"><th scope="colgroup" colspan="5">'
            f"{escape(types[str(kind_)].plural)} : {said}</th></tr>"
        )
        lines += "".join(_printed(row) for _, row in rows.iterrows())
    tables.show(
        f"Ce qui est recensé et soutient {zone.title}",
        ["Structure", "Part des habitants", "Ses OLS", "Année", "Source"],
        lines,
    )
    proposed(zone)
    absent = [type_.plural for id_, type_ in types.items() if id_ not in set(found["type"])]
    if absent:
        cards.sentence(
            f"<b>Rien de situé pour</b> : {escape(words.listing(absent))}. "
            "Cela ne veut pas dire qu’il n’y en a pas."
        )
    cards.source(f"{sentences.text('structures_signes')} Données, version {data.load().version}.")
    with st.container(horizontal=True, key="imprimer"):
        st.html(PRINT, unsafe_allow_javascript=True, width="content")
        cards.download(
            found.rename_axis("id"),
            f"structures-{zone.id}",
            _about(f"Structures recensées qui touchent {zone.title}"),
            "Télécharger la liste",
        )


def _about(title: str) -> About:
    """What a table of structures says of itself."""
    return About(
        title,
        "Registre des structures : la source est sur chaque ligne ; habitants : Statbel, "
        f"1/1/{structures.YEAR}",
        str(structures.YEAR),
        limits="Registre incomplet : une structure absente peut exister. "
        f"{sentences.text('structures_signes')}",
    )


PRINT = Path(__file__).with_name("imprimer.html")


def _printed(row: pd.Series) -> str:
    """A structure of the list to print."""
    spread = escape(str(row["zones_ols"])[:2])
    if row["a_cheval"]:
        people = words.quantity(float(row["habitants"]), "habitants")
        spread = f"⇄ {escape(words.spaced(str(row['zones_ols'])))}<br>{people}"
    return (
        f"<tr{' class=acheval' if row['a_cheval'] else ''}>"
        f'<th scope="row">{escape(str(row["nom"]))}{_marks(row)}</th>'
        f'<td class="nombre">{escape(_share(row["part"]))}</td>'
        f"<td>{spread}</td>"
        f"<td>{escape(_text(row['annee']) or 'non précisée')}</td>"
        f'<td class="source">{escape(str(row["source"]))}</td></tr>'
    )


def _share(value: float) -> str:
    return "non connue" if np.isnan(value) else words.quantity(100 * value, "%")


def sheet(kind_: str) -> None:
    """Card of a type: the ten headings, empty ones said to be empty."""
    type_ = structures.type_(kind_)
    terms = ""
    for key, name in structures.HEADINGS.items():
        if key == "missions":
            listed = "".join(f"<li>{escape(m)}</li>" for m in type_.about.get("missions", []))
            value = f"<ul>{listed}</ul>" if listed else "<i>non renseigné</i>"
        else:
            value = escape(type_.text(key)) or "<i>non renseigné</i>"
            if key == "financement" and type_.text("financement_annee"):
                value += f" ({escape(type_.text('financement_annee'))})"
        terms += f"<dt>{name}</dt><dd>{value}</dd>"
    for name, key in (("Base légale", "base_legale"), ("Règle de planification", "regle")):
        terms += f"<dt>{name}</dt><dd>{escape(type_.text(key)) or '<i>non renseigné</i>'}</dd>"
    terms += f"<dt>Limites</dt><dd>{escape(type_.text('limites')) or '—'}</dd>"
    sources = "".join(f"<li>{_source(given)}</li>" for given in type_.about.get("sources", []))
    totals = data.load().totaux_structures
    totals = totals[totals["type"] == kind_]
    counts = "".join(
        f"<li>{words.number(int(t['total']))} ({escape(str(t['zone']))}, "
        f"{escape(_text(t['annee']) or 'année non précisée')}) : {escape(str(t['source']))}</li>"
        for _, t in totals.iterrows()
    )
    merger = MERGER.get(type_.text("fusion"), "")
    st.html(
        f"<p>{escape(type_.text('aide'))}</p>"
        f'<div class="badges gauche"><span class="badge">{escape(type_.text("niveau"))}</span>'
        f'<span class="badge">{escape(type_.text("secteur_libelle"))}</span>'
        f'<span class="badge">{escape(merger)}</span></div>'
        f'<p class="source">{escape(type_.text("fusion_note"))} '
        f"{escape(sentences.text('fusion_pilotes'))}</p>"
        f'<dl class="fiche">{terms}</dl>'
        f"<h3>Totaux publiés</h3><ul>{counts or '<li>aucun</li>'}</ul>"
        f"<h3>Sources</h3><ul>{sources}</ul>"
    )


def _source(given: dict[str, object]) -> str:
    """A source of a card: title, publisher, year, links."""
    parts = [str(given.get(key, "")) for key in ("titre", "editeur", "annee")]
    return f"{escape(', '.join(filter(None, parts)))} {_links(given.get('lien'))}"


def care(view: View) -> None:
    """Points of care with complete communal data, kept apart from the meso structures."""
    names = ("pharmacies_per_10k_2022", "physio_per_10k_2025", "hospital_beds_per_1000_2020")
    for name in names:
        card = catalogue.card(name)
        own = figures.value(name, view.zone)
        other = figures.value(name, territory.find(WALLONIE))
        text = f"<b>{escape(card.title)}</b> : {words.quantity(own, card.unit, card.decimals)}"
        if view.zone.id != WALLONIE:
            text += f" ; Wallonie {words.quantity(other, card.unit, card.decimals)}"
        cards.sentence(f"{text}.")
        cards.source(card.source)


# --- Coherence ----------------------------------------------------------------------------------


def matrix(zoning: Zoning, zone: Zone, chosen: str) -> None:
    """Types × zones: structures present, share of inhabitants whose structure crosses limits."""
    zones = zoning.zones
    head = "".join(
        f'<th scope="col"{_here(zone_id, zone)}><b>{escape(str(zone_id))}</b><br>'
        f"{escape(str(label))}</th>"
        if zoning.id == "ols"
        else f'<th scope="col"{_here(zone_id, zone)}>{escape(str(label))}</th>'
        for zone_id, label in zones["label"].items()
    )
    lines = ""
    for id_, type_ in structures.types().items():
        known = structures.completeness(id_)
        total = f" sur {known.published}" if known.published else ""
        mark = "°" if known.deduced else ""
        lines += (
            f'<tr{" class=choisi" if id_ == chosen else ""}><th scope="row">{escape(type_.plural)}'
            f'{mark}<br><span class="source">{known.with_zone} avec zone{total}'
            f"{'' if known.open else ' : minimum'}</span></th>"
        )
        if not known.with_zone:
            lines += (
                f'<td class="vide hachuree" colspan="{len(zones)}">aucune zone lue : '
                f"{words.number(known.recorded)} recensés ne sont pas placés</td></tr>"
            )
            continue
        declared = registry.declared(id_) if zoning.id == "ols" else frozenset[str]()
        found = structures.cells(id_, zoning, declared)
        lines += "".join(_cell(row, zone_id, zone) for zone_id, row in found.iterrows()) + "</tr>"
    st.html(
        '<div class="defile" tabindex="0" role="region" aria-label="Types de structures et '
        'zones"><table class="donnees matrice"><thead><tr><td></td>'
        f"{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _here(zone_id: object, zone: Zone) -> str:
    return " class=ici" if zone_id == zone.id else ""


def _cell(row: pd.Series, zone_id: object, zone: Zone) -> str:
    count, share = int(row["touchent"]), float(row["a_cheval"])
    here = " ici" if zone_id == zone.id else ""
    if not row["ouvert"]:
        text = f"≥\u202f{count}" if count else "?"
        return f'<td class="hachuree{here}">{text}</td>'
    if not share > 0.0005:
        return f'<td class="c0{here}"><b>{count}</b> <span title="aucune à cheval">✓</span></td>'
    rank = 1 if share < 0.25 else 2 if share <= 0.75 else 3
    return f'<td class="c{rank}{here}"><b>{count}</b> ⇄\u202f{words.number(100 * share)}</td>'


def crossing_bars(kind_: str, zoning: Zoning, zone: Zone) -> None:
    """The structures that cross limits: where their inhabitants live, and how many they are."""
    found = crossing(kind_, zoning, zone)
    spread = structures.coherence(kind_, zoning)
    people = structures.covered_people(kind_).sum(axis=1)
    colours = theme.tokens()
    blocks = ""
    for id_, row in found.iterrows():
        parts = spread.loc[id_].sort_values(ascending=False)
        parts = parts[parts > 0.0005]
        bars = "".join(
            f'<i style="width:{100 * share:.1f}%;background:{colours.ramp[(3, 1, 0)[min(i, 2)]]}">'
            "</i>"
            for i, share in enumerate(parts)
        )
        where = " · ".join(
            f"<b>{escape(_zone_name(zoning, str(z)))}</b> {words.quantity(100 * share, '%')}"
            for z, share in parts.items()
        )
        blocks += (
            f'<div class="cheval"><div><span><b>{escape(str(row["nom"]))}</b>{_marks(row)}</span>'
            f'<span class="nombre">{words.number(float(people[id_]))} habitants</span></div>'
            f'<div class="barre" aria-hidden="true">{bars}</div>'
            f'<div class="source">{where}</div></div>'
        )
    if blocks:
        st.html(blocks)


def _zone_name(zoning: Zoning, zone_id: str) -> str:
    if zone_id == structures.OUTSIDE:
        return "hors du découpage"
    return zone_id if zoning.id == "ols" else str(zoning.zones.at[zone_id, "label"])


def alignment(kind_: str, zoning: Zoning, zone: Zone) -> None:
    """« Que changerait un alignement ? »: communes whose structure belongs to another zone."""
    found = structures.misplaced(kind_, zoning)
    if zone.id != WALLONIE and zoning.id == "ols":
        found = found[(found["zone"] == zone.id) | (found["principale"] == zone.id)]
    if found.empty:
        cards.sentence("Aucune commune ne changerait de structure.")
        return
    count = found["refnis"].nunique()
    moved = found.drop_duplicates(["refnis", "zone"])["habitants"].sum()
    least = "" if structures.completeness(kind_).open else "Au moins "
    cards.sentence(
        f"{least}<b>{words.plural(count, 'commune')}</b> et {words.number(float(moved))} habitants "
        "dépendent d’une structure dont la plus grande part est dans une autre zone. "
        "Aucune date d’alignement n’est fixée."
    )
    lines = "".join(
        f'<tr><th scope="row">{escape(str(row["commune"]))}</th>'
        f'<td class="nombre">{words.number(float(row["habitants"]))}</td>'
        f"<td>{escape(_zone_name(zoning, str(row['zone'])))}</td>"
        f"<td>{escape(str(row['nom']))}</td>"
        f"<td>{escape(_zone_name(zoning, str(row['principale'])))}</td></tr>"
        for _, row in found.iterrows()
    )
    heads = ["Commune", "Habitants", "Sa zone", "Structure", "Zone principale de la structure"]
    with st.expander("Les communes concernées"):
        tables.show("Communes dont la structure relève surtout d’une autre zone", heads, lines)
        about = _about("Communes dont la structure relève surtout d’une autre zone")
        cards.download(found.set_index("refnis"), f"alignement-{kind_}-{zoning.id}", about)


# --- Panels -------------------------------------------------------------------------------------


def summary(kind_: str, zone: Zone) -> None:
    """What is recorded, who is covered, what is missing, by what rule."""
    type_ = structures.type_(kind_)
    known = structures.completeness(kind_)
    st.subheader(type_.plural, anchor=False)
    to_complete(known)
    cards.sentence(escape(type_.text("aide")))
    cards.sentence(phrases.guard(known))
    cards.sentence(phrases.covered(kind_, zone))
    if gaps := gaps_sentence(kind_, zone):
        cards.sentence(gaps)
    ols = territory.zoning("ols")
    cards.sentence(straddling_sentence(kind_, ols, zone))
    rule = type_.text("regle")
    if rule:
        cards.source(f"Règle : {rule} {type_.text('regle_article')}")
    complete()


def crossings(kind_: str, zoning: Zoning, zone: Zone) -> None:
    """The structures across limits, and the coherence index of their type when it is open."""
    st.subheader(f"{structures.type_(kind_).plural} à cheval", anchor=False)
    known = structures.completeness(kind_)
    to_complete(known)
    cards.sentence(straddling_sentence(kind_, zoning, zone))
    crossing_bars(kind_, zoning, zone)
    index = structures.coherence_index(kind_, zoning)
    if known.open and not np.isnan(index):
        cards.sentence(
            f"<b>Cohérence : {words.quantity(100 * index, '%')}</b> de la population couverte a "
            "une structure qui tient dans une seule zone."
        )
    cards.source(words.spaced(phrases.plain(phrases.guard(known))))


def map_legend(kind_: str, zone: Zone) -> None:
    """What colours, hatching and points mean on the map of structures."""
    found = structures.zones_by_commune(kind_)
    names = structures.recorded(kind_)["nom"]
    order = list(dict.fromkeys(found["structure"]))
    here = set(structures.coverage_of(kind_, territory.zoning_of(zone.level), zone.id))
    cells = "".join(
        f'<li><span style="background:{cartography.TINTS[n % len(cartography.TINTS)]}"></span>'
        f"{escape(str(names[id_]))}</li>"
        for n, id_ in enumerate(order)
        if id_ in here and (found["structure"] == id_).any()
    )
    if len(here) > len(cartography.TINTS):
        cards.source(f"{len(here)} structures : leur nom se lit sur la carte et dans le tableau.")
    elif cells:
        st.html(f'<ul class="legende noms">{cells}</ul>')
    st.html(
        '<p class="source"><span class="hachure" aria-hidden="true"></span> zone déduite, part '
        "inconnue, ou plusieurs structures. Sans couleur : aucune structure recensée. Point : "
        "commune du siège, quand il est connu.</p>"
    )


def matrix_legend() -> None:
    """How to read a cell of the matrix."""
    st.html(
        '<p class="source cle"><span><b>2</b> structures présentes</span> '
        "<span>✓ aucune à cheval</span> <span>⇄ 12 : % des habitants couverts dont la structure "
        'est à cheval</span> <span><i class="c1"></i> moins de 25 %</span> '
        '<span><i class="c2"></i> de 25 à 75 %</span> <span><i class="c3"></i> plus de 75 %</span> '
        '<span><i class="hachure" aria-hidden="true"></i> minimum connu, sans comparaison</span>'
        "</p>"
    )
