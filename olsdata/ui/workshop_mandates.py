"""Fiches mandat: the twelve fields, written together, and the worked examples to start from."""

from __future__ import annotations

from html import escape

import streamlit as st

from olsdata.exports import needs as sent
from olsdata.exports import pdf, word, workshop
from olsdata.territory import WALLONIE
from olsdata.ui import acting, cards, notes, sentences, state, who
from olsdata.ui.state import View
from olsdata.workshops import lists, mandates
from olsdata.workshops.mandates import Mandate

OPENED = "_mandat-ouvert"
NEW = "nouveau"


def panel(view: View) -> None:
    """The fiches of the territory beside the one that is being written."""
    cards.sentence(sentences.text("mandats_aide"))
    ols = "" if view.territory == WALLONIE else view.territory
    found = {m.id: m for m in mandates.find(who.actor(), ols)}
    chosen = str(st.session_state.get(OPENED, ""))
    left, right = st.columns([1, 1.6])
    with left, st.container(border=True, key="panneau-atelier-fiches"):
        st.subheader("Fiches", anchor=False)
        for id_, mandate in found.items():
            st.button(
                acting.literal(mandate.title), on_click=_open, args=(id_,), key=f"fiche-{id_}"
            )
            if mandate.missing:
                cards.source(f"Encore vides : {', '.join(mandate.missing)}.")
        if not found:
            cards.source("Aucune fiche ici pour l’instant.")
        st.subheader("Commencer une fiche", anchor=False)
        known = {"": "Fiche vide"} | {e.id: e.label for e in mandates.examples().values()}
        start = notes.choose("À partir de", known, "", "mandat-exemple")
        cards.source(sentences.text("mandats_exemples"))
        st.button(
            "Commencer", type="primary", on_click=_open, args=(NEW, start), key="mandat-commencer"
        )
    with right, st.container(border=True, key="panneau-atelier-fiche"):
        if chosen == NEW:
            example = mandates.examples().get(str(st.session_state.get("_mandat-depart", "")))
            _form(Mandate(ols, dict(example.fields) if example else {}), view)
        elif chosen in found:
            _form(found[chosen], view)
        else:
            cards.sentence("Choisissez une fiche, ou commencez-en une.")


def _open(id_: str, start: str = "") -> None:
    st.session_state[OPENED] = id_
    st.session_state["_mandat-depart"] = start
    acting.renew()


def _form(mandate: Mandate, view: View) -> None:
    """The twelve fields, in their two groups."""
    key = f"mandat-{mandate.id}-{mandate.revision}-{acting.turn()}"
    ols = mandate.ols
    if not ols:
        known = {i: t for i, t in state.territories().items() if i != WALLONIE}
        ols = notes.choose("OLS", known, "", f"{key}-ols")
    fields: dict[str, str] = {}
    group = ""
    for name, (part, label, help_) in lists.MANDATE_FIELDS.items():
        if part != group:
            st.subheader(part, anchor=False)
            group = part
        before = mandate.fields.get(name, "")
        if name == "intitule":
            fields[name] = str(st.text_input(label, before, key=f"{key}-{name}", help=help_))
        else:
            fields[name] = str(
                st.text_area(label, before, key=f"{key}-{name}", height=90, help=help_)
            )
    sure = notes.confirmed(list(fields.values()), key)
    made = Mandate(ols, fields, mandate.id, mandate.revision)
    if st.button("Enregistrer la fiche", type="primary", key=f"{key}-garder"):
        acting.attempt(lambda: _open(mandates.keep(who.actor(), made, sure).id), "Fiche gardée.")
    if mandate.id:
        _kept(mandate)


def _kept(mandate: Mandate) -> None:
    """What can be done with a fiche that is kept."""
    with st.container(horizontal=True):
        for label, end, mime, make in (
            ("Fiche (PDF)", "pdf", "application/pdf", pdf.to_pdf),
            ("Fiche (DOCX)", "docx", sent.DOCX, word.to_docx),
        ):
            st.download_button(
                label,
                data=lambda make=make: make(workshop.mandate(mandate)),  # type: ignore[misc]
                file_name=f"fiche-mandat-{mandate.ols}.{end}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"mandat-{end}",
            )
    with st.expander("Effacer cette fiche"):
        st.html(f'<p class="phrase">« {escape(mandate.title)} » sera effacée pour toujours.</p>')
        if st.button("Effacer la fiche", key=f"mandat-effacer-{mandate.id}"):
            acting.attempt(
                lambda: mandates.erase(who.actor(), mandate.id, mandate.revision), "Fiche effacée."
            )
