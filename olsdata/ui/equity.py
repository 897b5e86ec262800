"""Pieces of the page « Universalisme proportionné »: need, floor, gradient, proportionality.

Everything is drawn from cached functions whose key is what the reader chose.
"""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from olsdata import cartography, catalogue, contours, figures, phrases, territory, words
from olsdata.equity import need
from olsdata.equity import scope as scopes
from olsdata.equity.need import GROUPS, Weights
from olsdata.equity.scope import Scope, named
from olsdata.equity.units import units
from olsdata.exports import workbook
from olsdata.local import remembered
from olsdata.phrases import NOUNS
from olsdata.ui import cards, maps, notes, sentences, theme
from olsdata.ui import weights as chosen_weights
from olsdata.ui.state import View

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
    alt = sentences.plain(phrases.need_groups(weights, view.zone, view.level))
    said = f"Carte : indice de besoin, {view.zone.title}. {alt}"
    maps.need(view, weights, said, mark(weights), opens)


def mark(weights: Weights) -> str:
    """Weights as part of a widget's key."""
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
    return f"{' ; '.join(sources)}. {contours.label()}."


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
    cards.sentence(f"{phrases.need_stable(weights, here)} {phrases.need_limits(weights)}")
    if weights.without(weights.ids[0]) is None:
        cards.source("Un seul indicateur : ses poids ne peuvent pas varier, la bande est nulle.")
    cards.source(sentences.text("besoin_bandes"))
    found = need.by_zone(weights, units(here.level)).loc[list(here.ids)]
    with st.container(horizontal=True):
        about = workbook.of_cards(
            weights.ids, f"Indice de besoin {cartography.LEVEL_WORDS[here.level]}"
        )
        cards.download(found, f"besoin-{here.level}-{view.territory}", about)
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
    for unit, row in zip(found.index, found.to_dict("records"), strict=True):
        name = escape(named(here.level, unit))
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
    parts = cards.fold(
        "De quoi l’indice est fait, et ce qu’il devient sans chaque indicateur", "fold-apports"
    )
    if parts.open:
        with parts:
            st.html(_decomposition_html(weights, here))
            st.html(_without_html(weights, here))
    spread = cards.fold("Ce qu’une moyenne cache : l’écart entre communes", "fold-ecart")
    if spread.open:
        with spread:
            st.html(_spread_html(weights, here))
    method = cards.fold("Pourquoi ces indicateurs, et la méthode", "fold-methode")
    if method.open:
        with method:
            cards.sentence(phrases.need_example(weights, here))
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


def cannot(why: str) -> None:
    """What cannot be computed, and why."""
    cards.sentence(f"<b>Indice non calculable.</b> {escape(why)}")
