"""Pictures of a workshop on screen: the drawing, and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from olsdata import cartography, figures, phrases, structures, words
from olsdata.equity import need
from olsdata.territory import WALLONIE
from olsdata.ui import cards, charts, equity, maps, sentences, theme
from olsdata.ui import structures as shown_structures
from olsdata.ui.state import View
from olsdata.workshops.book import Workshop
from olsdata.workshops.pictures import Picture


@dataclass(frozen=True)
class Words:
    """What stands beside a picture: safe HTML, and the source line."""

    sentence: str
    source: str

    @property
    def plain(self) -> str:
        """The sentence, as the record keeps it."""
        return words.spaced(sentences.plain(self.sentence))


def view(held: Workshop, picture: Picture) -> View:
    """The view that a picture shows: that of the workshop's OLS, beside Wallonia."""
    about = {"indicator": picture.indicator} if picture.kind == "carte" else {}
    return View(territory=held.ols, level=picture.level, reference=WALLONIE, shared=True, **about)


def beside(held: Workshop, picture: Picture) -> Words:
    """What the picture says, and where it comes from."""
    seen = view(held, picture)
    if picture.kind == "carte":
        return Words(sentences.map_sentence(seen), sentences.map_source(seen))
    if picture.kind == "pyramide":
        return Words(sentences.pyramid_sentence(seen), "Statbel, 1/1/2021. Groupes de cinq ans.")
    if picture.kind == "evolution":
        return Words(sentences.evolution_sentence(seen), sentences.text("evolution_source"))
    if picture.kind == "besoin":
        chosen = need.default_weights()
        said = phrases.need_groups(chosen, seen.zone, seen.level)
        source = f"{sentences.text('besoin_carte')} {equity.need_sources(chosen)}"
        return Words(said, source)
    known = structures.completeness(picture.structure)
    said = f"{phrases.covered(picture.structure, seen.zone)} "
    return Words(said + phrases.guard(known), "Registre des structures, avec ses sources.")


def draw(held: Workshop, picture: Picture) -> None:
    """The picture alone; a click on it does nothing."""
    seen = view(held, picture)
    if picture.kind == "carte":
        maps.choropleth(seen, opens=False)
    elif picture.kind == "pyramide":
        own, other, name = sentences.pyramids(seen)
        charts.pyramid(own, other, escape(name), sentences.plain(sentences.pyramid_sentence(seen)))
    elif picture.kind == "evolution":
        said = sentences.plain(sentences.evolution_sentence(seen))
        charts.evolution(sentences.trends(seen), True, said)
    elif picture.kind == "besoin":
        equity.need_picture(seen, need.default_weights(), opens=False)
    else:
        maps.structure_zones(seen, picture.structure, opens=False)


def legend(held: Workshop, picture: Picture) -> None:
    """Title of the picture and its classes, one under the other, as a room reads them."""
    st.html(f'<p class="image-titre">{escape(words.spaced(picture.title))}</p>')
    seen = view(held, picture)
    if picture.kind == "carte":
        st.html(_classes(seen))
        if hatched := sentences.hatched(seen):
            mark = '<span class="hachure" aria-hidden="true"></span>'
            st.html(f'<p class="source">{mark} {hatched}</p>')
    elif picture.kind == "besoin":
        equity.need_legend(seen, need.default_weights())
    elif picture.kind == "structures":
        shown_structures.map_legend(picture.structure, seen.zone)


def _classes(seen: View) -> str:
    """Classes of a map, the highest first."""
    card = seen.card
    groups = figures.classes(card.id, seen.level)
    ramp = cartography.ramp_of(theme.tokens(), len(groups.upper))
    lines = ""
    for colour, (low, high) in list(zip(ramp, groups.held, strict=True))[::-1]:
        ends = dict.fromkeys(words.number(v, card.decimals) for v in (low, high))
        lines += f'<li><span style="background:{colour}"></span>{escape("–".join(ends))}</li>'
    return f'<ul class="paliers" aria-label="Classes, en {escape(card.unit)}">{lines}</ul>'


def caption(held: Workshop, said: Words) -> None:
    """The sentence and the source, under the legend."""
    cards.sentence(said.sentence)
    place = "" if held.plan.place == held.ols else f" Atelier : {held.place_label}."
    cards.source(f"{view_name(held)}. {said.source}{place}")


def view_name(held: Workshop) -> str:
    """Name of the OLS that the pictures show."""
    return str(View(territory=held.ols).zone.title)
