"""« Le socle est-il là pour tous ? »: who has no access to what everyone should have."""

from __future__ import annotations

from html import escape

import streamlit as st

from olsdata import phrases, words
from olsdata.equity import resources
from olsdata.local import remembered
from olsdata.territory import Zone
from olsdata.ui import cards, sentences
from olsdata.ui.state import View


def panel(view: View) -> None:
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
