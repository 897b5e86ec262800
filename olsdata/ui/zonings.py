"""« Découpages »: what is in force, import of a list with its report, comparison, going back."""

from __future__ import annotations

import hashlib
from html import escape

import streamlit as st

from olsdata import local, words
from olsdata.decoupages import compare, reading, report
from olsdata.decoupages.compare import Comparison
from olsdata.decoupages.report import Report
from olsdata.exports.workbook import About
from olsdata.local import zonings
from olsdata.local.zonings import Version
from olsdata.notes import actors
from olsdata.tables import DataError
from olsdata.territory import Zoning
from olsdata.ui import acting, cards, sentences, state, tables, who

LEVELS = {"ols": "OLS", "bassin": "Bassins de vie"}
STATES = {
    "officiel": "Officiel (arrêté du Gouvernement)",
    "validé": "Validé par l’OLS",
    "atelier": "Proposé en atelier",
    "provisoire": "Provisoire",
}
SHIPPED, CHECKED = "livre", "fichier"
MEGABYTE = 1_000_000
_REPORT = "_decoupage"


def panels() -> None:
    """The whole part, for one level chosen by the reader."""
    level = state.segments("Découpage", "decoupages", LEVELS, "ols")
    with st.container(border=True, key="panneau-donnees-versions"):
        _versions(level)
    if who.may(actors.REPLACE):
        with st.container(border=True, key="panneau-donnees-decoupage"):
            _import(level)
    with st.container(border=True, key="panneau-donnees-comparaison"):
        _compare(level)


# --- Versions -----------------------------------------------------------------------------------


def _name(version: Version) -> str:
    shipped = " (livré)" if not version.id else ""
    return f"{version.about['label']}, {words.standing(version.about['statut'])}{shipped}"


def _versions(level: str) -> None:
    st.subheader("Versions", anchor=False)
    found = local.history(level)
    lines = ""
    for version in found:
        about = version.about
        day = words.day(about.get(zonings.ADOPTED_ON, "")[:10])
        adopted = f"adopté ici le {day}" if day else "livré avec le projet"
        mark = "<br><b>en vigueur</b>" if version.in_force else ""
        lines += (
            f'<tr><th scope="row">{escape(about["label"])}<br><span class="source">'
            f"{words.plural(version.zones, 'zone')}, {adopted}</span></th>"
            f"<td>{escape(words.standing(about['statut'], 1))}{mark}</td>"
            f"<td>{_source(about)}</td><td>{escape(words.day(about['date']))}</td></tr>"
        )
    heads = ["Découpage", "Statut", "Source", "Date"]
    tables.show(f"Découpages, {LEVELS[level]}", heads, lines, ())
    if len(found) == 1:
        cards.source(sentences.text("decoupage_livre"))
        return
    if not who.may(actors.REPLACE):
        return
    others = {version.id or SHIPPED: _name(version) for version in found if not version.in_force}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Remettre en vigueur",
            list(others),
            format_func=others.__getitem__,
            key=f"version-{level}-{acting.turn()}",
        )
        if st.button("Remettre en vigueur", key=f"remettre-{level}"):
            asked = "" if chosen == SHIPPED else str(chosen)
            acting.attempt(
                lambda: report.restore(level, asked, who.actor()),
                f"En vigueur : {others[str(chosen)]}.",
            )
        if not found[0].in_force and st.button("Revenir au précédent", key=f"retour-{level}"):
            acting.attempt(
                lambda: report.back(level, who.actor()), "Le découpage précédent est en vigueur."
            )


def _source(about: dict[str, str]) -> str:
    source, link = escape(words.spaced(about["source"])), escape(about.get("lien", ""))
    return f'<a class="libre" href="{link}" rel="noreferrer">{source}</a>' if link else source


# --- Import -------------------------------------------------------------------------------------


def _import(level: str) -> None:
    st.subheader("Importer une liste", anchor=False)
    cards.sentence(escape(sentences.text("decoupage_importer")))
    turn = f"{level}-{acting.turn()}"
    given = st.file_uploader(
        "Liste des communes par zone (CSV)",
        type=["csv", "txt"],
        key=f"decoupage-fichier-{turn}",
        max_upload_size=reading.MOST_BYTES // MEGABYTE,
    )
    left, right = st.columns(2)
    with left:
        source = st.text_input(
            "Source", key=f"decoupage-source-{turn}", placeholder="Arrêté du … (numac …)"
        )
        status = st.selectbox(
            "Statut", list(STATES), format_func=STATES.__getitem__, key=f"decoupage-statut-{turn}"
        )
    with right:
        day = st.text_input(
            "Date de l’acte", key=f"decoupage-date-{turn}", placeholder="JJ/MM/AAAA"
        )
        link = st.text_input(
            "Lien (facultatif)", key=f"decoupage-lien-{turn}", placeholder="https://…"
        )
    meta = {"statut": str(status), "source": source, "date": day, "lien": link}
    raw = given.getvalue() if given is not None else b""
    mark = (level, hashlib.sha256(raw).hexdigest(), tuple(meta.values()), local.fingerprint())
    if st.button("Vérifier la liste", type="primary", key=f"verifier-{level}"):
        try:
            if given is None:
                raise DataError("Choisissez d’abord un fichier.")
            st.session_state[_REPORT] = (mark, report.check(raw, level, meta))
        except DataError as error:
            st.session_state.pop(_REPORT, None)
            acting.alert(str(error).splitlines())
    found = _checked(level)
    if found is None or given is None:
        return
    if st.session_state[_REPORT][0] != mark:
        cards.source("Le fichier ou sa description a changé : vérifiez de nouveau.")
        return
    _told(found)
    if not found.faults:
        _confirm(found)


def _checked(level: str) -> Report | None:
    """The report of the last list that was checked at this level."""
    mark, found = st.session_state.get(_REPORT, (None, None))
    return found if found is not None and mark[0] == level else None


def _zone(id_: object, label: str) -> str:
    """A zone in a table: an OLS carries its number."""
    return escape(f"{id_} {label}" if len(str(id_)) == 2 else label)


def _confirm(found: Report) -> None:
    name = LEVELS[found.level]
    read = st.checkbox("J’ai lu ce rapport", key=f"decoupage-lu-{acting.turn()}")
    if read and st.button(f"Mettre en vigueur ({name})", type="primary", key="decoupage-adopter"):

        def take() -> None:
            report.adopt(found, who.actor())
            st.session_state.pop(_REPORT, None)

        acting.attempt(take, f"{name} : le nouveau découpage est en vigueur ; l’ancien est gardé.")


def _told(found: Report) -> None:
    """The report: what was recognised, what is wrong, what follows."""
    st.html(f'<p class="phrase" role="status">{escape(words.spaced(found.recognised))}.</p>')
    if found.faults:
        acting.alert([f"Rien ne peut être importé ({len(found.faults)}).", *found.faults[:40]])
    if found.warnings:
        shown = "\n".join(f"- {acting.literal(words.spaced(line))}" for line in found.warnings)
        st.warning(shown, icon=":material/warning:")
    if found.remarks:
        items = "".join(f"<li>{escape(words.spaced(line))}</li>" for line in found.remarks[:40])
        st.html(f'<ul class="source">{items}</ul>')
    if found.zoning is None or found.change is None:
        return
    lines = "".join(
        f'<tr><th scope="row">{_zone(zone, row["label"])}</th>'
        f'<td class="nombre">{words.number(row["communes"])}</td>'
        f'<td class="nombre">{words.number(row["habitants_2024"])}</td>'
        f'<td class="nombre">{words.number(row["habitants_2026"])}</td>'
        f'<td class="nombre">{words.number(row["morceaux"])}</td>'
        f"<td>{escape(words.spaced(str(row['remarque'])))}</td></tr>"
        for zone, row in found.zones.iterrows()
    )
    heads = ["Zone", "Communes", "Habitants 2024", "Habitants 2026", "Morceaux", "À savoir"]
    tables.show("La liste, zone par zone", heads, lines, (1, 2, 3, 4), tall=True)
    _moves(found.change)


# --- Comparison ---------------------------------------------------------------------------------


def _compare(level: str) -> None:
    st.subheader("Comparer deux découpages", anchor=False)
    known = {version.id or SHIPPED: _name(version) for version in local.history(level)}
    checked = _checked(level)
    if checked is not None and checked.zoning is not None:
        known[CHECKED] = "La liste vérifiée ci-dessus"
    if len(known) == 1:
        cards.source("Il n’y a qu’une version : importez une liste, ou vérifiez-la seulement.")
        return
    now = local.in_force(level).id or SHIPPED
    other = CHECKED if CHECKED in known else next(id_ for id_ in known if id_ != now)
    with st.container(horizontal=True):
        chosen = [
            str(
                st.selectbox(
                    label,
                    list(known),
                    index=list(known).index(start),
                    format_func=known.__getitem__,
                    key=f"comparer-{side}-{level}-{'-'.join(known)}",
                )
            )
            for side, label, start in (("a", "Découpage A", now), ("b", "Découpage B", other))
        ]
    if chosen[0] == chosen[1]:
        cards.source("Choisissez deux découpages différents.")
        return
    try:
        a, b = (_zoning(level, id_) for id_ in chosen)
    except DataError as error:
        acting.alert(str(error).splitlines())
        return
    found = compare.compare(a, b)
    lines = "".join(
        f'<tr><th scope="row">{_zone(zone, row["label_b"] or row["label_a"])}</th>'
        + "".join(f'<td class="nombre">{words.number(row[f"habitants_{s}"])}</td>' for s in "ab")
        + f'<td class="nombre">{words.number(row["ecart"], sign=True)}</td></tr>'
        for zone, row in found.zones.iterrows()
    )
    heads = ["Zone", "Habitants A", "Habitants B", "B − A"]
    tables.show(f"Habitants au 1/1/{compare.YEAR}", heads, lines, (1, 2, 3), tall=True)
    cards.download(
        found.zones,
        f"comparaison-{level}",
        _about("Habitants de chaque zone dans deux découpages"),
        "Télécharger la comparaison",
    )
    _moves(found, f"deplacements-{level}")
    _structures(found)


def _about(title: str) -> About:
    """What a comparison of zonings says of itself."""
    return About(
        title,
        f"Statbel, population au 1/1/{compare.YEAR} et secteurs au 1/1/2024",
        str(compare.YEAR),
        "CC BY 4.0",
        "Les deux découpages comparés sont ceux choisis sur la page « Données et méthode ».",
    )


def _zoning(level: str, id_: str) -> Zoning:
    checked = _checked(level)
    if id_ == CHECKED and checked is not None and checked.zoning is not None:
        return checked.zoning
    return zonings.zoning(level, "" if id_ == SHIPPED else id_)


def _moves(found: Comparison, name: str = "") -> None:
    """What changes zone, in a sentence and a table."""
    st.html(f'<p class="phrase">{escape(words.spaced(found.sentence))}</p>')
    if found.moves.empty:
        return
    lines = "".join(
        f'<tr><th scope="row">{escape(row["commune"])}</th><td>{escape(row["partie"])}</td>'
        f"<td>{escape(row['de'])}</td><td>{escape(row['vers'])}</td>"
        f'<td class="nombre">{words.number(row["habitants"])}</td></tr>'
        for _, row in found.moves.iterrows()
    )
    heads = ["Commune", "Partie", "De", "Vers", "Habitants localisés (2024)"]
    tables.show("Ce qui change de zone", heads, lines, (4,), tall=len(found.moves) > 12)
    if name:
        about = _about("Ce qui change de zone d’un découpage à l’autre")
        cards.download(found.moves.set_index("refnis"), name, about, "Télécharger les déplacements")


def _structures(found: Comparison) -> None:
    """Structures that come to lie in one zone, or no longer do."""
    if found.structures.empty:
        return
    lines = "".join(
        f'<tr><th scope="row">{escape(row["nom"])}</th><td>{escape(row["type"])}</td>'
        f"<td>{escape(row['avant'])}</td><td>{escape(row['apres'])}</td></tr>"
        for _, row in found.structures.iterrows()
    )
    heads = ["Structure", "Type", "Dans A", "Dans B"]
    tables.show("Structures", heads, lines, (), tall=len(found.structures) > 12)
    cards.source(sentences.text("decoupage_structures"))
