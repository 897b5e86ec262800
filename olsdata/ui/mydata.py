"""« Mes données »: what the reader wrote, out of this machine, in, and kept safe."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path

import streamlit as st

from olsdata import store, words
from olsdata.notes import actors, book, files, places
from olsdata.notes.content import Content
from olsdata.notes.files import Report
from olsdata.tables import DataError
from olsdata.ui import acting, cards, demonstration, sentences, who

_REPORT = "_import"
MEGABYTE = 1_000_000


def panels() -> None:
    """The whole part: export, import, backup, example."""
    left, right = st.columns(2)
    with left, st.container(border=True, key="panneau-donnees-exporter", height="stretch"):
        _exports()
    with right, st.container(border=True, key="panneau-donnees-importer", height="stretch"):
        _import()
    left, right = st.columns(2)
    with left, st.container(border=True, key="panneau-donnees-sauver", height="stretch"):
        _backup()
    with right, st.container(border=True, key="panneau-donnees-exemple", height="stretch"):
        demonstration.panel()


def _exports() -> None:
    st.subheader("Exporter les notes", anchor=False)
    if not acting.allowed(actors.EXPORT):
        return
    actor = who.actor()
    total = book.find(actor, limit=1).total
    shared = book.find(actor, visibility="iwpl", limit=1).total
    cards.sentence(
        f"<b>{words.plural(total, 'note')}</b> (besoins et signaux compris), dont "
        f"{words.number(shared)} {'partagée' if shared < 2 else 'partagées'} avec l’IWPL."
    )
    for share, name, label in (
        ("", "notes", "Tout"),
        ("iwpl", "notes-partagees-iwpl", "Ce qui est partagé avec l’IWPL"),
    ):
        with st.container(horizontal=True):
            _file(f"{label} (CSV)", f"{name}.csv", "text/csv", _maker(files.export_csv, share))
            _file(
                f"{label} (JSON)",
                f"{name}.json",
                "application/json",
                _maker(files.export_json, share),
            )
    cards.source(sentences.text("donnees_fichier"))


def _maker(export: Callable[..., str], share: str) -> Callable[[], bytes]:
    actor = who.actor()
    return lambda: export(actor, share).encode(
        "utf-8-sig" if export is files.export_csv else "utf-8"
    )


def _file(label: str, name: str, mime: str, make: Callable[[], bytes]) -> None:
    """A button that makes a file when it is asked for."""
    stem, _, end = name.rpartition(".")
    st.download_button(
        label,
        data=make,
        file_name=f"{stem}-{date.today().isoformat()}.{end}",
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"fichier-{name}",
    )


def _import() -> None:
    st.subheader("Importer des notes", anchor=False)
    if not acting.allowed(actors.IMPORT):
        return
    cards.sentence(
        "Un fichier exporté d’un autre ordinateur, en <b>CSV</b> ou en <b>JSON</b>. "
        "Rien n’est gardé si une ligne est illisible."
    )
    given = st.file_uploader(
        "Fichier de notes",
        type=["csv", "json", "txt"],
        key=f"notes-fichier-{acting.turn()}",
        max_upload_size=files.MOST_BYTES // MEGABYTE,
    )
    asked = given is not None and st.button("Importer ces notes", type="primary")
    if given is not None and asked:
        _take(given.getvalue())
    report: Report | None = st.session_state.get(_REPORT)
    if report is not None and not asked:
        _told(report)


def _take(raw: bytes) -> None:
    report = Report()

    def take() -> None:
        nonlocal report
        report = files.import_notes(who.actor(), raw)
        if report.faults:
            raise DataError("\n".join(["Rien n’a été importé.", *report.faults[:20]]))
        st.session_state[_REPORT] = report

    acting.attempt(take, "Fichier importé.")


def _told(report: Report) -> None:
    """What the last import did: counts, conflicts with both texts, what was left out."""
    st.html(f'<p class="phrase" role="status">{escape(words.spaced(report.sentence))}</p>')
    for clash in report.conflicts[: files.MOST_LINES]:
        held, other = (
            ("du fichier", "d’ici") if clash.kept == "fichier" else ("d’ici", "du fichier")
        )
        kept_text, left_text = clash.ours, clash.theirs
        if clash.kept == "fichier":
            kept_text, left_text = clash.theirs or Content(), clash.ours
        st.html(
            '<details class="manque"><summary>Conflit : '
            f"{escape(_name(clash.ours))}</summary><ul>"
            f"<li><b>Gardée</b> (version {held}) : {_said(kept_text)}</li>"
            f"<li><b>Archivée dans l’historique</b> (version {other}) : {_said(left_text)}</li>"
            "</ul></details>"
        )
    lines = [f"Refusée : {line}" for line in report.refused]
    lines += [f"Effacement demandé ailleurs, à décider ici : {id_}" for id_ in report.asked]
    if lines:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines[: files.MOST_LINES])
        st.html(f'<ul class="source">{items}</ul>')


def _said(content: Content | None) -> str:
    return f"« {escape(content.text[:200])} »" if content and content.text else "texte effacé"


def _name(content: Content) -> str:
    place = places.known().get(content.place)
    return f"{place.title if place else 'sans lieu'}, « {content.text[:40]}… »"


def _backup() -> None:
    st.subheader("Sauvegarder, restaurer", anchor=False)
    if store.file() is None:
        cards.sentence("La base est sur un serveur : sa sauvegarde se fait là-bas.")
        return
    if not acting.allowed(actors.SAVE):
        return
    if store.exists():
        _file(
            "Télécharger la sauvegarde",
            "sauvegarde-territoires-ols.sqlite",
            "application/vnd.sqlite3",
            _backup_bytes,
        )
    else:
        cards.sentence("Rien n’est encore écrit : il n’y a rien à sauvegarder.")
    cards.source(sentences.text("donnees_sauvegarde"))
    given = st.file_uploader(
        "Sauvegarde à restaurer", type=["sqlite"], key=f"sauvegarde-{acting.turn()}"
    )
    if given is None:
        return
    cards.sentence(sentences.text("donnees_restaurer"))
    if st.button("Remplacer ma base par cette sauvegarde", type="primary"):
        acting.attempt(lambda: _restore(given.getvalue()), "Base restaurée.")


def _backup_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return files.backup(who.actor(), Path(folder) / "sauvegarde.sqlite").read_bytes()


def _restore(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sauvegarde.sqlite"
        path.write_bytes(raw)
        files.restore(who.actor(), path)
