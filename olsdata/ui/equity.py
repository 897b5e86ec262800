"""Pieces of the page « Universalisme proportionné »: need, floor, gradient, proportionality.

Everything is drawn from cached functions whose key is what the reader chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from olsdata import cartography, catalogue, figures, phrases, territory, words
from olsdata.equity import gradient as gradients
from olsdata.equity import laws, need, resources
from olsdata.equity import proportionality as proportions
from olsdata.equity import scope as scopes
from olsdata.equity.gradient import Gradient
from olsdata.equity.need import GROUPS, Weights
from olsdata.equity.proportionality import Proportionality
from olsdata.equity.resources import Resource
from olsdata.equity.scope import Scope, named
from olsdata.equity.units import units
from olsdata.local import remembered
from olsdata.phrases import NOUNS
from olsdata.territory import WALLONIE, Zone
from olsdata.ui import cards, charts, maps, notes, sentences, state, theme
from olsdata.ui import weights as chosen_weights
from olsdata.ui.state import View
from olsdata.ui.theme import Tokens

NEAR, FAR = 1.1, 1.5
"""Ratios that limit the colours: within 1/NEAR to NEAR, the share follows need."""

LEVEL_NAMES = {"commune": "Communes", "bassin": "Bassins", "ols": "OLS"}


# --- What is shown ------------------------------------------------------------------------------


def scope(view: View) -> Scope:
    """Units of the view: those of the territory, or the ten OLS."""
    return scopes.scope(view.zone, view.level)


def opening(view: View) -> str:
    """The whole population first, then the gradient."""
    zoning = territory.zoning_of(view.zone.level)
    people = float(figures.population(2026, zoning).at[view.zone.id, "valeur"])
    return (
        "Agir pour tous, et davantage pour ceux qui en ont le plus besoin. D’abord les "
        f"<b>{words.number(people)} habitants</b> (1/1/2026), puis le gradient."
    )


# --- Need ---------------------------------------------------------------------------------------


def need_map(view: View, weights: Weights) -> None:
    """The index on the map, its legend, what it says."""
    st.subheader(f"Besoin {cartography.LEVEL_WORDS[view.level]}", anchor=False)
    need_picture(view, weights)
    need_legend(view, weights)
    cards.sentence(phrases.need_groups(weights, view.zone, view.level))
    cards.source(sentences.text("besoin_carte"))
    cards.source(need_sources(weights))


def need_picture(view: View, weights: Weights, opens: bool = True) -> None:
    """The map alone; a click opens a territory, unless a room looks at it."""
    frame = cartography.need_table(weights, view.zone, view.level)
    alt = sentences.plain(phrases.need_groups(weights, view.zone, view.level))
    said = f"Carte : indice de besoin, {view.zone.title}. {alt}"
    maps.need(view, frame, said, _mark(weights), opens)


def _mark(weights: Weights) -> str:
    return "-".join(f"{share:.4f}" for _, share in weights.items)


def need_legend(view: View, weights: Weights) -> None:
    """Classes of the map, and what its hatching means."""
    frame = cartography.need_table(weights, view.zone, view.level)
    ramp = theme.tokens().ramp
    cells = "".join(
        f'<li><span style="background:{colour}"></span>{20 * i}–{20 * i + 20}</li>'
        for i, colour in enumerate(ramp)
    )
    st.html(f'<ul class="legende" aria-label="Classes de l’indice de besoin">{cells}</ul>')
    notes = []
    if frame["hachure"].any():
        notes.append("bassin découpé dans une ville : valeur de la ville entière")
    if frame["valeur"].isna().any():
        notes.append("commune germanophone, hors OLS : pas d’indice")
    if notes:
        st.html(
            '<p class="source"><span class="hachure" aria-hidden="true"></span> '
            f"{words.spaced(' ; '.join(notes))}.</p>"
        )


def need_sources(weights: Weights) -> str:
    """Where the figures of the index come from."""
    sources = list(dict.fromkeys(catalogue.card(i).source for i in weights.ids))
    return f"{' ; '.join(sources)}. Limites approchées."


def bands(view: View, weights: Weights) -> None:
    """Need unit by unit, with its band and its group."""
    here = scope(view)
    order = "ordre de l’arrêté" if here.level == "ols" else "du nord au sud"
    st.subheader(f"Besoin {cartography.LEVEL_WORDS[here.level]}, {order}", anchor=False)
    if here.fallback:
        cards.source(
            f"Choisissez un territoire pour lire chaque {NOUNS[view.level]} ; voici les OLS."
        )
    st.html(_bands_html(weights, here, view.territory))
    cards.sentence(phrases.need_stable(weights, here))
    if weights.without(weights.ids[0]) is None:
        cards.source("Un seul indicateur : ses poids ne peuvent pas varier, la bande est nulle.")
    cards.source(sentences.text("besoin_bandes"))
    found = need.by_zone(weights, units(here.level)).loc[list(here.ids)]
    with st.container(horizontal=True):
        cards.download(found, f"besoin-{here.level}-{view.territory}", "Télécharger (CSV)")
        notes.button("", "besoin", f"le besoin, {view.zone.title}")


@remembered(maxsize=128)
def _bands_html(weights: Weights, here: Scope, territory_: str) -> str:
    found = need.by_zone(weights, units(here.level)).loc[list(here.ids)]
    low, high = need.group_limits(weights)
    heads = "".join(
        f'<span style="left:{middle:.1f}%">{name}</span>'
        for name, middle in zip(GROUPS, (low / 2, (low + high) / 2, (high + 100) / 2), strict=True)
    )
    lines = ""
    for unit, row in found.iterrows():
        name = escape(named(here.level, str(unit)))
        here_ = ' class="choisi"' if unit == territory_ else ""
        value = float(row["indice"])
        if np.isnan(value):
            lines += (
                f'<tr{here_}><th scope="row">{name}</th><td class="hachuree" colspan="3">'
                "chiffre absent</td></tr>"
            )
            continue
        stays = words.quantity(100 * float(row["stabilite"]), "%")
        first, last = float(row["p5"]), float(row["p95"])
        lines += (
            f'<tr{here_}><th scope="row">{name}</th><td><div class="bande" aria-hidden="true">'
            f'<i class="ligne" style="left:{first:.1f}%;width:{last - first:.1f}%"></i>'
            f'<i class="point" style="left:{value:.1f}%"></i></div>'
            f'<span class="lecteur">de {words.number(first)} à {words.number(last)}</span></td>'
            f'<td class="nombre"><b>{words.number(value)}</b></td>'
            f'<td class="groupe" title="dans {stays} des tirages">{row["groupe"]}'
            f"{'' if row['stabilite'] >= phrases.STABLE else ' ≈'}</td></tr>"
        )
    return words.spaced(
        '<div class="defile haute" tabindex="0" role="region" aria-label="Indice de besoin et sa '
        f'bande"><table class="donnees bandes" style="--t1:{low:.1f}%;--t2:{high:.1f}%">'
        '<thead><tr><th scope="col">Unité</th><th scope="col" class="axe">'
        f'<div class="axe">{heads}</div></th><th scope="col" class="nombre">Indice</th>'
        f'<th scope="col">Groupe</th></tr></thead><tbody>{lines}</tbody>'
        '<tfoot><tr><td></td><td><div class="echelle" aria-hidden="true"><span>0</span>'
        "<span>50</span><span>100</span></div></td><td></td><td></td></tr></tfoot></table></div>"
    )


def details(view: View, weights: Weights) -> None:
    """Folded: what the index is made of, what happens without each indicator, the spread."""
    here = scope(view)
    if sentence := chosen_weights.alike_sentence(weights):
        cards.sentence(sentence)
    with st.expander("De quoi l’indice est fait, et ce qu’il devient sans chaque indicateur"):
        st.html(_decomposition_html(weights, here))
        st.html(_without_html(weights, here))
    with st.expander("Ce qu’une moyenne cache : l’écart entre communes"):
        st.html(_spread_html(weights, here))
    with st.expander("Pourquoi ces indicateurs, et la méthode"):
        chosen_weights.reasons()
        st.markdown(sentences.text("universalisme_methode"))


def _table(name: str, heads: list[str], lines: str) -> str:
    head = "".join(
        f'<th scope="col"{" class=nombre" if i else ""}>{escape(h)}</th>'
        for i, h in enumerate(heads)
    )
    return (
        f'<div class="defile haute" tabindex="0" role="region" aria-label="{escape(name)}">'
        f'<table class="donnees large"><caption>{escape(name)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


@remembered(maxsize=64)
def _decomposition_html(weights: Weights, here: Scope) -> str:
    parts = need.decomposition(weights, units(here.level))["apport"].unstack("indicateur")
    parts = parts.loc[list(here.ids), weights.ids]
    lines = ""
    for unit, row in parts.iterrows():
        cells = "".join(f'<td class="nombre">{words.number(float(v), 1)}</td>' for v in row)
        total = words.number(float(row.sum(skipna=False)), 1)
        lines += (
            f'<tr><th scope="row">{escape(named(here.level, str(unit)))}</th>{cells}'
            f'<td class="nombre"><b>{total}</b></td></tr>'
        )
    heads = [NOUNS[here.level].capitalize() if here.level != "ols" else "OLS"]
    heads += [need.weighable()[i].short for i in weights.ids] + ["Indice"]
    return _table("Points d’indice que chaque indicateur apporte", heads, lines)


@remembered(maxsize=64)
def _without_html(weights: Weights, here: Scope) -> str:
    found = need.leave_one_out(weights, units(here.level))
    if found.empty:
        return '<p class="phrase">Un seul indicateur pèse : sans lui, il n’y a plus d’indice.</p>'
    items = ""
    for id_ in weights.ids:
        mine = found.loc[id_].loc[list(here.ids)]
        changed = mine.index[mine["change"].astype(bool)]
        names = [named(here.level, str(i)) for i in changed]
        what = (
            f"{phrases.many(len(names), here.level)} {'changent' if len(names) > 1 else 'change'} "
            f"de groupe ({escape(words.listing(names, most=6))})"
            if names
            else "aucun changement de groupe"
        )
        most = words.number(float(mine["ecart"].abs().max()), 1)
        items += (
            f"<li>Sans « {escape(need.weighable()[id_].short)} » : {what} ; l’indice bouge de "
            f"{most} points au plus.</li>"
        )
    return f'<ul class="phrase">{words.spaced(items)}</ul>'


@remembered(maxsize=64)
def _spread_html(weights: Weights, here: Scope) -> str:
    if here.level == "commune":
        return '<p class="phrase">Les communes sont le grain du calcul : rien n’y est moyenné.</p>'
    found = need.by_zone(weights, units(here.level)).loc[list(here.ids)]
    lines = "".join(
        f'<tr><th scope="row">{escape(named(here.level, str(unit)))}</th>'
        + "".join(
            f'<td class="nombre">{words.number(float(row[c]))}</td>'
            for c in ("p10_communes", "indice", "p90_communes")
        )
        + "</tr>"
        for unit, row in found.iterrows()
    )
    heads = ["Unité", "Commune où l’on atteint 10 % des habitants", "Indice", "… 90 %"]
    name = "Indice des communes de chaque unité, de la moins à la plus en besoin"
    return _table(name, heads, words.spaced(lines))


# --- The floor ----------------------------------------------------------------------------------


def floor(view: View) -> None:
    """Is the floor there for all? Coverage, communes without, distances, what is not open."""
    st.subheader("Le socle est-il là pour tous ?", anchor=False)
    cards.sentence(phrases.floor(view.zone))
    st.html(_floor_html(view.zone))
    cards.sentence(phrases.distances(view.zone))
    cards.source(sentences.text("socle"))
    cards.source(sentences.text("socle_distance"))
    st.html(_closed_html())


@remembered(maxsize=16)
def _floor_html(zone: Zone) -> str:
    lines = ""
    for _, row in phrases.floor_table(zone).iterrows():
        low, high = 100 * float(row["part_min"]), 100 * float(row["part_max"])
        shown = words.quantity(high, "%", 1 if 99 < high < 100 else 0)
        if round(low) != round(high):
            shown = f"de {words.quantity(low, '%')} à {shown}"
        without = "aucune" if not row["communes_sans"] else words.number(row["communes_sans"])
        if row["communes_sans"] and not row["complet"]:
            without += " (aucune structure connue)"
        names = words.listing(str(row["noms_sans"]).split(" ; "), most=6)
        mark = '<sup title="zone déduite d’un nom">°</sup>' if row["deduit"] else ""
        lines += (
            f'<tr><th scope="row">{escape(str(row["titre"]))}{mark}</th>'
            f'<td class="nombre"><b>{shown}</b></td><td class="nombre">{without}</td>'
            f'<td class="nombre">{words.number(float(row["habitants_sans"]))}</td>'
            f'<td class="source">{escape(names)}</td>'
            f'<td class="source">{escape(str(row["source"]))} ; habitants au 1/1/{row["annee"]}'
            "</td></tr>"
        )
    heads = ["Élément", "Habitants couverts", "Communes sans", "Habitants", "Lesquelles", "Source"]
    head = "".join(
        f'<th scope="col"{" class=nombre" if i in (1, 2, 3) else ""}>{h}</th>'
        for i, h in enumerate(heads)
    )
    return words.spaced(
        '<div class="defile" tabindex="0" role="region" aria-label="Socle universel">'
        f'<table class="donnees large"><caption>Socle universel, {escape(zone.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


@remembered(maxsize=1)
def _closed_html() -> str:
    closed = resources.not_in_the_floor()
    items = "".join(f"<li>{escape(words.spaced(why))}</li>" for why in closed.values())
    count = words.plural(len(closed), "type non ouvert", "types non ouverts")
    return (
        f'<details class="manque"><summary>{count}, et pourquoi</summary><ul>{items}</ul></details>'
    )


# --- Gradient -----------------------------------------------------------------------------------


@remembered(maxsize=1)
def _open() -> dict[str, Resource]:
    """Resources recorded enough to be set against need."""
    closed = resources.not_in_the_floor()
    return {id_: r for id_, r in resources.resources().items() if id_ not in closed}


def resource_choice() -> str:
    """The resource set against need, kept in the address."""
    known = {id_: r.title for id_, r in _open().items()}
    state.choice("ressource", list(known), "pharmacies")
    return str(
        st.selectbox("Ressource", list(known), format_func=known.__getitem__, key="ressource")
    )


def level_choice() -> str:
    """The units that the gradient compares, kept in the address."""
    state.choice("unites", list(LEVEL_NAMES), "commune")
    return str(
        st.segmented_control(
            "Unités comparées",
            list(LEVEL_NAMES),
            format_func=LEVEL_NAMES.__getitem__,
            key="unites",
            required=True,
        )
    )


@remembered(maxsize=64)
def _gradient(id_: str, level: str, weights: Weights) -> Gradient:
    return gradients.gradient(id_, level, weights, centred=True)


def gradient(view: View, weights: Weights, id_: str, level: str) -> None:
    """Resource per inhabitant against need: scatter, line, sentence, three figures."""
    found = _gradient(id_, level, weights)
    left, right = st.columns([1.5, 1])
    with left:
        cards.sentence(phrases.gradient(found))
        if not found.why:
            charts.show(
                _scatter(id_, level, weights, view.zone, theme.tokens()),
                f"gradient-{id_}-{level}",
                sentences.plain(phrases.gradient(found)),
            )
            _scatter_legend(found, view.zone)
        cards.source(sentences.text("gradient"))
        if found.resource.usage != resources.LOCAL:
            cards.source(sentences.text("gradient_partage"))
        if level != "commune":
            cards.source(sentences.text("gradient_communes"))
        notes.button(found.resource.card, "offre", f"{found.resource.title}, {view.zone.title}")
        cards.source(
            f"{found.resource.source} ; {found.resource.denominator} ; "
            f"besoin : {need_sources(weights)}"
        )
    with right:
        if found.why:
            return
        st.html(_figures_html(found))
        charts.show(
            _curve(id_, level, weights, theme.tokens()),
            f"concentration-{id_}-{level}",
            sentences.plain(curve_sentence(found)),
        )
        cards.sentence(curve_sentence(found))
    with st.expander("Comment lire la pente, le rapport et la courbe"):
        for name in ("gradient_signe", "gradient_bande", "concentration"):
            cards.sentence(escape(sentences.text(name)))


def _figures_html(found: Gradient) -> str:
    per = found.resource.per
    decimals = max(1, phrases.decimals_for(abs(per * found.sii)))

    def line(name: str, value: float, band: tuple[float, float], places: int, help_: str) -> str:
        shown = words.number(value, places, sign=places != 2)
        chance = "—"
        if np.isfinite(band[0]):
            ends = [words.number(v, places, sign=places != 2) for v in band]
            chance = f"de {ends[0]} à {ends[1]}"
        if not np.isfinite(value):
            shown = gradients.NOT_COMPUTABLE
        return (
            f'<tr><th scope="row"><span class="aide" tabindex="0" title="{escape(help_)}">{name}'
            f'</span></th><td class="nombre"><b>{shown}</b></td>'
            f'<td class="nombre">{chance}</td></tr>'
        )

    low, high = (per * v for v in found.sii_band)
    lines = line(
        f"Écart pour {words.number(per)} (SII)",
        per * found.sii,
        (low, high),
        decimals if decimals != 2 else 3,
        "valeur de la droite au besoin le plus grand, moins sa valeur au moins grand",
    )
    lines += line(
        "Rapport (RII)", found.rii, found.rii_band, 2, "la même droite : valeur à 1 ÷ valeur à 0"
    )
    lines += line(
        "Concentration (RCI)",
        found.rci,
        found.rci_band,
        3,
        "de −1 à 1 ; positif : concentrée là où le besoin est plus grand",
    )
    why = f'<p class="source">{escape(found.why_no_band)}</p>' if found.why_no_band else ""
    return words.spaced(
        '<div class="defile" tabindex="0" role="region" aria-label="Pente et concentration">'
        f'<table class="donnees"><caption>{phrases.many(found.count, found.level)}</caption>'
        "<thead><tr>"
        '<th scope="col">Mesure</th><th scope="col" class="nombre">Valeur</th>'
        '<th scope="col" class="nombre">Ce que le hasard seul pourrait expliquer</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div>{why}"
    )


def _of_zone(found: Gradient, zone: Zone) -> pd.Series:
    """Which units belong to the territory looked at."""
    if zone.id == WALLONIE:
        return pd.Series(False, index=found.points.index)
    mine = set(scopes.scope(zone, found.level).ids) if found.level != "ols" else {zone.id}
    return found.points.index.to_series().isin(mine)


@remembered(maxsize=64)
def _scatter(id_: str, level: str, weights: Weights, zone: Zone, colours: Tokens) -> go.Figure:
    found = _gradient(id_, level, weights)
    kind, points = found.resource, found.points
    mine = _of_zone(found, zone)
    size = 6 + 34 * np.sqrt(points["habitants"] / points["habitants"].max())
    figure = go.Figure()
    for rows, colour, opacity in (
        (~mine, colours.control, 0.35),
        (mine, colours.ramp[3 if colours.name == "clair" else 2], 0.9),
    ):
        part = points[rows]
        figure.add_scatter(
            x=part["x"].round(4).tolist(),
            y=(kind.per * part["taux"]).round(3).tolist(),
            mode="markers",
            marker={
                "size": (size[rows] * colours.scale).round(1).tolist(),
                "color": colour,
                "opacity": opacity,
                "line": {"width": 0.7, "color": colours.paper},
            },
            customdata=[
                (escape(str(label)), words.number(kind.per * rate, 1), words.number(index))
                for label, rate, index in part[["label", "taux", "indice"]].itertuples(index=False)
            ],
            hovertemplate=(
                "<b>%{customdata[0]}</b><br>%{customdata[1]} pour "
                f"{words.number(kind.per)}<br>besoin %{{customdata[2]}}<extra></extra>"
            ),
        )
    ends = [kind.per * v for v in (found.line.at_least, found.line.at_greatest)]
    figure.add_scatter(
        x=[0, 1], y=ends, mode="lines", line={"color": colours.ink, "width": 3}, hoverinfo="skip"
    )
    decimals = phrases.decimals_for(max(map(abs, ends)))
    for x, y in zip((0, 1), ends, strict=True):
        figure.add_annotation(
            x=x,
            y=y,
            text=f"<b>{words.number(max(0.0, y), decimals)}</b>",
            showarrow=False,
            yshift=14 * colours.scale,
            xanchor="left" if x == 0 else "right",
            bgcolor=colours.paper,
        )
    figure.add_annotation(
        text=f"pour {words.number(kind.per)} habitants",
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        font={"color": colours.secondary},
    )
    figure.update_xaxes(
        range=[-0.02, 1.02],
        showticklabels=False,
        showgrid=False,
        zeroline=False,
    )
    most = float((kind.per * points["taux"]).max())
    figure.update_yaxes(
        gridcolor=colours.border,
        zeroline=False,
        nticks=5,
        range=[min(0.0, *ends) - 0.02 * most, 1.08 * most],
    )
    charts.dressed(figure, colours, 360, {"l": 48, "r": 14})
    for axis, anchor in ((0.02, "left"), (0.98, "right")):
        figure.add_annotation(
            x=axis,
            y=0,
            yref="paper",
            yanchor="top",
            yshift=-6,
            xanchor=anchor,
            showarrow=False,
            text="moins de besoin" if anchor == "left" else "plus de besoin →",
        )
    return figure


def _scatter_legend(found: Gradient, zone: Zone) -> None:
    if zone.id == WALLONIE:
        return
    names = "une de ses unités" if found.level != "ols" else "le territoire"
    st.html(
        f'<p class="source"><span class="pastille" aria-hidden="true"></span> {names}, '
        f"{escape(zone.title)} ; en gris, le reste de la Wallonie</p>"
    )


@remembered(maxsize=64)
def curve_sentence(found: Gradient) -> str:
    """Share of the resource that the half of the inhabitants in greater need has."""
    curve = _curve_points(found)
    half = float(np.interp(0.5, curve["part_habitants"], curve["part_ressource"]))
    return (
        "La moitié des habitants dont le besoin est le plus grand a "
        f"<b>{words.quantity(100 * (1 - half), '%')}</b> de la ressource."
    )


@remembered(maxsize=64)
def _curve_points(found: Gradient) -> pd.DataFrame:
    points = found.points
    return gradients.concentration_curve(points["taux"], points["habitants"], points["indice"])


@remembered(maxsize=64)
def _curve(id_: str, level: str, weights: Weights, colours: Tokens) -> go.Figure:
    curve = _curve_points(_gradient(id_, level, weights))
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"color": colours.secondary, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=(100 * curve["part_habitants"]).round(2).tolist(),
        y=(100 * curve["part_ressource"]).round(2).tolist(),
        mode="lines",
        line={"color": colours.accent_text, "width": 3},
        hovertemplate="%{x:.0f} % des habitants<br>%{y:.0f} % de la ressource<extra></extra>",
    )
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(range=[0, 100], tickvals=[0, 50, 100], gridcolor=colours.border, zeroline=False)
    figure.update_xaxes(title={"text": "% des habitants, besoin croissant"})
    figure.update_yaxes(title={"text": "% de la ressource"})
    return charts.dressed(figure, colours, 270, {"l": 56, "t": 10, "b": 52, "r": 14})


# --- Proportionality ----------------------------------------------------------------------------


@remembered(maxsize=128)
def _proportion(
    id_: str,
    level: str,
    weights: Weights,
    k: float,
    convention: str,
    added: tuple[tuple[str, float], ...] = (),
) -> Proportionality:
    more: Mapping[str, float] | None = dict(added) or None
    if convention == chosen_weights.NEED:
        return proportions.proportionality(id_, level, k, weights, added=more)
    people = laws.weighted_people(convention, resources.resource(id_).population_year)
    said = chosen_weights.conventions()[convention]
    return proportions.proportionality(
        id_, level, k, weights, people=people, convention=said, added=more
    )


def proportionality(view: View, weights: Weights, id_: str) -> None:
    """Share of the resource over share of need, unit by unit; what if; precedents of the law."""
    here = scope(view)
    here = here if here.level != "commune" else scopes.scope(view.zone, "bassin")
    st.subheader("Chacun a-t-il sa part ?", anchor=False)
    left, right = st.columns([1.5, 1])
    with right:
        convention = chosen_weights.convention()
        k = chosen_weights.k() if convention == chosen_weights.NEED else proportions.K
        found = _proportion(id_, here.level, weights, k, convention)
        added: tuple[tuple[str, float], ...] = ()
        if not found.withheld:
            added = _what_if(found, here)
    if added:
        found = _proportion(id_, here.level, weights, k, convention, added)
    with left:
        if found.withheld:
            cards.sentence(f"<b>Pas de rapport.</b> {escape(found.withheld)}")
        else:
            st.html(_ratio_html(id_, here, weights, k, convention, added, view.territory))
            _ratio_legend()
        cards.source(f"Convention : {found.convention}.")
        cards.source(sentences.text("proportionnalite"))
        if not found.withheld:
            cards.download(
                found.zones.loc[list(here.ids)],
                f"proportionnalite-{id_}-{here.level}-{view.territory}",
                "Télécharger (CSV)",
            )
    with right:
        if not found.withheld:
            cards.sentence(units_sentence(found))
            cards.source(sentences.text("proportionnalite_unites"))
    with st.expander("Les poids que le droit wallon donne déjà"):
        chosen_weights.precedents()


def _what_if(found: Proportionality, here: Scope) -> tuple[tuple[str, float], ...]:
    """« Et si l’on ajoutait … dans … »: the units added, if any."""
    known = {"": "nulle part"} | {
        i: named(here.level, i) for i in here.ids if np.isfinite(found.zones.at[i, "ressource"])
    }
    state.choice("ajout", list(known), "")
    where = st.selectbox(
        "Et si l’on ajoutait une unité dans",
        list(known),
        format_func=known.__getitem__,
        key="ajout",
        help="Simulation : la page refait ses parts avec une unité de plus dans cette zone.",
    )
    return ((str(where), 1.0),) if where else ()


def units_sentence(found: Proportionality) -> str:
    """Units to move, or to add when none is removed; all of Wallonia."""
    name = escape(phrases.lower(found.resource.title))
    if not np.isfinite(found.move):
        return "Nombre d’unités à déplacer : non disponible à cette échelle."
    total = float(found.zones["ressource"].sum())
    start = (
        f"En Wallonie, pour que chaque {NOUNS[found.level]} ait sa part : déplacer "
        f"<b>{words.number(found.move)}</b> sur {words.number(total)} ({name})"
    )
    if not np.isfinite(found.add):
        return f"{start}."
    return f"{start}, ou en ajouter <b>{words.number(found.add)}</b> sans rien retirer."


def _class(ratio: float) -> int:
    """Class of a ratio, 0 (far less than its share) to 4 (far more)."""
    return int(np.searchsorted([1 / FAR, 1 / NEAR, NEAR, FAR], ratio))


WORDS = (
    "bien moins que sa part",
    "moins que sa part",
    "sa part",
    "plus que sa part",
    "bien plus que sa part",
)


def _ratio_legend() -> None:
    ends = ("moins de 0,67", "0,67 à 0,91", "0,91 à 1,1", "1,1 à 1,5", "plus de 1,5")
    cells = "".join(
        f'<li><span style="background:{colour}"></span>{word} ({limits})</li>'
        for colour, word, limits in zip(theme.DIVERGING, WORDS, ends, strict=True)
    )
    st.html(f'<ul class="legende noms bordee">{cells}</ul>')


@remembered(maxsize=64)
def _ratio_html(
    id_: str,
    here: Scope,
    weights: Weights,
    k: float,
    convention: str,
    added: tuple[tuple[str, float], ...],
    territory_: str,
) -> str:
    found = _proportion(id_, here.level, weights, k, convention, added)
    touched = dict(added)
    lines = ""
    for unit, row in found.zones.loc[list(here.ids)].iterrows():
        ratio, name = float(row["rapport"]), escape(named(here.level, str(unit)))
        plus = ' <span class="etiquette">+ 1 simulée</span>' if unit in touched else ""
        mark = ' class="choisi"' if unit == territory_ else ""
        lines += f'<tr{mark}><th scope="row">{name}{plus}</th>'
        if np.isnan(ratio):
            lines += f'<td class="hachuree">{words.MISSING}</td><td class="nombre">—</td>'
        else:
            # From a quarter to four times its share, the middle is 1.
            at = 50 + 25 * float(np.clip(row["log2"] if ratio > 0 else -2, -2, 2))
            left, width = min(at, 50), abs(at - 50)
            colour = theme.DIVERGING[_class(ratio)]
            lines += (
                '<td><div class="part" aria-hidden="true"><i class="barre" '
                f'style="left:{left:.1f}%;width:{max(width, 0.8):.1f}%;background:{colour}"></i>'
                f'</div><span class="lecteur">{WORDS[_class(ratio)]}</span></td>'
                f'<td class="nombre"><b>{words.number(ratio, 2) if ratio > 0 else "0"}</b></td>'
            )
        for column in ("part_ressource", "part_besoin"):
            lines += f'<td class="nombre">{words.quantity(100 * float(row[column]), "%", 1)}</td>'
        lines += "</tr>"
    return words.spaced(
        '<div class="defile haute" tabindex="0" role="region" aria-label="Rapport de '
        'proportionnalité"><table class="donnees bandes"><thead><tr><th scope="col">Unité</th>'
        '<th scope="col"><div class="axe trois"><span style="left:8%">¼</span><span '
        'style="left:50%">1</span><span style="left:92%">4</span></div></th>'
        '<th scope="col" class="nombre">Rapport</th><th scope="col" class="nombre">'
        f'Part de la ressource</th><th scope="col" class="nombre">Part du besoin</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def cannot(why: str) -> None:
    """What cannot be computed, and why."""
    cards.sentence(f"<b>Indice non calculable.</b> {escape(why)}")
