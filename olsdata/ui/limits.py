"""« Limites »: official limits brought by the reader, with progress; going back."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path

import streamlit as st

from olsdata import standing, words
from olsdata.limits import importing, reading
from olsdata.limits.importing import Report
from olsdata.local import shapes
from olsdata.notes import actors
from olsdata.tables import DataError
from olsdata.ui import acting, cards, sentences, who

_REPORT = "_limites"
MEGABYTE = 1_000_000


def panel() -> None:
    """Import of a file of limits, what the last one did, and the way back."""
    with st.container(border=True, key="panneau-donnees-limites"):
        st.subheader("Limites officielles", anchor=False)
        badge = standing.limits()
        cards.sentence(f"<b>{escape(badge.text)}.</b> {escape(badge.why)}")
        _told()
        if not who.may(actors.REPLACE):
            return
        _import()
        if shapes.limits() and st.button("Revenir aux limites livrées"):
            acting.attempt(_back, "Les limites approchées livrées sont en vigueur.")


def _back() -> None:
    importing.withdraw(who.actor())
    st.session_state.pop(_REPORT, None)


def _import() -> None:
    cards.source(sentences.text("limites_importer"))
    turn = acting.turn()
    left, right = st.columns([2, 1])
    with left:
        given = st.file_uploader(
            "Fichier de limites (GeoPackage, GeoJSON ou zip)",
            type=["gpkg", "geojson", "json", "zip"],
            key=f"limites-fichier-{turn}",
            max_upload_size=reading.MOST_BYTES // MEGABYTE,
        )
    with right:
        day = st.text_input(
            "Date des limites (facultatif)", key=f"limites-date-{turn}", placeholder="JJ/MM/AAAA"
        )
    if not st.button("Importer ces limites", type="primary", key="limites-importer"):
        return
    if given is None:
        acting.alert(["Choisissez d’abord un fichier."])
        return
    bar = st.progress(0.0, "Lecture du fichier")

    def tell(line: str, share: float) -> None:
        bar.progress(share, line)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "limites"
        path.write_bytes(given.getvalue())
        try:
            report = importing.import_file(path, day, given.name, tell, who.actor())
        except DataError as error:
            bar.empty()
            acting.alert([*str(error).splitlines(), "Rien n’a été changé."])
            return
    st.session_state[_REPORT] = report
    acting.finish("Les nouvelles limites sont en vigueur.")


def _told() -> None:
    """What the last import of this session said."""
    report: Report | None = st.session_state.get(_REPORT)
    if report is None or shapes.limits() != report.limits:
        return
    items = "".join(f"<li>{escape(words.spaced(line))}</li>" for line in report.remarks)
    st.html(
        f'<p class="phrase" role="status">{escape(words.spaced(report.sentence))}</p>'
        f'<ul class="source">{items}</ul>'
    )
