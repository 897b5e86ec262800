"""« Emporter ce portrait » on the profile: made when asked, dropped when the territory changes."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from olsdata import store
from olsdata.ui import menu, portrait
from tests.pages.test_pages import APP

PAGE = f"""
import runpy
import streamlit as st
from olsdata.ui import state
st.session_state[state.MARK] = True
state.read()
runpy.run_path({str(APP.parent / menu.path("profil"))!r})
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(tmp_path))


def opened(territory: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=120)
    app.query_params["territoire"] = territory
    return app.run()


def content(app: AppTest) -> bytes:
    return bytes(app.session_state[portrait._MADE][2])


def downloads(app: AppTest) -> list[str]:
    return [d.proto.label for d in app.get("download_button")]


def test_nothing_is_made_before_it_is_asked_for():
    app = opened("05")
    assert not app.exception
    assert portrait._MADE not in app.session_state
    assert "Télécharger : PDF accessible" not in downloads(app)


def test_the_pdf_then_the_docx_can_be_downloaded():
    app = opened("05")
    app.button(key="portrait-pdf").click().run()
    assert "Télécharger : PDF accessible" in downloads(app)
    assert "05 Namur-Ouest" in PdfReader(BytesIO(content(app))).metadata.title
    app.button(key="portrait-docx").click().run()
    assert "Télécharger : Word (DOCX), à modifier" in downloads(app)
    assert docx.Document(BytesIO(content(app))).core_properties.title.endswith("05 Namur-Ouest")
    assert app.status[0].label == "Portrait prêt"
    app.run()
    assert "Télécharger : Word (DOCX), à modifier" in downloads(app)


def test_another_territory_does_not_offer_the_document_of_the_first():
    app = opened("05")
    app.button(key="portrait-pdf").click().run()
    app.query_params["territoire"] = "06"
    app.run()
    assert "Télécharger : PDF accessible" not in downloads(app)
