"""« Ce que les OLS remontent » through AppTest: what is shown, grouping, the file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import store
from olsdata.notes import book, gatherings
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.content import Content
from olsdata.ui import menu, who
from tests.pages.test_pages import APP, alerts

PAGE = f"""
import runpy
import streamlit as st
from olsdata.ui import state
st.session_state[state.MARK] = True
state.read()
runpy.run_path({str(APP.parent / menu.path("remontees"))!r})
"""
NEED = Content(
    sort="besoin",
    text="Pas de garde <i>infirmière</i> la nuit",
    place="01",
    missing="offre",
    obstacle="reponse",
    level="region",
    theme="acces",
    visibility="iwpl",
)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(tmp_path))


def opened(**query: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def html(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html")).replace("\xa0", " ")


def two() -> None:
    book.add(LOCAL, NEED)
    book.add(LOCAL, replace(NEED, text="La nuit, pas d’infirmière de garde", place="05"))


def test_nothing_shared_is_said_and_makes_no_database(tmp_path):
    app = opened()
    assert alerts(app) == []
    assert "0 besoin" in html(app)
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_shared_is_shown_and_texts_stay_texts():
    two()
    book.add(LOCAL, replace(NEED, text="Gardé pour nous", visibility="ols"))
    text = html(opened())
    assert "&lt;i&gt;infirmière&lt;/i&gt;" in text
    assert "Gardé pour nous" not in text
    assert "Peut agir : région ou fédéral" in text
    assert "2 besoins" in text


def test_the_territory_and_the_filters_narrow_the_list():
    two()
    assert "infirmière de garde" not in html(opened(territoire="01"))
    assert "Aucun besoin partagé ne répond" in html(opened(etape="clos"))


def test_a_person_groups_and_undoes():
    two()
    app = opened(partie="regrouper")
    (title,) = [box for box in app.text_input if box.label == "Titre du regroupement"]
    title.set_value("Garde de nuit")
    (button,) = [b for b in app.button if b.label == "Regrouper"]
    button.click().run()
    assert "Chaque besoin reste entier" in str(app.success[0].value)
    assert [g.title for g in gatherings.listing(LOCAL)] == ["Garde de nuit"]
    (undo,) = [b for b in app.button if b.label == "Défaire"]
    undo.click().run()
    assert gatherings.listing(LOCAL) == []
    assert any(b.label == "Regrouper" for b in app.button)


def test_a_group_without_title_is_refused_in_french():
    two()
    app = opened(partie="regrouper")
    next(b for b in app.button if b.label == "Regrouper").click().run()
    assert "Titre du regroupement" in alerts(app)[0]
    assert gatherings.listing(LOCAL) == []


def test_two_besoins_said_distinct_are_not_proposed_again():
    two()
    app = opened(partie="regrouper")
    next(b for b in app.button if "distincts" in b.label).click().run()
    assert "Aucune ressemblance à proposer" in html(app)
    next(b for b in app.button if "à nouveau" in b.label).click().run()
    assert any(b.label == "Regrouper" for b in app.button)


def test_a_facilitator_reads_its_own_and_does_not_group(monkeypatch):
    two()
    monkeypatch.setattr(who, "actor", lambda: Actor("facilitateur", "05"))
    assert "&lt;i&gt;infirmière" not in html(opened())
    assert "Votre rôle ne permet pas de regrouper" in html(opened(partie="regrouper"))


def test_the_file_is_made_then_given():
    two()
    app = opened()
    assert not app.get("download_button")
    next(b for b in app.button if b.label == "Compiler pour le Forum").click().run()
    assert alerts(app) == []
    assert [b.proto.label for b in app.get("download_button")] == [
        "Classeur (XLSX)",
        "Document (DOCX)",
    ]


def test_the_example_opens_and_stays_apart():
    text = html(opened(exemple="1"))
    assert "Exemple fictif" in text
    assert "Fictif : pas de solution de répit" in text
