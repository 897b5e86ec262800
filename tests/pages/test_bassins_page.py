"""« Bassins de vie » through AppTest: a proposal is started, drawn by the list, adopted, left."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import local, territory
from olsdata.drawing import book, files, plan, starts
from olsdata.exports.tables import to_french_csv
from olsdata.notes.actors import LOCAL
from olsdata.ui import menu
from tests.pages.test_pages import APP, alerts

PAGE = f"""
import runpy
import streamlit as st
from olsdata import local
from olsdata.ui import state
st.session_state[state.MARK] = True
local.refresh()
state.read()
runpy.run_path({str(APP.parent / menu.path("bassins"))!r})
"""
SCRIPT = "<script>alert(1)</script> *é*"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The geometry of an adopted zoning is tested with the local layer."""
    monkeypatch.setattr("olsdata.local.shapes.prepare", lambda state: None)
    monkeypatch.setattr("olsdata.local.shapes._is_local", lambda state, level: False)


def opened(**query: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=120)
    for key, value in {"territoire": "05", **query}.items():
        app.query_params[key] = value
    return app.run()


def html(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def click(app: AppTest, label: str) -> AppTest:
    (button,) = [b for b in app.button if b.label == label]
    return button.click().run()


def field(app: AppTest, label: str):
    found = [w for w in (*app.text_input, *app.multiselect, *app.selectbox) if w.label == label]
    assert len(found) == 1, label
    return found[0]


def start(kind: str = "grille", name: str = "Idée 1") -> book.Drawing:
    return book.start(LOCAL, starts.start(kind, "05"), name, "la grille calculée")


def kept() -> book.Drawing:
    return book.drawings(LOCAL, "05")[-1]


@pytest.mark.parametrize("part", ["dessiner", "propositions", "comparer", "adopter", "fichiers"])
def test_every_part_opens_with_and_without_a_proposal(part):
    assert alerts(opened(partie=part)) == []
    start()
    assert alerts(opened(partie=part)) == []


def test_without_an_ols_the_page_says_where_each_one_stands():
    start(name=SCRIPT)
    shown = html(opened(territoire="wallonie"))
    assert "ici ou dans le volet, pour dessiner ses bassins" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown


def test_a_proposal_is_started_from_the_grid_and_opens_ready_to_be_drawn():
    app = opened()
    app.radio[0].set_value("grille").run()
    field(app, "Nom de la proposition").set_value("Idée 1").run()
    app = click(app, "Commencer")
    assert alerts(app) == []
    assert kept().plan == starts.start("grille", "05")
    assert {"Ajouter", "Annuler"} <= {b.label for b in app.button}


def test_a_bassin_is_drawn_with_the_list_then_undone_and_done_again():
    first = start()
    app = opened()
    field(app, "Communes et sections choisies").set_value(["92094D", "92045"]).run()
    assert "2 unités choisies" in html(app)
    field(app, "Ajouter à").set_value("nouveau").run()
    field(app, "Nom du nouveau bassin").set_value(SCRIPT).run()
    field(app, "Pourquoi (facultatif)").set_value(f"le bus 27 {SCRIPT}").run()
    app = click(app, "Ajouter")
    assert "n’y est pas admis" in app.error[0].value
    assert kept().plan == first.plan
    field(app, "Nom du nouveau bassin").set_value("L’été & l’hiver").run()
    app = click(app, "Ajouter")
    assert alerts(app) == []
    after = kept()
    (bassin,) = [b for b, name in after.plan.bassins if name == "L’été & l’hiver"]
    assert set(after.plan.by_bassin[bassin]) > {"92094D"}
    assert field(app, "Communes et sections choisies").value == []
    assert field(app, "Ajouter à").value == bassin
    shown = html(app)
    assert "le bus 27" in shown
    assert "<script>alert" not in shown
    click(app, "Annuler")
    assert kept().plan == first.plan
    click(app, "Rétablir")
    assert kept().plan == after.plan


def test_what_is_taken_out_is_said_to_be_in_no_bassin():
    start()
    app = opened()
    field(app, "Communes et sections choisies").set_value(["92094D"]).run()
    app = click(app, "Retirer")
    assert "Dans aucun bassin" in html(app)
    assert "Malonne" in html(app)


def test_a_redraw_without_a_choice_is_refused_and_nothing_changes():
    first = start()
    app = click(opened(), "Ajouter")
    assert "Choisissez d’abord" in app.error[0].value
    assert kept() == first


def test_a_commune_is_opened_by_its_sections():
    start()
    app = opened(ouvertes="92142")
    options = field(app, "Communes et sections choisies").options
    assert "Beuzet (Gembloux)" in options
    assert "Gembloux" not in options


def test_two_facilitators_do_not_overwrite_each_other():
    first = start()
    app = opened()
    field(app, "Communes et sections choisies").set_value(["92094D"]).run()
    other = book.change(
        LOCAL, first.id, plan.delete(first.plan, "05-92142"), "ailleurs", first.revision
    )
    click(app, "Retirer")
    assert "92142A" not in kept().plan.of
    assert kept().revision >= other.revision


def test_the_page_adopts_with_a_confirmation_and_goes_back():
    first = start("communes")
    app = opened(partie="adopter")
    field(app, "Qui a décidé, où le lire").set_value("Assemblée").run()
    field(app, "Date de la décision").set_value("5/11/2025").run()
    refused = click(app, "Adopter ces bassins")
    assert "Cochez la case" in refused.error[0].value
    assert local.in_force("bassin").id == ""
    app.checkbox[0].check().run()
    app = click(app, "Adopter ces bassins")
    assert alerts(app) == []
    zones = territory.zoning("bassins").zones
    assert list(zones.index[zones["ols"] == "05"]) == list(first.plan.names)
    assert "sont ceux en vigueur" in html(app)
    app.checkbox[0].check().run()
    app = click(app, "Revenir en arrière")
    assert alerts(app) == []
    assert local.in_force("bassin").id == ""


def test_a_validated_proposal_is_copied_to_be_redrawn():
    first = start()
    book.validate(LOCAL, first.id, first.revision, "Adopté", "facilitateur", "")
    app = opened(partie="dessiner")
    assert "ne se redessine plus" in html(app)
    assert "Ajouter" not in {b.label for b in app.button}
    app = opened(partie="propositions")
    field(app, "Nouveau nom").set_value("Idée 2").run()
    click(app, "Dupliquer sous ce nom")
    assert (kept().name, kept().status, kept().plan) == ("Idée 2", "atelier", first.plan)


def test_two_proposals_are_compared():
    first = start()
    moved = plan.put(first.plan, ["92094D"], "05-92142")
    second = book.start(LOCAL, moved, "Idée 2", "copie")
    app = opened(partie="comparer", proposition=second.id, avec=first.id)
    assert alerts(app) == []
    shown = html(app)
    assert "changent de bassin" in shown
    assert "Malonne (Namur)" in shown
    assert "Fosses-la-Ville" in shown


def test_a_file_becomes_a_proposal_and_a_bad_one_changes_nothing(tmp_path: Path):
    drawn = starts.start("cantons", "05")
    app = opened(partie="fichiers")
    app.file_uploader[0].upload("plan.csv", b"label,refnis\nIci,99999\n", "text/csv").run()
    assert "n’est pas reconnu" in app.error[0].value
    assert book.drawings(LOCAL, "05") == []
    app = opened(partie="fichiers")
    raw = to_french_csv(files.export_frame(drawn))
    app.file_uploader[0].upload("plan.csv", raw, "text/csv").run()
    field(app, "Nom de la proposition").set_value("Reçue").run()
    app = click(app, "En faire une proposition")
    assert alerts(app) == []
    assert kept().plan == drawn
