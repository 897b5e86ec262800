"""« Chacun a-t-il sa part ? »: share of a resource over share of need, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from olsdata import cartography, contours, phrases, words
from olsdata.equity import laws, resources
from olsdata.equity import proportionality as proportions
from olsdata.equity import scope as scopes
from olsdata.equity.need import Weights
from olsdata.equity.proportionality import Proportionality
from olsdata.equity.scope import Scope, named
from olsdata.exports.workbook import About
from olsdata.local import remembered
from olsdata.phrases import NOUNS
from olsdata.ui import cards, equity, maps, sentences, state, theme
from olsdata.ui import weights as chosen_weights
from olsdata.ui.state import View

Added = tuple[tuple[str, float], ...]
"""Units added by a what-if: zone, count."""


@remembered(maxsize=128)
def _proportion(
    id_: str,
    level: str,
    weights: Weights,
    k: float,
    convention: str,
    added: Added = (),
) -> Proportionality:
    more: Mapping[str, float] | None = dict(added) or None
    if convention == chosen_weights.NEED:
        return proportions.proportionality(id_, level, k, weights, added=more)
    people = laws.weighted_people(convention, resources.resource(id_).population_year)
    said = chosen_weights.conventions()[convention]
    return proportions.proportionality(
        id_, level, k, weights, people=people, convention=said, added=more
    )


def panel(view: View, weights: Weights, id_: str) -> None:
    """Share of the resource over share of need, unit by unit; what if; precedents of the law."""
    here = equity.scope(view)
    here = here if here.level != "commune" else scopes.scope(view.zone, "bassin")
    st.subheader("Chacun a-t-il sa part ?", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", key="choix-part"):
        convention = chosen_weights.convention()
        k = chosen_weights.k() if convention == chosen_weights.NEED else proportions.K
        found = _proportion(id_, here.level, weights, k, convention)
        added = () if found.withheld else _what_if(found, here)
    if added:
        found = _proportion(id_, here.level, weights, k, convention, added)
    if found.withheld:
        cards.sentence(f"<b>Pas de rapport.</b> {escape(found.withheld)}")
        if found.resource.usage != resources.LOCAL:
            cards.sentence(phrases.distances(view.zone))
    else:
        _pictures(view, here, found, added, f"{id_}-{equity.mark(weights)}-{k}-{convention}")
    with st.expander("Les poids que le droit wallon donne déjà"):
        chosen_weights.precedents()


def _pictures(view: View, here: Scope, found: Proportionality, added: Added, key: str) -> None:
    """The map and the table side by side, what they say, and what they do not."""
    said = phrases.ratios(found, here.ids)
    left, right = st.columns([1, 1.15])
    with left:
        frame = cartography.ratio_table(found, view.zone)
        alt = f"Carte : rapport de proportionnalité, {view.zone.title}. {sentences.plain(said)}"
        maps.ratio(view, found, alt, f"{key}-{added}")
        _legend(frame)
    with right:
        st.html(_table_html(found, here, added, view.territory))
        about = About(
            f"Rapport de proportionnalité, {found.resource.title}",
            f"{found.resource.source}. Convention : {found.convention}.",
            limits=phrases.text("proportionnalite"),
        )
        cards.download(
            found.zones.loc[list(here.ids)],
            f"proportionnalite-{found.resource.id}-{here.level}-{view.territory}",
            about,
        )
    cards.sentence(said)
    cards.sentence(units_sentence(found))
    cards.source(f"Convention : {found.convention}.")
    cards.source(sentences.text("proportionnalite"))
    cards.source(sentences.text("proportionnalite_unites"))
    cards.source(f"{found.resource.source} ; {found.resource.denominator}. {contours.label()}.")


def _what_if(found: Proportionality, here: Scope) -> Added:
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
        f"<b>Pour être proportionné</b> : en Wallonie, pour que chaque {NOUNS[found.level]} ait "
        "sa part, déplacer "
        f"<b>{words.number(found.move)}</b> sur {words.number(total)} ({name})"
    )
    if not np.isfinite(found.add):
        return f"{start}."
    return f"{start}, ou en ajouter <b>{words.number(found.add)}</b> sans rien retirer."


def _legend(frame: pd.DataFrame) -> None:
    ends = ("moins de 0,67", "0,67 à 0,91", "0,91 à 1,1", "1,1 à 1,5", "plus de 1,5")
    cells = "".join(
        f'<li><span style="background:{colour}"></span>{word} ({limits})</li>'
        for colour, word, limits in zip(theme.DIVERGING, phrases.SHARES, ends, strict=True)
    )
    st.html(f'<ul class="legende noms bordee">{cells}</ul>')
    hatched = []
    if frame["hachure"].any():
        hatched.append("bassin découpé dans une ville : rapport de la ville entière")
    if frame["valeur"].isna().any():
        hatched.append("non disponible : chiffre ou besoin inconnu")
    if hatched:
        st.html(
            '<p class="source"><span class="hachure" aria-hidden="true"></span> '
            f"{words.spaced(' ; '.join(hatched))}.</p>"
        )


@remembered(maxsize=64)
def _table_html(found: Proportionality, here: Scope, added: Added, territory_: str) -> str:
    touched = dict(added)
    lines = ""
    zones = found.zones.loc[list(here.ids)]
    for unit, row in zip(zones.index, zones.to_dict("records"), strict=True):
        ratio, name = float(row["rapport"]), escape(named(here.level, unit))
        plus = ' <span class="etiquette">+ 1 simulée</span>' if unit in touched else ""
        mark = ' class="choisi"' if unit == territory_ else ""
        lines += f'<tr{mark}><th scope="row">{name}{plus}</th>'
        if np.isnan(ratio):
            lines += f'<td class="hachuree">{words.MISSING}</td><td class="nombre">—</td>'
        else:
            # From a quarter to four times its share, the middle is 1.
            at = 50 + 25 * float(np.clip(row["log2"] if ratio > 0 else -2, -2, 2))
            left, width = min(at, 50), abs(at - 50)
            class_ = cartography.ratio_class(ratio)
            colour, word = theme.DIVERGING[class_], phrases.SHARES[class_]
            lines += (
                '<td><div class="part" aria-hidden="true"><i class="barre" '
                f'style="left:{left:.1f}%;width:{max(width, 0.8):.1f}%;background:{colour}"></i>'
                f'</div><span class="lecteur">{word}</span></td>'
                f'<td class="nombre"><b>{cartography.ratio_text(ratio)}</b></td>'
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
