"""« Découpages »: a list is checked, read, put in force, compared and taken back on the page."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from streamlit.testing.v1 import AppTest

from olsdata import contours, geometry, local, tables, territory
from olsdata.local import shapes
from olsdata.notes.actors import Actor
from olsdata.ui import menu, who

APP = Path(__file__).resolve().parents[2] / "app.py"
PAGE = """
import runpy
import streamlit as st
from olsdata.ui import state
st.session_state[state.MARK] = True
state.read()
runpy.run_path({path!r})
"""


def opened(**query: str) -> AppTest:
    script = PAGE.format(path=str(APP.parent / menu.path("donnees")))
    app = AppTest.from_string(script, default_timeout=90)
    for key, value in {"partie": "decoupages", **query}.items():
        app.query_params[key] = value
    return app.run()


def shown(app: AppTest) -> str:
    return " ".join(str(box.body) for box in app.get("html"))


def a_list(change: tuple[str, str] = ("05,Namur-Ouest,92142", "06,Namur-Dinant,92142")) -> bytes:
    return (tables.GEODATA / "decoupages" / "ols.csv").read_text("utf-8").replace(*change).encode()


def give(app: AppTest, raw: bytes, **fields: str) -> AppTest:
    upload = next(box for box in app.get("file_uploader") if "par zone" in box.label)
    upload.set_value(("arrete.csv", raw, "text/csv")).run()
    for label, value in {
        "Source": "Arrêté modifié",
        "Date de l’acte": "20/11/2026",
        **fields,
    }.items():
        next(box for box in app.text_input if box.label == label).input(value)
    return press(app, "Vérifier la liste")


def press(app: AppTest, label: str) -> AppTest:
    return next(box for box in app.button if box.label == label).click().run()


def test_a_list_is_read_then_put_in_force_then_taken_back():
    app = give(opened(), a_list())
    assert "252 par code REFNIS et 4 par section" in shown(app)
    assert any("05 n’est pas d’un seul tenant" in str(box.value) for box in app.warning)
    assert "Gembloux" in shown(app)
    assert local.fingerprint() == ""
    assert "Mettre en vigueur (OLS)" not in [box.label for box in app.button]
    next(box for box in app.checkbox if box.label == "J’ai lu ce rapport").check().run()
    press(app, "Mettre en vigueur (OLS)")
    assert any("le nouveau découpage est en vigueur" in str(box.value) for box in app.success)
    assert territory.zoning("ols").source == "Arrêté modifié"
    assert "Territoires des OLS du 20/11/2026" in shown(app)
    press(app, "Revenir au précédent")
    assert local.fingerprint() == ""
    assert len(local.history("ols")) == 2
    assert not app.exception


def test_a_checked_list_is_compared_without_being_put_in_force():
    app = give(opened(), a_list())
    b = next(box for box in app.selectbox if box.label == "Découpage B")
    assert b.options[-1] == "La liste vérifiée ci-dessus"
    assert "Ce qui change de zone" in shown(app)
    assert local.fingerprint() == ""


@pytest.mark.parametrize(
    ("raw", "fields", "message"),
    [
        (a_list((",92142,", ",99999,")), {}, "« 99999 » n’est pas reconnu"),
        (a_list((",92142,", ",92094,")), {}, "Namur est dans 05 et 06"),
        (a_list(), {"Source": ""}, "Source"),
        (a_list(), {"Date de l’acte": "demain"}, "Date"),
        (b"<html>", {}, "Ligne 1"),
    ],
)
def test_a_wrong_list_is_explained_and_cannot_be_put_in_force(raw, fields, message):
    app = give(opened(), raw, **fields)
    assert message in " ".join(str(box.value) for box in app.error)
    assert "J’ai lu ce rapport" not in [box.label for box in app.checkbox]
    assert not app.exception


def test_checking_without_a_file_says_so():
    app = press(opened(), "Vérifier la liste")
    assert "Choisissez d’abord un fichier" in " ".join(str(box.value) for box in app.error)


def test_a_report_that_no_longer_fits_the_form_cannot_be_confirmed():
    app = give(opened(), a_list())
    next(box for box in app.text_input if box.label == "Source").input("Autre arrêté").run()
    assert "vérifiez de nouveau" in shown(app)
    assert "J’ai lu ce rapport" not in [box.label for box in app.checkbox]


def test_the_bassins_have_their_own_versions_kept_in_the_link():
    rows = tables.shipped().decoupages["bassins"][0]
    meta = {"statut": "validé", "source": "Conseil", "date": "2026-11-20", "label": "Nos bassins"}
    local.adopt("bassin", rows, meta)
    app = opened(decoupages="bassin")
    assert "Nos bassins" in shown(app)
    restore = next(box for box in app.selectbox if box.label == "Remettre en vigueur")
    assert restore.options == ["Bassins de vie (grille de départ), provisoires (livré)"]
    press(app, "Remettre en vigueur")
    assert local.in_force("bassin").id == ""


def test_limits_are_imported_from_the_page_with_their_name_and_taken_back():
    limits = shapes.sections().to_crs(geometry.METRIC)
    facts = tables.shipped()
    codes = facts.secteurs.reset_index().drop_duplicates("section").set_index("section")["secteur"]
    frame = gpd.GeoDataFrame({"cd_sector": codes[limits.index].to_numpy()}, geometry=limits.array)
    raw = frame.to_crs(4326).to_json().encode()
    app = opened()
    assert "Limites approchées" in shown(app)
    press(app, "Importer ces limites")
    assert "Choisissez d’abord un fichier" in " ".join(str(box.value) for box in app.error)
    upload = next(box for box in app.get("file_uploader") if "limites" in box.label)
    upload.set_value(("secteurs<b>.geojson", b"<html>", "application/json")).run()
    press(app, "Importer ces limites")
    assert "Rien n’a été changé" in " ".join(str(box.value) for box in app.error)
    upload = next(box for box in app.get("file_uploader") if "limites" in box.label)
    upload.set_value(("secteurs<b>.geojson", raw, "application/json")).run()
    press(app, "Importer ces limites")
    assert any("Les nouvelles limites sont en vigueur" in str(box.value) for box in app.success)
    assert "Limites du fichier secteurs_b_.geojson" in shown(app)
    assert "changent de commune" in shown(app)
    assert contours.url("ols").startswith("./app/static/local/")
    press(app, "Revenir aux limites livrées")
    assert "Limites approchées" in shown(app)
    assert local.fingerprint() == ""
    assert not app.exception


def test_a_signed_in_facilitator_reads_the_versions_and_is_offered_no_change(monkeypatch):
    monkeypatch.setattr(who, "mode", lambda: who.OIDC)
    monkeypatch.setattr(who, "claims", lambda: {"sub": "x"})
    monkeypatch.setattr(who, "_actor", lambda: Actor("facilitateur", "05", "x"))
    app = opened()
    assert "Territoires des OLS" in shown(app)
    labels = {box.label for box in (*app.button, *app.get("file_uploader"))}
    assert not labels & {
        "Vérifier la liste",
        "Importer ces limites",
        "Liste des communes par zone (CSV)",
        "Fichier de limites (GeoPackage, GeoJSON ou zip)",
    }
    assert not app.exception
