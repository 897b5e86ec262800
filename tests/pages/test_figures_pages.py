"""« Actualiser » and « Mes indicateurs »: shown first, then kept or refused, then followed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import catalogue, figures, tables, territory
from olsdata.local import indicators
from olsdata.notes.actors import LOCAL
from olsdata.own import indicator
from olsdata.own.indicator import MEAN, SUM, Form
from olsdata.sources import update, walstat
from tests.pages.test_notes_pages import html, opened
from tests.pages.test_pages import APP, alerts
from tests.walstat import answer, api

SHARE = Form("Essai du terrain", "CPAS de Namur", "2025", "%", "haut", MEAN, "taux")
COUNT = Form(
    "Personnes suivies", "CPAS", "2025", "personnes", "haut", SUM, "n", decimals=0, zeros=True
)
FILE = "Commune;taux\nNamur;12,5\nAnhée;8\n".encode("utf-8-sig")


def click(app: AppTest, label: str) -> None:
    next(b for b in app.button if b.label == label).click().run()


def give(app: AppTest, label: str, name: str, raw: bytes) -> None:
    uploader = next(u for u in app.file_uploader if u.label == label)
    uploader.set_value((name, raw, "text/csv")).run()


def fill(app: AppTest, **texts: str) -> None:
    for label, value in texts.items():
        next(t for t in app.text_input if t.label == label.replace("_", " ")).set_value(value)
    app.run()


def pick(app: AppTest, label: str, value: object) -> None:
    next(s for s in app.selectbox if s.label == label).set_value(value).run()


def test_the_page_shows_what_would_change_then_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with api() as service:
        monkeypatch.setenv(walstat.URL_VARIABLE, service.url)
        app = opened("donnees", partie="actualiser")
        assert service.asked == []
        click(app, "Demander les derniers chiffres")
        assert len(service.asked) == 5
        assert alerts(app) == []
        assert "Nombre de communes, par fiche" in html(app)
        assert not catalogue.card("bim_pct").available
        click(app, "Garder ces chiffres")
        assert catalogue.card("bim_pct").available
        assert "Fiches de la couche locale" in html(app)
        service.mode = "html"
        click(app, "Demander les derniers chiffres")
        assert "page web" in app.error[0].value
        click(app, "Fermer")
        assert app.error == []
        gone = next(m for m in app.multiselect if m.label == "Revenir aux chiffres livrés")
        gone.set_value(["bim_pct"]).run()
        click(app, "Retirer")
        assert not catalogue.card("bim_pct").available
        assert catalogue.card("life_expectancy").available


def test_a_downloaded_file_is_read_without_the_network() -> None:
    app = opened("donnees", partie="actualiser")
    give(app, "Fichier de WalStat ou de Statbel", "833800_0.csv", answer("833800_0").encode())
    click(app, "Lire ce fichier")
    assert alerts(app) == []
    click(app, "Garder ces chiffres")
    assert catalogue.card("bim_pct").available
    give(app, "Fichier de WalStat ou de Statbel", "photo.csv", b"rien")
    click(app, "Lire ce fichier")
    assert "non reconnu" in app.error[0].value


def test_an_indicator_is_added_with_its_card_chosen_and_removed() -> None:
    app = opened("donnees", partie="indicateurs")
    give(app, "Fichier de l’indicateur", "essai.csv", FILE)
    assert "2 communes" in html(app)
    fill(app, Titre="Essai du terrain", Source="CPAS de Namur", Année="2025", Unité="%")
    assert "à choisir" in app.error[0].value
    pick(app, "Sens pour le besoin", "haut")
    pick(app, "Comment il s’agrège", MEAN)
    assert alerts(app) == []
    assert "2 communes avec une valeur" in html(app)
    click(app, "Ajouter cet indicateur")
    (kept,) = indicator.mine()
    assert (kept.id, kept.origin) == ("locale_essai_du_terrain_2025", indicators.OWN)
    assert figures.by_zone(kept.id, territory.zoning("communes")).at["92094", "valeur"] == 12.5
    pick(app, "Retirer un indicateur", kept.id)
    click(app, "Retirer et effacer")
    assert indicator.mine() == []


def test_a_wrong_file_is_told_by_row_and_nothing_is_kept() -> None:
    app = opened("donnees", partie="indicateurs")
    text = "Commune;taux\nNamur;1\nGand;2\nAnhée;3\n"
    give(app, "Fichier de l’indicateur", "essai.csv", text.encode("cp1252"))
    assert "Ligne 3" in app.error[0].value
    assert not [b for b in app.button if b.label == "Ajouter cet indicateur"]
    assert tables.load().locales == {}


@pytest.fixture
def both() -> list[str]:
    codes = territory.zoning("communes").zones.query("ols == '06'").index
    lines = [f"{code};{3 if i % 5 == 0 else 40}" for i, code in enumerate(codes)]
    counts = "\n".join(["refnis;n", *lines])
    return [
        indicator.add(LOCAL, indicator.prepared(FILE, "t.csv", SHARE)),
        indicator.add(LOCAL, indicator.prepared(counts.encode(), "n.csv", COUNT)),
    ]


@pytest.mark.parametrize("page", ["population", "profil", "comparer"])
def test_the_pages_show_it_with_its_mark_at_every_level(both, page) -> None:
    for level, id_ in itertools.product(("ols", "bassin", "commune"), both):
        app = opened(page, territoire="06", indicateur=id_, niveau=level)
        assert alerts(app) == []
        if page != "comparer":
            assert "donnée locale" in html(app)
        if page == "population" and id_ == both[1] and level == "commune":
            assert "masqué : moins de cinq personnes" in html(app)
            assert "communes masquées" in html(app)


def test_a_view_of_an_indicator_that_is_removed_goes_back_to_one_that_exists(both) -> None:
    app = opened("population", territoire="06", indicateur=both[0])
    indicator.remove(LOCAL, both[0])
    app.run()
    assert alerts(app) == []


def test_the_exported_table_says_masked_and_carries_the_mark(both) -> None:
    table = figures.twin(both[1], territory.find("06"), "commune")
    hidden = table[table["agregation"] == figures.MASKED]
    assert len(hidden) > 3
    assert hidden["valeur"].isna().all()
    assert table["source"].str.contains("donnée locale").all()


def test_what_was_refreshed_here_is_not_taken_for_an_own_indicator() -> None:
    update.keep(update.opened(answer("833800_0").encode(), "833800_0.csv"))
    assert indicator.mine() == []
    assert "donnée locale" not in catalogue.card("bim_pct").source


def test_the_words_of_a_card_are_never_read_as_a_layout() -> None:
    form = replace(SHARE, help="- un tiret :smile:")
    id_ = indicator.add(LOCAL, indicator.prepared(FILE, "t.csv", form))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update({"indicateur": id_, "niveau": "commune"})
    app.switch_page("pages/population.py").run()
    chosen = next(s for s in app.sidebar.selectbox if s.label == "Indicateur de la carte")
    assert chosen.value == id_
    assert not chosen.help.startswith("- ")
    assert ":smile:" not in chosen.help
