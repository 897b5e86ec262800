"""« Corriger le registre » through AppTest: what a facilitator enters is kept, or said wrong."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import registry
from olsdata.registry import Content, Coverage
from olsdata.ui import menu
from olsdata.ui.acting import literal
from tests.pages.test_pages import APP, alerts

SCRIPT = "<script>alert(1)</script> ![x](http://x.be/y.png) *é* 🙂"


PAGE = f"""
import runpy
import streamlit as st
from olsdata.ui import state
st.session_state[state.MARK] = True
state.read()
runpy.run_path({str(APP.parent / menu.path("registre"))!r})
"""
"""The page as the shell runs it; AppTest runs a page that it switched to alone, and a click is
then lost when the page starts again inside the shell."""


def opened(part: str, **query: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=60)
    for key, value in {"territoire": "05", "partie": part, **query}.items():
        app.query_params[key] = value
    return app.run()


def html(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def field(app: AppTest, label: str) -> object:
    (found,) = [w for w in (*app.text_input, *app.multiselect) if w.label == label]
    return found


def click(app: AppTest, label: str) -> AppTest:
    (button,) = [b for b in app.button if b.label == label]
    return button.click().run()


def fill(app: AppTest, **values: object) -> None:
    for label, value in values.items():
        field(app, label.replace("_", " ")).set_value(value)  # type: ignore[attr-defined]


@pytest.mark.parametrize("part", ["manque", "corriger", "generalistes", "fichiers"])
@pytest.mark.parametrize("territory", ["wallonie", "05"])
def test_every_part_opens_on_an_empty_database(part, territory):
    app = opened(part, territoire=territory)
    assert alerts(app) == []
    assert app.title[0].value.startswith("Corriger le registre")


def test_what_is_missing_is_counted_against_the_published_total():
    shown = html(opened("manque"))
    assert "Il manque 31 cercles de médecine générale" in shown
    assert "confirmées par une source sur 59" in shown


def test_a_structure_is_added_seen_at_once_and_withdrawn():
    app = opened("corriger")
    fill(app, Nom=SCRIPT, Source="Site", Date_de_la_source="5/2025")
    fill(app, Communes_de_sa_zone=["92048"])
    click(app, "Enregistrer la proposition")
    assert alerts(app) == []
    (made,) = registry.proposals()
    assert made.content == Content("cercle_mg", SCRIPT, "Site", "2025-05", (Coverage("92048"),))
    shown = html(app)
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert "proposition du terrain" in shown
    assert [box.value for box in app.success] == [literal(f"Proposition enregistrée : {SCRIPT}.")]
    click(app, "Retirer cette proposition")
    assert alerts(app) == []
    assert registry.proposals() == []
    assert "retirée" in html(app)


def test_what_is_wrong_is_named_and_the_form_keeps_its_text():
    app = opened("corriger")
    fill(app, Nom="Mon cercle", Date_de_la_source="2999")
    click(app, "Enregistrer la proposition")
    (error,) = app.error
    assert "Source : manquant" in error.value.replace("\\", "")
    assert "dans l’avenir" in error.value
    assert field(app, "Nom").value == "Mon cercle"  # type: ignore[attr-defined]
    assert registry.proposals(withdrawn=True) == []


def test_a_correction_asks_for_its_own_source_and_leaves_the_sourced_row():
    app = opened("corriger", territoire="09")
    (what,) = [box for box in app.selectbox if box.label.startswith("De quoi")]
    what.set_value("cercle-agef").run()
    assert field(app, "Source").value == ""  # type: ignore[attr-defined]
    fill(app, Nom="AGEF", Source="Statuts", Date_de_la_source="2025")
    click(app, "Enregistrer la proposition")
    (made,) = registry.proposals()
    assert made.content.corrects == "cercle-agef"
    assert all(c.deduced for c in made.content.communes)
    assert registry.sourced()["cercle-agef"].name.startswith("AGEF – Association")


def test_a_type_is_declared_complete_and_taken_back():
    app = opened("manque")
    fill(app, Complet_au="2025", Selon_quelle_source="Liste FAGW")
    click(app, "Déclarer complet")
    assert alerts(app) == []
    assert registry.declared("cercle_mg") == {"05"}
    assert "Complet au 2025 selon Liste FAGW" in html(app).replace("\xa0", " ")
    click(app, "Retirer la déclaration")
    assert registry.declared("cercle_mg") == frozenset()


def test_a_count_of_doctors_is_classed_and_marked_as_an_estimate():
    app = opened("generalistes")
    (commune,) = [box for box in app.selectbox if box.label == "Commune"]
    commune.set_value("92045")
    app.number_input[0].set_value(3)
    fill(app, Date_de_la_liste="2025")
    click(app, "Enregistrer le nombre")
    assert alerts(app) == []
    assert registry.counts().at["92045", "medecins"] == 3
    shown = html(app)
    assert "majoré" in shown
    assert "la liste officielle est celle de l’AViQ" in shown


def test_a_count_without_a_number_is_refused():
    app = opened("generalistes")
    click(app, "Enregistrer le nombre")
    (error,) = app.error
    assert "nombre entier" in error.value


def test_a_file_is_imported_or_refused_row_by_row():
    app = opened("fichiers")
    wrong = b"id,type,nom,date,source,communes\n,club,E,2025,S,Namur=2\n"
    app.file_uploader[0].set_value(("r.csv", wrong, "text/csv")).run()
    click(app, "Importer ce fichier")
    (error,) = app.error
    assert error.value.count("Ligne 2") == 2
    assert registry.proposals() == []
    good = b"id;type;nom;date;source;communes\n;cercle_mg;\xc9t\xe9;2025;S;Namur=1\n"
    app.file_uploader[0].set_value(("r.csv", good, "text/csv")).run()
    click(app, "Importer ce fichier")
    assert [p.content.name for p in registry.proposals()] == ["Été"]
    assert "1 ajout" in app.success[0].value


def test_a_database_that_refuses_is_said_and_the_text_stays(monkeypatch, tmp_path):
    (tmp_path / "fichier").write_text("x")
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path / "fichier"))
    app = opened("corriger")
    fill(app, Nom="Mon cercle", Source="Site", Date_de_la_source="2025")
    click(app, "Enregistrer la proposition")
    (error,) = app.error
    assert "Rien n’a été enregistré" in error.value
    assert field(app, "Nom").value == "Mon cercle"  # type: ignore[attr-defined]
