"""« Accès »: plain density beside access, neighbours included."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from olsdata import access, catalogue, figures, territory, words
from olsdata.access import Access
from olsdata.exports import workbook
from olsdata.territory import WALLONIE, Zone, Zoning
from olsdata.ui import cards, sentences, state, tables
from olsdata.ui.state import LEVELS, NAMES, View

NOUNS = {
    "pharmacies": "Pharmacies",
    "physios": "Kinésithérapeutes",
    "hospital_beds": "Lits d’hôpital",
}
REACHES = [str(km) for km in (5, 10, 15, 20, 25, 30, 40, 50)]
"""Catchments that can be chosen, km."""

RESOURCE, REACH = "ressource", "rayon"


def choices() -> Access:
    """Resource and catchment, kept in the address; the access that they give."""
    state.choice(RESOURCE, list(NOUNS), "pharmacies")
    left, middle, right = st.columns([1, 1.4, 1])
    with left:
        chosen = st.selectbox(
            "Ressource",
            list(NOUNS),
            format_func=NOUNS.__getitem__,
            key=RESOURCE,
            on_change=_own_reach,
        )
    usual = f"{access.RESOURCES[str(chosen)].catchment_km:.0f}"
    state.choice(REACH, REACHES, usual)
    with middle:
        reach = st.select_slider(
            "Rayon (km, à vol d’oiseau)", REACHES, format_func=lambda km: f"{km} km", key=REACH
        )
    with right:
        st.segmented_control(
            "Niveau de lecture",
            list(LEVELS),
            format_func=LEVELS.__getitem__,
            key=NAMES["level"],
            required=True,
        )
    return access.by_sector(str(chosen), float(str(reach)))


def _own_reach() -> None:
    """A resource starts with its own catchment."""
    st.session_state.pop(REACH, None)
    st.query_params.pop(REACH, None)


def panel(found: Access, view: View) -> None:
    """Density and access per zone of the level, where they disagree, and how to read them."""
    zoning = view.zoning
    ids = list(zoning.zones.index) if view.level == "ols" else zoning.inside(view.zone)
    noun = NOUNS[found.resource.id]
    st.subheader(f"{noun} : densité simple et accès", anchor=False)
    cards.sentence(sentences.text("acces"))
    cards.sentence(_disagreement(found, zoning, ids, view.zone))
    _table(found, zoning, ids, view)
    cards.sentence(sentences.text("acces_limites"))
    card = catalogue.card(found.resource.density)
    cards.source(
        f"Offre : {card.source}. Habitants de l’accès : Statbel, 1/1/2024. "
        f"Rayon : {words.number(found.catchment_km)} km."
    )


def beside(found: Access, zoning: Zoning, ids: list[str]) -> pd.DataFrame:
    """Density and access of some zones, Wallonia last.

    Returns
    -------
    DataFrame, index zone: label, densite, acces (both in ``found.unit``), agregation.
    """
    region = territory.zoning("wallonie")
    frames = [
        pd.DataFrame(
            {
                "label": plain["label"],
                "densite": plain["valeur"],
                "acces": access.by_zone(found, zones)["valeur"],
                "agregation": plain["agregation"],
            }
        ).loc[which]
        for zones, which in ((zoning, ids), (region, list(region.zones.index)))
        for plain in [figures.by_zone(found.resource.density, zones)]
    ]
    return pd.concat(frames)


def _table(found: Access, zoning: Zoning, ids: list[str], view: View) -> None:
    card = catalogue.card(found.resource.density)
    shown = beside(found, zoning, ids)
    lines = ""
    for zone_id, row in shown.iterrows():
        name = f"{zone_id} {row['label']}" if view.level == "ols" else str(row["label"])
        name = str(row["label"]) if zone_id == WALLONIE else name
        cut = row["agregation"] == figures.COMMUNAL and view.level != "commune"
        lines += (
            f"<tr{' class=groupe' if zone_id == WALLONIE else ''}>"
            f'<th scope="row">{escape(name)}</th>'
            f'<td class="nombre">{words.number(float(row["densite"]), card.decimals)}</td>'
            f'<td class="nombre">{words.number(float(row["acces"]), card.decimals)}</td>'
            f"<td>{'valeur de la commune entière' if cut else ''}</td></tr>"
        )
    head = territory.LEVELS[view.level]
    name = f"{NOUNS[found.resource.id]}, {card.unit}, {card.year}"
    tables.show(
        name,
        [head, "Densité simple", f"Accès, {words.number(found.catchment_km)} km", "Remarque"],
        lines,
        numbers=(1, 2),
        tall=True,
    )
    about = workbook.of_cards([card.id], f"{name} : densité simple et accès")
    cards.download(
        shown.rename_axis("zone"), f"acces-{found.resource.id}-{view.zone.id}-{view.level}", about
    )


def _disagreement(found: Access, zoning: Zoning, ids: list[str], zone: Zone) -> str:
    """Where density and access lie on opposite sides of Wallonia, in words."""
    every = access.disagreements(found, zoning)
    here = every[every.index.isin(ids)]
    if here.empty:
        return (
            "<b>Densité et accès ne se contredisent nulle part ici</b> : aucune zone n’est à plus "
            "de 10 % au-dessus de la Wallonie pour l’une et à plus de 10 % en dessous pour l’autre."
        )
    wording = {
        "acces_plus_bas": "densité au-dessus de la Wallonie, accès en dessous",
        "acces_plus_haut": "densité en dessous de la Wallonie, accès au-dessus",
    }
    parts = []
    for sense, words_ in wording.items():
        names = here.loc[here["sens"] == sense, "label"].tolist()
        if names:
            parts.append(f"{words_} : {escape(words.listing(names, most=8))}")
    return (
        "<b>Densité et accès se contredisent</b>, à plus de 10 % de part et d’autre. "
        + ". ".join(part[0].upper() + part[1:] for part in parts)
        + "."
    )
