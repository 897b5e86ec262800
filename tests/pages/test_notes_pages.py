"""Notes, besoins and « Mes données » through AppTest: what is written is kept, or said wrong."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import store
from olsdata.notes import book, drafts, files, places
from olsdata.notes.actors import LOCAL
from olsdata.notes.content import Content
from olsdata.ui import gate, menu, notes
from tests.pages.test_pages import APP, alerts, start

NATIONAL_NUMBER = "85.07.30-033.28"
TEXT = "Les familles disent attendre longtemps. <script>alert(1)</script> ![x](http://x.be)"
NOTE = Content(
    text="Les rendez-vous sont rares.",
    place="05",
    indicator="pct_65p_2021",
    kind="soft",
    direction="plus",
)
NEED = Content(sort="besoin", text="Pas de répit.", place="05", missing="offre")

PLACED = [
    ("besoins", "besoin"),
    ("signaux", "signal"),
    ("reussites", "opportunite"),
    ("reussites", "victoire"),
]
"""Sorts of records and the part of the board that holds them."""

PAGE = """
import runpy
import streamlit as st
from olsdata.ui import state
st.session_state[state.MARK] = True
state.read()
runpy.run_path({path!r})
"""


def opened(name: str, **query: str) -> AppTest:
    script = PAGE.format(path=str(APP.parent / menu.path(name)))
    app = AppTest.from_string(script, default_timeout=60)
    for key, value in {"territoire": "05", **query}.items():
        app.query_params[key] = value
    return app.run()


def in_shell(name: str, **query: str) -> AppTest:
    """A page with links to other pages, which AppTest draws only inside the whole dashboard."""
    app = start(**{"territoire": "05", **query}).run()
    return app.switch_page(menu.path(name)).run()


def html(app: AppTest) -> str:
    shown = " ".join(str(block.proto.body) for block in app.get("html"))
    return shown.replace("\xa0", " ").replace("\u202f", " ")


def click(app: AppTest, label: str) -> AppTest:
    found = [b for b in app.button if b.label == label]
    assert found, [b.label for b in app.button]
    return found[0].click().run()


def write(app: AppTest, text: str, which: int = 0) -> AppTest:
    return app.text_area[which].set_value(text).run()


def box(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(b for b in app.main.selectbox if b.label == label)


def test_a_note_is_written_in_three_taps_from_a_figure_and_shown_as_text() -> None:
    app = opened("notes", noter="pct_65p_2021", genre="warm")
    click(write(app, TEXT), "Garder la note")
    assert alerts(app) == []
    (note,) = book.find(LOCAL).notes
    said = note.content
    assert (said.place, said.indicator, said.kind) == ("05", "pct_65p_2021", "warm")
    assert said.text == TEXT
    assert "&lt;script&gt;" in html(app)
    assert "<script>alert" not in html(app)
    assert app.text_area[0].value == ""
    assert drafts.kept(LOCAL) == []


def test_a_national_number_is_refused_and_the_text_stays_in_the_form() -> None:
    app = opened("notes")
    text = f"La personne {NATIONAL_NUMBER} attend."
    click(write(app, text), "Garder la note")
    assert any("numéro" in e.value.lower() for e in app.error)
    assert book.find(LOCAL).total == 0
    assert app.text_area[0].value == text
    left = drafts.kept(LOCAL)
    assert all(NATIONAL_NUMBER not in d.content.text for d in left)


def test_a_draft_is_kept_at_the_field_and_offered_again_in_a_new_session() -> None:
    app = write(opened("notes"), "À moitié écrit")
    assert "Brouillon enregistré à" in html(app)
    again = opened("notes")
    assert "À moitié écrit" in html(again)
    click(again, "Reprendre")
    assert again.text_area[0].value == "À moitié écrit"
    click(write(again, "À moitié écrit, puis fini"), "Garder la note")
    assert [n.content.text for n in book.find(LOCAL).notes] == ["À moitié écrit, puis fini"]
    assert drafts.kept(LOCAL) == []


def test_a_note_is_revised_answered_and_withdrawn() -> None:
    book.add(LOCAL, NOTE)
    app = opened("notes")
    click(app, "Réviser")
    write(app, "Les rendez-vous sont très rares.", which=1)
    click(app, "Enregistrer la révision")
    assert alerts(app) == []
    (note,) = book.find(LOCAL).notes
    assert (note.revision, note.content.text) == (2, "Les rendez-vous sont très rares.")
    click(app, "Un autre regard")
    write(app, "Chez nous, non.", which=1)
    click(app, "Garder cet autre regard")
    assert alerts(app) == []
    (other,) = book.answers(LOCAL, note.id)
    assert other.content.indicator == note.content.indicator
    app = opened("notes", noter="")
    next(b for b in app.button if b.key == f"retirer-{note.id}").click().run()
    click(app, "Retirer de la vue")
    assert alerts(app) == []
    assert [n.id for n in book.find(LOCAL).notes] == [other.id]
    assert [n.id for n in book.find(LOCAL, withdrawn=True).notes] == [note.id]


def test_a_conflict_shows_both_versions_and_keeps_the_chosen_one() -> None:
    note = book.add(LOCAL, NOTE)
    app = opened("notes")
    click(app, "Réviser")
    book.revise(LOCAL, note.id, replace(note.content, text="La version de l’autre."), 1)
    write(app, "La mienne, en entier.", which=1)
    click(app, "Enregistrer la révision")
    assert "La version de l’autre." in html(app)
    assert "La mienne, en entier." in html(app)
    assert book.get(LOCAL, note.id).content.text == "La version de l’autre."
    click(app, "Garder la mienne")
    assert alerts(app) == []
    assert book.get(LOCAL, note.id).content.text == "La mienne, en entier."
    assert len(book.history(LOCAL, note.id)) == 3


def test_a_note_without_a_place_does_not_get_one_in_wallonia() -> None:
    app = opened("notes", territoire="wallonie", noter="pct_65p_2021")
    click(write(app, "Partout."), "Garder la note")
    (note,) = book.find(LOCAL).notes
    assert (note.content.place, note.ols) == ("", "")


def test_a_note_that_lost_its_place_keeps_it_when_revised(monkeypatch) -> None:
    note = book.add(LOCAL, NOTE)
    loses_its_place(note)
    app = opened("notes")
    next(t for t in app.toggle if t.label == "Lieux disparus").set_value(True).run()
    assert "Ancien bassin (lieu disparu)" in html(app)
    click(app, "Réviser")
    write(app, "Toujours vrai.", which=1)
    click(app, "Enregistrer la révision")
    assert alerts(app) == []
    assert book.get(LOCAL, note.id).content.place == "05-99999"


def loses_its_place(note: book.Note, label: str = "Ancien bassin") -> None:
    with store.writing() as session:
        row = session.query(store.models.Note).filter_by(id=note.id).one()
        row.place, row.place_label = "05-99999", label


def test_a_note_of_a_place_that_is_gone_is_put_back_in_one_press() -> None:
    note = book.add(LOCAL, NOTE)
    loses_its_place(note)
    app = opened("notes")
    next(t for t in app.toggle if t.label == "Lieux disparus").set_value(True).run()
    assert next(b for b in app.button if b.label == "Replacer").disabled
    box(app, "Lieu d’aujourd’hui").set_value("92094").run()
    click(app, "Replacer")
    assert alerts(app) == []
    assert book.get(LOCAL, note.id).content == replace(note.content, place="92094")
    assert "Replacé" in app.success[0].value
    next(t for t in app.toggle if t.label == "Lieux disparus").set_value(False).run()
    assert not [b for b in app.button if b.label == "Replacer"]
    click(app, "Historique")
    assert "→ Namur)" in html(app)


def test_the_place_of_today_with_the_same_name_is_proposed() -> None:
    note = book.add(LOCAL, NOTE)
    loses_its_place(note, "Waret-la-Chaussée")
    app = opened("notes")
    next(t for t in app.toggle if t.label == "Lieux disparus").set_value(True).run()
    assert places.find(box(app, "Lieu d’aujourd’hui").value).title == "Waret-la-Chaussée (section)"


@pytest.mark.parametrize("territory", ["05", "wallonie"])
@pytest.mark.parametrize(("part", "sort"), PLACED)
def test_what_the_board_lost_is_put_back_too(part: str, sort: str, territory: str) -> None:
    kept = book.add(LOCAL, replace(NEED, sort=sort, level="ols"))
    loses_its_place(kept)
    app = opened("besoins", partie=part, territoire=territory)
    assert html(app).count("Ancien bassin (lieu disparu)") == 1
    place = box(app, "Lieu d’aujourd’hui")
    assert (sort == "besoin") == ("Namur (commune)" not in place.options)
    place.set_value("05").run()
    click(app, "Replacer")
    assert alerts(app) == []
    assert book.get(LOCAL, kept.id).content == kept.content
    assert "lieu disparu" not in html(app)


def test_what_every_sort_lost_is_read_once_and_shown_sort_by_sort(monkeypatch) -> None:
    for sort in ("victoire", "opportunite", "besoin"):
        loses_its_place(book.add(LOCAL, replace(NEED, sort=sort, text=f"Texte {sort}.")))
    asked, find = [], book.find
    monkeypatch.setattr(book, "find", lambda *a, **k: asked.append(k) or find(*a, **k))
    app = opened("besoins", partie="reussites")
    assert len([k for k in asked if k.get("lost")]) == 1
    said = html(app)
    assert said.index("Texte opportunite.") < said.index("Texte victoire.")
    assert "Texte besoin." not in said
    titles = [s.value for s in app.subheader if s.value.startswith("Lieux disparus")]
    assert titles == ["Lieux disparus : opportunité (1)", "Lieux disparus : petite victoire (1)"]


def test_a_besoin_is_written_and_moves_along_the_board() -> None:
    app = opened("besoins")
    click(write(app, "Pas de relais le week-end."), "Garder")
    assert alerts(app) == []
    (need,) = book.find(LOCAL, sort="besoin").notes
    assert (need.status, need.content.place) == ("releve", "05")
    assert "en attente d’aujourd’hui" in html(app)
    next(b for b in app.selectbox if b.label == "Étape").set_value("consolide")
    click(app, "Enregistrer l’étape")
    assert alerts(app) == []
    assert book.get(LOCAL, need.id).status == "consolide"
    next(b for b in app.selectbox if b.label == "Étape").set_value("transmis")
    click(app, "Enregistrer l’étape")
    (error,) = app.error
    assert "partagez d’abord" in error.value


def test_a_besoin_without_a_place_is_refused() -> None:
    app = opened("besoins", territoire="wallonie")
    click(write(app, "Un besoin sans lieu."), "Garder")
    assert "Lieu" in app.error[0].value
    assert book.find(LOCAL).total == 0


@pytest.mark.parametrize("part", ["besoins", "signaux", "reussites", "ols"])
def test_every_part_of_the_board_opens_with_and_without_records(part: str) -> None:
    assert alerts(opened("besoins", partie=part)) == []
    book.add(LOCAL, NEED)
    book.add(LOCAL, Content(sort="signal", text="Un signal.", place="05", level="region"))
    book.add(LOCAL, Content(sort="victoire", text="Une victoire.", place="05"))
    assert alerts(opened("besoins", partie=part)) == []


def test_the_notes_of_the_place_and_indicator_stand_on_the_population_page() -> None:
    assert "Aucun regard du terrain encore" in html(in_shell("population"))
    book.add(LOCAL, NOTE)
    book.add(LOCAL, replace(NOTE, text="Ailleurs.", place="06"))
    book.add(LOCAL, replace(NOTE, text="Autre chiffre.", indicator="pct_80p_2021"))
    shown = html(in_shell("population", indicateur="pct_65p_2021"))
    assert NOTE.text in shown
    assert "Ailleurs." not in shown
    assert "Autre chiffre." not in shown
    here = html(in_shell("structures"))
    assert NOTE.text in here
    assert "Autre chiffre." in here
    assert "Ailleurs." not in here


def test_every_figure_leads_to_a_note_about_it() -> None:
    shown = html(in_shell("profil"))
    assert shown.count('class="noter"') > 30
    assert "notes?noter=pct_65p_2021&amp;territoire=05" in shown
    population = in_shell("population")
    assert html(population).count('class="noter"') == 5
    assert sum(b.label == "+ noter" for b in population.button) == 4


def test_reading_pages_make_no_database_and_do_not_load_its_library(tmp_path: Path) -> None:
    """In a process of its own: this one has long loaded everything."""
    import os
    import subprocess

    code = (
        "import sys; from tests.pages.test_notes_pages import alerts, in_shell;"
        "assert all(alerts(in_shell(n)) == [] for n in ('population', 'structures', 'notes'));"
        "assert not {'sqlalchemy', 'openpyxl', 'docx'} & set(sys.modules)"
    )
    env = os.environ | {"OLS_DATA_DIR": str(tmp_path), "PYTHONPATH": str(APP.parent)}
    subprocess.run([sys.executable, "-c", code], cwd=APP.parent, env=env, check=True, timeout=120)
    assert list(tmp_path.iterdir()) == []


def test_the_example_is_marked_and_leaves_the_readers_notes_alone() -> None:
    book.add(LOCAL, NOTE)
    app = opened("notes", exemple="1")
    assert "(fictif)" in app.title[0].value
    assert "Exemple fictif" in html(app)
    assert NOTE.text not in html(app)
    before = [n.content.text for n in book.find(LOCAL).notes]
    click(write(app, "Écrit dans l’exemple."), "Garder la note")
    assert alerts(app) == []
    assert "Écrit dans l’exemple." in html(app)
    assert [n.content.text for n in book.find(LOCAL).notes] == before
    click(app, "Remettre l’exemple à zéro")
    assert "Écrit dans l’exemple." not in html(app)
    click(app, "Quitter l’exemple")
    assert "exemple" not in dict(app.query_params)
    assert NOTE.text in html(app)
    assert "Exemple fictif" not in html(app)


@pytest.mark.parametrize("part", ["besoins", "signaux", "reussites", "ols"])
def test_the_example_opens_on_the_board(part: str) -> None:
    app = opened("besoins", exemple="1", partie=part)
    assert alerts(app) == []
    assert "Exemple fictif" in html(app)


def test_a_true_figure_never_writes_in_the_example() -> None:
    app = opened("notes", exemple="1")
    app.query_params["noter"] = "pct_65p_2021"
    app.run()
    assert "Exemple fictif" not in html(app)


def test_a_file_of_notes_is_imported_twice_and_conflicts_are_listed() -> None:
    note = book.add(LOCAL, NOTE)
    exported = files.export_json(LOCAL).encode()
    book.revise(LOCAL, note.id, replace(note.content, text="Changée ici."), 1)
    ours = files.export_json(LOCAL).encode()
    app = opened("donnees", partie="mesdonnees")
    assert alerts(app) == []
    for raw, said in ((ours, "1 déjà connues"), (exported, "1 déjà connues")):
        uploader = next(u for u in app.file_uploader if u.label == "Fichier de notes")
        uploader.set_value(("notes.json", raw, "application/json")).run()
        click(app, "Importer ces notes")
        assert alerts(app) == []
        assert said in html(app)
    assert book.get(LOCAL, note.id).content.text == "Changée ici."
    uploader = next(u for u in app.file_uploader if u.label == "Fichier de notes")
    uploader.set_value(("notes.json", b'{"format": "autre"}', "application/json")).run()
    click(app, "Importer ces notes")
    assert "Rien n’a été importé" in app.error[0].value


def test_a_backup_is_put_back(tmp_path: Path) -> None:
    book.add(LOCAL, NOTE)
    saved = files.backup(LOCAL, tmp_path / "s.sqlite").read_bytes()
    book.add(LOCAL, replace(NOTE, text="Écrite après."))
    app = opened("donnees", partie="mesdonnees")
    uploader = next(u for u in app.file_uploader if u.label == "Sauvegarde à restaurer")
    uploader.set_value(("s.sqlite", saved, "application/vnd.sqlite3")).run()
    click(app, "Remplacer ma base par cette sauvegarde")
    assert alerts(app) == []
    assert [n.content.text for n in book.find(LOCAL).notes] == [NOTE.text]
    uploader = next(u for u in app.file_uploader if u.label == "Sauvegarde à restaurer")
    uploader.set_value(("s.sqlite", b"rien", "application/vnd.sqlite3")).run()
    click(app, "Remplacer ma base par cette sauvegarde")
    assert "n’est pas une sauvegarde" in app.error[0].value
    assert book.find(LOCAL).total == 1


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("exemple.be", False),
        ("", False),
        (None, False),
    ],
)
def test_local_mode_opens_on_this_computer_only(monkeypatch, address, here) -> None:
    assert gate.on_this_machine(address) is here
    told = gate.st.get_option
    monkeypatch.setattr(
        gate.st, "get_option", lambda name: address if name == "server.address" else told(name)
    )
    app = start(territoire="05").run()
    said = " ".join(str(e.value) for e in app.error)
    assert ("seul cet ordinateur peut ouvrir le tableau de bord" in said) is not here
    assert bool(app.sidebar.selectbox) is here


def test_a_run_of_the_page_that_was_overtaken_leaves_no_draft_of_a_note_already_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit lets it go on until it touches its session; here it was keeping a draft."""
    book.add(LOCAL, NOTE)  # the database is ready
    saving, ended, save = threading.Event(), threading.Event(), drafts.save

    def slow(*arguments: Any) -> drafts.Draft:
        saving.set()
        ended.wait(1)
        return save(*arguments)

    monkeypatch.setattr(notes.st, "session_state", {})
    monkeypatch.setattr(drafts, "save", slow)
    overtaken = threading.Thread(target=notes.keep_draft, args=("note", NOTE))
    overtaken.start()
    assert saving.wait(10)
    notes.ended("note", lambda: book.add(LOCAL, NOTE, form="note"))
    ended.set()
    overtaken.join()
    assert book.find(LOCAL).total == 2
    assert drafts.kept(LOCAL) == []
