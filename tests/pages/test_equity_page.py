"""« Universalisme proportionné » through AppTest: choices, links, what cannot be computed."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import store
from olsdata.equity import field, need, shared
from olsdata.equity.scope import scope
from olsdata.notes import actors, book
from olsdata.notes.content import Content
from olsdata.ui import crossing, menu, weights
from tests.pages.test_pages import APP, alerts

PAGE = f"""
import runpy
import streamlit as st
from olsdata.ui import state
st.session_state[state.MARK] = True
state.read()
runpy.run_path({str(APP.parent / menu.path("universalisme"))!r})
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(tmp_path))


def opened(fold: str = "", **query: str) -> AppTest:
    """The page, one of its folds open if named."""
    app = AppTest.from_string(PAGE, default_timeout=120)
    if fold:
        app.session_state[fold] = True
    for key, value in {"territoire": "06", "niveau": "bassin", **query}.items():
        app.query_params[key] = value
    return app.run()


def html(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html")).replace("\xa0", " ")


def note(place: str, theme: str, direction: str = "plus", kind: str = "soft", text: str = "Dit."):
    content = Content(
        place=place,
        theme=theme,
        direction=direction,
        strength=3,
        confidence="elevee",
        kind=kind,
        text=text,
    )
    return book.add(actors.LOCAL, content)


def test_without_notes_no_database_is_made_and_the_page_says_so(tmp_path):
    app = opened()
    assert alerts(app) == []
    assert "Aucune note de terrain à lire ici pour l’instant" in html(app)
    assert list(tmp_path.iterdir()) == []


def test_sliders_make_the_index_and_travel_in_the_link():
    app = opened(poids="2-1-0-1-1-1-0-0-1", k="1", **{"lambda": "0.8"}, ressource="kines")
    assert alerts(app) == []
    numbers = [app.slider(key=f"poids-{i}").value for i in need.weighable()]
    assert numbers == [2, 1, 0, 1, 1, 1, 0, 0, 1]
    assert app.select_slider(key="k").value == 1.0
    assert app.select_slider(key="lambda").value == 0.8
    assert app.selectbox(key="ressource").value == "kines"
    app.button(key="poids-egaux").click().run()
    assert "poids" not in dict(app.query_params)
    app.button(key="poids-dimension").click().run()
    assert dict(app.query_params)["poids"] == "1-1-1-1-2-2" or (
        dict(app.query_params)["poids"] == ["1-1-1-1-2-2"]
    )


@pytest.mark.parametrize("wrong", ["abc", "1-1", "1-1-1-1-1-9", "-1-1-1-1-1-1"])
def test_weights_that_are_not_understood_are_said_and_replaced(wrong):
    app = opened(poids=wrong)
    assert len(alerts(app)) == 1
    assert "Poids non compris" in alerts(app)[0]
    assert [app.slider(key=f"poids-{i}").value for i in need.weighable()] == list(weights.equal())


def test_weights_all_zero_are_a_sentence_and_the_floor_stays():
    app = opened(poids="0-0-0-0-0-0")
    assert list(app.exception) == []
    assert "Tous les poids sont nuls" in html(app)
    assert "Socle universel" in html(app)
    assert not re.search(r"\bnan\b", html(app), re.IGNORECASE)


@pytest.mark.parametrize("resource", ["pharmacies", "kines", "lits_hopital", "clps"])
@pytest.mark.parametrize("level", ["commune", "ols"])
def test_every_open_resource_says_what_it_can(resource, level):
    app = opened(ressource=resource, unites=level)
    assert alerts(app) == []
    text = html(app)
    assert "quand le besoin monte" in text or "hasard seul" in text or "non calculable" in text
    if resource == "lits_hopital":
        assert "Pas de rapport" in text
        assert "à déplacer" not in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_a_unit_that_is_added_changes_the_ratios():
    before, after = opened(ressource="clps"), opened(ressource="clps", ajout="06-91034")
    assert "+ 1 simulée" not in html(before)
    assert "+ 1 simulée" in html(after)


def test_a_law_may_weigh_instead_of_the_index():
    app = opened(convention="60_double")
    assert "CWASS 460" in html(app)
    assert not [s for s in app.select_slider if s.key == "k"]


def test_a_blended_value_opens_its_notes_soft_and_warm_apart():
    note("06-91034", "individu", text="Un savoir <b>franc</b>")
    note("06-91034", "individu", kind="warm", text="Un vécu")
    app = opened(unite="06-91034", theme="individu")
    assert alerts(app) == []
    text = html(app)
    assert "Un savoir &lt;b&gt;franc&lt;/b&gt;" in text
    assert "Un vécu" in text
    assert "le terrain voit davantage" in text
    folds = [fold.label for fold in app.expander]
    assert "Ce que nous savons : 1 note, comptées" in folds
    assert "Ce que nous vivons : 1 note, montrées, non comptées" in folds
    app.checkbox(key="vecus-comptes").check().run()
    assert "Ce que nous vivons : 1 note, comptées" in [fold.label for fold in app.expander]
    app.button(key="chiffres-seuls").click().run()
    assert app.select_slider(key="lambda").value == 0.0
    assert "le terrain ne déplace rien" in html(app)


def test_what_was_withdrawn_does_not_count_and_a_change_is_seen():
    kept, gone = note("06-91034", "acces"), note("06-91034", "acces", "moins")
    assert len(field.field().table) == 2
    book.withdraw(actors.LOCAL, gone.id, gone.revision)
    assert list(field.field().table["id"]) == [kept.id]


def test_the_scope_follows_territory_and_level():
    from olsdata import territory

    found = scope(territory.find("06"), "bassin")
    assert "06-92094" in found.ids
    assert found.ids[-1] == "06-91013"  # Beauraing, in the south
    assert scope(territory.find("wallonie"), "commune").level == "ols"
    assert scope(territory.find("06"), "ols").ids == tuple(f"{i:02}" for i in range(1, 11))


def test_every_state_has_its_icon_and_word():
    from olsdata.equity import blend

    assert set(crossing.LOOKS) == set(blend.STATES)
    assert len({icon for _, icon, _ in crossing.LOOKS.values()}) == len(blend.STATES)


# --- Shared weights -----------------------------------------------------------------------------

AGE = "pct_80p_2021"


def typed(app: AppTest, start: str, text: str) -> None:
    """Type in the field whose label begins so."""
    (one,) = [field_ for field_ in app.text_input if field_.label.startswith(start)]
    one.set_value(text).run()


def numbers(app: AppTest) -> list[int]:
    return [int(app.slider(key=f"poids-{i}").value) for i in need.weighable()]


def keep(app: AppTest, name: str, reason: str) -> None:
    typed(app, "Nom de ces poids", name)
    typed(app, "Pourquoi « 80 ans et plus »", reason)
    (button,) = [b for b in app.button if b.label == "Garder ces poids"]
    button.click().run()


def test_weights_are_kept_with_their_reasons_and_taken_up_by_another():
    app = opened("fold-poids", poids="1-1-1-1-1-3")
    keep(app, "L’âge", "Les <b>aînés</b> attendent")
    assert [s.value for s in app.success] == ["Poids « L’âge » gardés."]
    other = opened("fold-poids")
    assert "Les &lt;b&gt;aînés&lt;/b&gt; attendent" in html(other)
    assert "poids de la page" not in html(other)
    (kept,) = shared.find(actors.LOCAL)
    assert kept.ols == "06"
    other.button(key=f"prendre-{kept.id}").click().run()
    assert numbers(other) == [1, 1, 1, 1, 1, 3, 0, 0, 0]
    assert dict(other.query_params)["poids"] in ("1-1-1-1-1-3", ["1-1-1-1-1-3"])
    assert "Poids de la page : <b>« L’âge »</b>, Facilitateur ou facilitatrice" in html(other)
    assert "OLS 06" in html(other)


def test_weights_without_a_reason_or_a_name_are_not_kept_and_what_was_typed_stays():
    app = opened("fold-poids", poids="1-1-1-1-1-3")
    keep(app, "", "Une raison")
    assert any("manquant" in e.value for e in app.error)
    (reason,) = [f for f in app.text_input if f.label.startswith("Pourquoi « 80 ans")]
    assert reason.value == "Une raison"
    app.slider(key=f"poids-{AGE}").set_value(4).run()
    (reason,) = [f for f in app.text_input if f.label.startswith("Pourquoi « 80 ans")]
    assert reason.label.endswith("pèse 4")
    assert reason.value == "Une raison"
    assert shared.find(actors.LOCAL) == []


def test_shared_weights_are_revised_told_and_withdrawn():
    app = opened("fold-poids", poids="1-1-1-1-1-3")
    keep(app, "=HYPERLINK(1)", "Une raison")
    (kept,) = shared.find(actors.LOCAL)
    app.button(key=f"reviser-{kept.id}").click().run()
    (name,) = [f for f in app.text_input if f.label == "Nom de ces poids"]
    assert name.value == "=HYPERLINK(1)"
    app.slider(key=f"poids-{AGE}").set_value(2).run()
    (button,) = [b for b in app.button if b.label == "Enregistrer la révision"]
    button.click().run()
    (after,) = shared.find(actors.LOCAL)
    assert (after.id, after.revision) == (kept.id, 2)
    app.button(key=f"historique-{kept.id}").click().run()
    assert "1-1-1-1-1-3" in html(app)
    assert "1-1-1-1-1-2" in html(app)
    app.button(key=f"retirer-{kept.id}").click().run()
    assert shared.find(actors.LOCAL) == []
    assert "Aucuns poids partagés" in html(app)


def test_weights_all_zero_can_be_left_for_shared_ones():
    lines = tuple(shared.Line(i, int(i == AGE), "seul") for i in need.weighable())
    kept = shared.save(actors.LOCAL, shared.Content("Âge seul", lines))
    app = opened("fold-poids", poids="0-0-0-0-0-0")
    assert "Tous les poids sont nuls" in html(app)
    app.button(key=f"prendre-{kept.id}").click().run()
    assert "Tous les poids sont nuls" not in html(app)
    assert numbers(app) == [0, 0, 0, 0, 0, 1, 0, 0, 0]


def test_a_file_of_weights_is_said_before_it_is_taken_and_a_wrong_one_is_refused():
    app = opened("fold-poids")
    upload = app.get("file_uploader")[0]
    upload.set_value(("poids.csv", f"indicateur;poids\n{AGE};0,5\n".encode(), "text/csv")).run()
    assert "Dans ce fichier : 80 ans et plus 1." in html(app)
    app.button(key="poids-du-fichier").click().run()
    assert numbers(app) == [0, 0, 0, 0, 0, 1, 0, 0, 0]
    upload = app.get("file_uploader")[0]
    upload.set_value(("poids.csv", b"indicateur,poids\nrien,1\n", "text/csv")).run()
    assert any("Indicateur inconnu" in e.value for e in app.error)
    assert numbers(app) == [0, 0, 0, 0, 0, 1, 0, 0, 0]
