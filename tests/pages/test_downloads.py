"""Every table of the pages goes out as CSV and as a workbook that says what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from olsdata import store
from olsdata.ui import cards, menu
from tests.pages.test_pages import APP

OPENED = {
    ("population", "niveau", "commune"): ["csv", "xlsx", "geojson"],
    ("population", "niveau", "bassin"): ["csv", "xlsx", "geojson"],
    ("universalisme", "niveau", "bassin"): ["csv", "xlsx"] * 2,
    ("structures", "vue", "liste"): ["csv", "xlsx"],
    ("structures", "vue", "acces"): ["csv", "xlsx"],
    ("coherence", "niveau", "commune"): ["csv", "xlsx"],
    ("comparer", "niveau", "ols"): ["csv", "xlsx"],
    ("besoins", "partie", "ols"): ["csv", "xlsx"],
    ("registre", "partie", "generalistes"): ["csv", "csv", "xlsx"],
}
"""Page and what is open in it → the files that it offers, in order (a fold: once open)."""

Made = list[tuple[str, str, Callable[[], bytes]]]


@pytest.fixture
def offered(tmp_path, monkeypatch) -> Made:
    """Label, name and maker of each file that the page offers."""
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(tmp_path))
    found: Made = []
    monkeypatch.setattr(
        cards, "file", lambda label, name, mime, make: found.append((label, name, make))
    )
    return found


def open_page(name: str, key: str, value: str) -> AppTest:
    page = f"""
import runpy
import streamlit as st
from olsdata.ui import menu, state
st.session_state[state.MARK] = True
st.page_link = lambda *_, **__: None
state.read()
runpy.run_path({str(APP.parent / menu.path(name))!r})
"""
    app = AppTest.from_string(page, default_timeout=120)
    app.query_params["territoire"] = "06"
    app.query_params[key] = value
    return app.run()


@pytest.mark.parametrize("asked", OPENED, ids=lambda asked: "-".join(asked))
def test_each_table_is_offered_and_each_file_can_be_made(asked, offered):
    app = open_page(*asked)
    assert not app.exception
    assert [name.rpartition(".")[2] for _, name, _ in offered] == OPENED[asked]
    for label, name, make in offered:
        raw = make()
        if name.endswith(".csv"):
            assert raw.startswith(b"\xef\xbb\xbf"), label
            assert b";" in raw.splitlines()[0]
        elif name.endswith(".xlsx"):
            said = [r[0] for r in openpyxl.load_workbook(BytesIO(raw))["À lire"].values]
            assert said[1].startswith("Source\xa0: "), said
            assert len(said[1]) > len("Source : ") + 3
            assert any(str(line).startswith("Version des données") for line in said)
        else:
            assert json.loads(raw)["features"], label
