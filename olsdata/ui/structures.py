"""Pieces of the Structures and Cohérence pages."""

from __future__ import annotations

from html import escape

import networkx
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from olsdata import catalogue, chance, figures, structures, tables, territory, words
from olsdata.structures import Completeness, Type
from olsdata.territory import WALLONIE, Zone, Zoning
from olsdata.ui import cards, charts, maps, sentences, state, theme
from olsdata.ui.state import View

VIEWS = {
    "carte": "Carte",
    "densite": "Densité et règle",
    "liste": "Liste à imprimer",
    "fiches": "Fiches",
    "liens": "Liens",
}
ZONINGS = {
    "ols": "OLS (officiel)",
    "bassins": "Bassins de vie (provisoires)",
    "provinces": "Provinces",
    "arrondissements": "Arrondissements",
    "clps": "Groupes de communes des CLPS",
    "secours": "Zones de secours",
}
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
"""The ten headings that describe a structure."""

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
    state.choice("vue", list(VIEWS), "carte")
    return str(
        st.segmented_control(
            "Partie de la page",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            key="vue",
            required=True,
            label_visibility="collapsed",
        )
    )


def zoning_choice() -> Zoning:
    """The zoning that structures are held against, kept in the address."""
    state.choice("decoupage", list(ZONINGS), "ols")
    chosen = st.selectbox(
        "Découpage de référence", list(ZONINGS), format_func=ZONINGS.__getitem__, key="decoupage"
    )
    return territory.zoning(str(chosen))


# --- Words --------------------------------------------------------------------------------------


def guard(known: Completeness) -> str:
    """« n recensés, dont m avec leur zone, sur N publiés »."""
    start = (
        f"<b>{words.number(known.recorded)} recensés</b>, dont "
        f"{words.number(known.with_zone)} avec leur zone"
    )
    if known.published is None:
        return f"{start} ; aucun total publié."
    year = f", {known.published_year}" if known.published_year else ", année non précisée"
    return f"{start}, sur {words.number(known.published)} publiés ({escape(known.source)}{year})."


def why_closed(known: Completeness) -> str:
    """Why density and comparison are closed for a type; empty when they are open."""
    return "" if known.open else escape(sentences.text("registre_incomplet"))


def cover_sentence(kind_: str, zone: Zone) -> str:
    """Who is covered in the territory, in words: share or interval, gaps, overlaps."""
    zoning = territory.zoning_of(zone.level)
    row = structures.coverage(kind_, zoning).loc[zone.id]
    plural = structures.type_(kind_).plural.lower()
    if not row["touchent"]:
        return (
            f"<b>Aucune zone connue.</b> Le registre ne dit pas quelles communes couvrent les "
            f"{escape(plural)} de ce territoire."
        )
    low, high = (100 * float(row[k]) for k in ("part_min", "part_max"))
    shown = words.quantity(high, "%")
    if round(low) != round(high):
        shown = f"entre {words.quantity(low, '%')} et {shown}"
    count = words.plural(int(row["touchent"]), "structure recensée", "structures recensées")
    return f"<b>{count}</b> ; {shown} des habitants vivent dans une zone connue."


def gaps_sentence(kind_: str, zone: Zone) -> str:
    """Communes that nothing recorded covers, and communes that several structures touch."""
    zoning = territory.zoning_of(zone.level)
    without = structures.gaps(kind_, zoning, zone.id)
    several = structures.overlaps(kind_, zoning, zone.id)
    parts = []
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
    people = float(structures.covered_people(kind_).loc[found.index].sum().sum())
    if not total:
        return "Aucune zone de ce type n’est connue : rien à comparer."
    if found.empty:
        return f"<b>Aucune structure à cheval</b>, sur {total} dont la zone est connue."
    count = words.plural(len(found), "structure")
    is_, they = ("est", "elle couvre") if len(found) == 1 else ("sont", "elles couvrent")
    where = "" if zone.id == WALLONIE else f" {escape(_touching(len(found)))} {escape(zone.title)}"
    return (
        f"<b>{count} sur {total}</b>{where} {'et ' if where else ''}{is_} à cheval sur plusieurs "
        f"zones ; {they} {words.number(people)} habitants."
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
        f'<a href="{escape(to)}" rel="noreferrer">lien {i}</a>' for i, to in enumerate(found, 1)
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
    return f"{words.quantity(100 * low, '%')} à {words.quantity(100 * high, '%')}"


def touching(kind_: str, zone: Zone) -> None:
    """Table of the structures of a type that touch the territory, with source and remark."""
    found = structures.touching(kind_, territory.zoning_of(zone.level), zone.id)
    if found.empty:
        return
    lines = "".join(
        f'<tr><th scope="row">{escape(str(row["nom"]))}{_marks(row)}</th>'
        f'<td class="nombre">{_part(row)}</td>'
        f"<td>{escape(_text(row['siege']))}</td>"
        f'<td class="source">{escape(str(row["source"]))} {_links(row["lien"])}</td>'
        f'<td class="source">{escape(_text(row["remarque"]))}</td></tr>'
        for _, row in found.iterrows()
    )
    _table(
        f"{structures.type_(kind_).plural}, {zone.title}",
        ["Structure", "Part des habitants", "Siège", "Source", "Remarque"],
        lines,
    )


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) else ""


def _table(name: str, heads: list[str], lines: str, numbers: tuple[int, ...] = (1,)) -> None:
    head = "".join(
        f'<th scope="col"{" class=nombre" if i in numbers else ""}>{escape(h)}</th>'
        for i, h in enumerate(heads)
    )
    st.html(
        f'<div class="defile" tabindex="0" role="region" aria-label="{escape(name)}">'
        f'<table class="donnees"><caption>{escape(name)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def densities(zone: Zone) -> None:
    """A card per type: count, density under its guard, rule, what chance could explain."""
    zoning = territory.zoning_of(zone.level)
    blocks = "".join(
        _density_card(type_, structures.density(id_, zoning).loc[zone.id])
        for id_, type_ in structures.types().items()
    )
    st.html(f'<div class="cartes larges">{blocks}</div>')


def _density_card(type_: Type, row: pd.Series) -> str:
    known = structures.completeness(type_.id)
    rate = float(row["densite_100k"])
    count = float(row["structures_allouees"])
    lines = []
    hatch = ""
    if not np.isnan(rate):
        figure = f"{words.number(rate, 2)} pour 100\u202f000 habitants"
        per = float(row["habitants_par_structure"])
        low, _, high = chance.limits(count)
        people = float(row["habitants"])
        lines.append(
            f"{words.number(count, 1)} structure allouée au territoire : 1 pour "
            f"{words.number(per)} habitants et "
            f"{words.number(float(row['km2_par_structure']))} km²."
        )
        lines.append(
            "Ce que le hasard seul pourrait expliquer : de "
            f"{words.number(1e5 * low / people, 2)} à {words.number(1e5 * high / people, 2)}."
        )
        lines.append(f"Règle : {escape(str(row['regle']))}.")
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
                f"{words.number(round(regional, -2))} habitants des dix OLS."
            )
    rule = type_.text("regle") or "Aucune règle de planification connue."
    article = type_.text("regle_article")
    return (
        f'<div class="carte{hatch}"><div class="nom"><b>{escape(type_.plural)}</b></div>'
        f'<div class="densite">{escape(figure)}</div>'
        + "".join(f"<p>{words.spaced(line)}</p>" for line in lines)
        + f'<p class="source">{escape(words.spaced(rule))} {escape(article)}</p>'
        f'<p class="source">{words.spaced(guard(known))}</p></div>'
    )


def printable(zone: Zone) -> None:
    """Everything recorded that supports the territory, with sources, ready for paper."""
    found = structures.listing(territory.zoning_of(zone.level), zone.id)
    lines = ""
    for title, rows in found.groupby("type", sort=False):
        lines += (
            f'<tr class="groupe"><th scope="colgroup" colspan="4">{escape(str(title))}</th></tr>'
        )
        lines += "".join(
            f'<tr><th scope="row">{escape(str(row["nom"]))}{_marks(row)}</th>'
            f'<td class="nombre">{escape(_share(row["part"]))}</td>'
            f"<td>{escape(_text(row['annee']) or 'année non précisée')}</td>"
            f'<td class="source">{escape(str(row["source"]))}</td></tr>'
            for _, row in rows.iterrows()
        )
    absent = [
        type_.plural
        for type_ in structures.types().values()
        if type_.title not in set(found["type"])
    ]
    _table(
        f"Ce qui est recensé et soutient {zone.title}",
        ["Structure", "Part des habitants", "Année", "Source"],
        lines,
    )
    if absent:
        cards.sentence(
            f"<b>Rien de situé pour</b> : {escape(words.listing(absent))}. "
            "Cela ne veut pas dire qu’il n’y en a pas."
        )
    cards.source(sentences.text("structures_signes"))
    cards.download(found.reset_index(names="id"), f"structures-{zone.id}", "Télécharger (CSV)")


def _share(value: float) -> str:
    return "non connue" if np.isnan(value) else words.quantity(100 * value, "%")


def sheet(kind_: str) -> None:
    """Card of a type: the ten headings, empty ones said to be empty."""
    type_ = structures.type_(kind_)
    terms = ""
    for key, name in HEADINGS.items():
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
    totals = tables.load().totaux_structures
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
        found = structures.cells(id_, zoning)
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
            f'<div class="cheval"><div><b>{escape(str(row["nom"]))}</b>{_marks(row)}'
            f'<span class="nombre">{words.number(float(people[id_]))} habitants</span></div>'
            f'<div class="barre" aria-hidden="true">{bars}</div>'
            f'<div class="source">{where}</div></div>'
        )
    st.html(blocks or "<p>Aucune structure à cheval.</p>")


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
    cards.sentence(
        f"<b>{words.plural(count, 'commune')}</b> et {words.number(float(moved))} habitants "
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
        _table("Communes dont la structure relève surtout d’une autre zone", heads, lines)
        cards.download(found.set_index("refnis"), f"alignement-{kind_}-{zoning.id}", "CSV")


# --- Links --------------------------------------------------------------------------------------

LINKS = {"organe de gouvernance": "solid", "partage d’activités": "dash", "support": "dot"}


def network() -> None:
    """Links between structures by kind: typical relations until real ones are entered."""
    links = tables.load().liens
    known = list(LINKS)
    shown = st.pills(
        "Types de liens", known, selection_mode="multi", default=known, key="liens-vus"
    )
    links = links[links["type_lien"].isin(shown)]
    if links.empty:
        st.html("<p>Aucun lien de ce type.</p>")
        return
    titles = {id_: t.title for id_, t in structures.types().items()}
    titles |= {"ols": "OLS", "ccsad": "CCSAD", "ssm": "SSM"}
    graph = networkx.Graph()
    graph.add_edges_from(links[["structure_a", "structure_b"]].itertuples(index=False))
    at = networkx.spring_layout(graph, seed=1, k=1.2)
    colours = theme.tokens()
    figure = go.Figure()
    for name, dash in LINKS.items():
        xs: list[float | None] = []
        ys: list[float | None] = []
        for row in links[links["type_lien"] == name].itertuples():
            a, b = at[row.structure_a], at[row.structure_b]
            xs += [float(a[0]), float(b[0]), None]
            ys += [float(a[1]), float(b[1]), None]
        figure.add_scatter(
            x=xs,
            y=ys,
            mode="lines",
            name=name,
            line={"color": colours.secondary, "width": 1.5, "dash": dash},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[float(at[n][0]) for n in graph],
        y=[float(at[n][1]) for n in graph],
        mode="markers+text",
        text=[titles.get(n, n) for n in graph],
        textposition="top center",
        marker={"size": 12, "color": colours.accent_text},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_xaxes(visible=False, range=[-1.35, 1.35])
    figure.update_yaxes(visible=False)
    charts.dressed(figure, colours, 460)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.02})
    charts.show(figure, "liens", "Réseau des liens entre structures ; le tableau le dit en entier.")
    lines = "".join(
        f'<tr><th scope="row">{escape(titles.get(r.structure_a, r.structure_a))}</th>'
        f"<td>{escape(titles.get(r.structure_b, r.structure_b))}</td>"
        f"<td>{escape(r.type_lien)}</td><td>{escape(_text(r.instance))}</td>"
        f'<td><span class="etiquette">{escape(r.statut)}</span></td>'
        f'<td class="source">{escape(r.source)}</td></tr>'
        for r in links.itertuples()
    )
    _table("Liens entre structures", ["De", "À", "Lien", "Instance", "Statut", "Source"], lines, ())
    double = structures.double_meetings(links)
    if double.empty:
        cards.sentence("Aucune paire ne siège ensemble dans trois instances ou plus.")
    else:
        pairs = [f"{titles.get(r.a, r.a)} et {titles.get(r.b, r.b)}" for r in double.itertuples()]
        cards.sentence(f"<b>Lieux de réunion en double</b> : {escape(words.listing(pairs))}.")


# --- Panels -------------------------------------------------------------------------------------


def summary(kind_: str, zone: Zone) -> None:
    """What is recorded, who is covered, what is missing, by what rule."""
    type_ = structures.type_(kind_)
    known = structures.completeness(kind_)
    st.subheader(type_.plural, anchor=False)
    cards.sentence(escape(type_.text("aide")))
    cards.sentence(guard(known))
    closed = why_closed(known)
    if closed:
        cards.sentence(closed)
    cards.sentence(cover_sentence(kind_, zone))
    cards.sentence(gaps_sentence(kind_, zone))
    ols = territory.zoning("ols")
    cards.sentence(straddling_sentence(kind_, ols, zone))
    rule = type_.text("regle")
    if rule:
        cards.source(f"Règle : {rule} {type_.text('regle_article')}")


def crossings(kind_: str, zoning: Zoning, zone: Zone) -> None:
    """The structures across limits, and the coherence index of their type."""
    st.subheader(f"{structures.type_(kind_).plural} à cheval", anchor=False)
    cards.sentence(straddling_sentence(kind_, zoning, zone))
    crossing_bars(kind_, zoning, zone)
    index = structures.coherence_index(kind_, zoning)
    if not np.isnan(index):
        cards.sentence(
            f"<b>Cohérence : {words.quantity(100 * index, '%')}</b> de la population couverte a "
            "une structure qui tient dans une seule zone."
        )
    cards.source(words.spaced(sentences.plain(guard(structures.completeness(kind_)))))


def map_legend(kind_: str, zone: Zone) -> None:
    """What colours, hatching and points mean on the map of structures."""
    found = structures.zones_by_commune(kind_)
    names = structures.recorded(kind_)["nom"]
    order = list(dict.fromkeys(found["structure"]))
    here = set(structures.coverage_of(kind_, territory.zoning_of(zone.level), zone.id))
    cells = "".join(
        f'<li><span style="background:{maps.TINTS[n % len(maps.TINTS)]}"></span>'
        f"{escape(str(names[id_]))}</li>"
        for n, id_ in enumerate(order)
        if id_ in here and (found["structure"] == id_).any()
    )
    if cells:
        st.html(f'<ul class="legende noms">{cells}</ul>')
    st.html(
        '<p class="source"><span class="hachure" aria-hidden="true"></span> zone déduite, part '
        "inconnue, ou plusieurs structures. Blanc : aucune structure recensée. Point : commune du "
        "siège, quand il est connu.</p>"
    )


def matrix_legend() -> None:
    """How to read a cell of the matrix."""
    st.html(
        '<p class="source cle"><b>2</b> structures présentes · ✓ aucune à cheval · ⇄ 12 : % des '
        'habitants couverts dont la structure est à cheval · <i class="c1"></i> moins de 25 % '
        '<i class="c2"></i> de 25 à 75 % <i class="c3"></i> plus de 75 % · '
        '<span class="hachure" aria-hidden="true"></span> minimum connu, sans comparaison</p>'
    )
