"""Every page for every role: what it may not do is not offered, what it may not read not shown."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import registry
from olsdata.notes import book, roles
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.content import Content
from olsdata.ui import menu, who
from tests.pages.test_notes_pages import html, opened
from tests.pages.test_pages import PAGES, alerts, start

ACTORS = {
    "facilitateur": Actor("facilitateur", "05", "x"),
    "participant": Actor("participant", "05", "x"),
    "lecteur": Actor("lecteur", "05", "x"),
    "iwpl": Actor("iwpl", "", "x"),
}
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "client_id": "ols",
    "client_secret": "secret",
    "server_metadata_url": "http://localhost:1/.well-known/openid-configuration",
}
TABLE = """
contact = "la coordination <05>"
[[personne]]
courriel = "anne@exemple.be"
role = "facilitateur"
ols = "05"
"""
NOTES = {"ols": "entre nous 05", "atelier": "de l’atelier 05", "iwpl": "partagée 05"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A note of each visibility in OLS 05, private ones and needs in 05 and 06, a proposal."""
    folder = tmp_path_factory.mktemp("ecrit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OLS_DATA_DIR", str(folder))
        for visibility, text in NOTES.items():
            book.add(LOCAL, Content(text=text, place="05", kind="soft", visibility=visibility))
        book.add(LOCAL, Content(text="entre nous 06", place="06", kind="soft"))
        for place, visibility in (("05", "ols"), ("06", "ols"), ("06", "iwpl")):
            text = f"besoin {visibility} {place}"
            need = Content("besoin", text, place, missing="offre", visibility=visibility)
            book.add(LOCAL, need)
        content = registry.Content("cercle_mg", "Cercle d’essai", "Site", "2025")
        registry.propose(LOCAL, content, "facilitateur")
    return folder


@pytest.fixture(autouse=True)
def written(filled: Path) -> None:
    """Each test starts from a copy of what was written once."""
    shutil.copytree(filled, os.environ["OLS_DATA_DIR"], dirs_exist_ok=True)


@pytest.fixture
def as_role(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(who, "mode", lambda: who.OIDC)
    monkeypatch.setattr(who, "claims", lambda: {"sub": "x"})
    monkeypatch.setattr(who, "_actor", lambda: ACTORS[request.param])
    return str(request.param)


def labels(app: AppTest) -> set[str]:
    return {b.label for b in app.main.button} | {b.label for b in app.get("download_button")}


every_role = pytest.mark.parametrize("as_role", ACTORS, indirect=True)


@every_role
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_every_role(as_role: str, name: str) -> None:
    app = start(territoire="05").run()
    app.switch_page(menu.path(name)).run()
    assert alerts(app) == []
    (said,) = [c.value for c in app.sidebar.caption]
    assert who.title(ACTORS[as_role]) in said.replace("\\", "")
    assert "Se déconnecter" in {b.label for b in app.sidebar.button}


READS = {
    "facilitateur": {"entre nous 05", "de l’atelier 05", "partagée 05"},
    "participant": {"entre nous 05", "de l’atelier 05", "partagée 05"},
    "lecteur": {"entre nous 05", "partagée 05"},
    "iwpl": {"partagée 05"},
}
GESTURES = {
    "facilitateur": {"Un autre regard", "Réviser", "Historique", "Retirer"},
    "participant": {"Un autre regard", "Historique"},
    "lecteur": {"Historique"},
    "iwpl": {"Historique"},
}


@every_role
@pytest.mark.parametrize("territory", ["05", "06", "wallonie"])
def test_the_notes_show_and_offer_what_the_role_may(as_role: str, territory: str) -> None:
    app = opened("notes", territoire=territory)
    assert alerts(app) == []
    shown = html(app)
    expected = READS[as_role] if territory != "06" else set()
    assert {t for t in (*NOTES.values(), "entre nous 06") if t in shown} == expected
    writes = as_role in ("facilitateur", "participant")
    offered = (GESTURES[as_role] if expected else set()) | ({"Garder la note"} if writes else set())
    assert labels(app) - {"Voir la suite"} == offered
    assert ("ne permet pas d’ajouter" in shown) is not writes
    if writes:
        (seen,) = [b for b in app.main.selectbox if b.label == "Visibilité"]
        assert ("Partagé avec l’IWPL" in seen.options) is (as_role == "facilitateur")
        (place,) = [b for b in app.main.selectbox if b.label == "Lieu"]
        assert "OLS Namur-Ouest" in place.options
        assert not any("Dinant" in o for o in place.options)


@every_role
def test_a_writer_writes_and_nobody_else_is_offered_to(as_role: str) -> None:
    app = opened("notes")
    if as_role not in ("facilitateur", "participant"):
        assert list(app.text_area) == []
        return
    app.text_area[0].set_value("Écrit ici.").run()
    next(b for b in app.main.button if b.label == "Garder la note").click().run()
    assert alerts(app) == []
    (note,) = book.find(LOCAL, words="écrit ici").notes
    assert note.ols == "05"
    assert note.content.author == ("facilitateur" if as_role == "facilitateur" else "autre")


@every_role
@pytest.mark.parametrize("part", ["besoins", "signaux", "reussites", "ols"])
def test_the_board_shows_and_offers_what_the_role_may(as_role: str, part: str) -> None:
    app = opened("besoins", partie=part, territoire="wallonie")
    assert alerts(app) == []
    shown, offered = html(app), labels(app)
    assert "besoin ols 06" not in shown
    if part == "besoins":
        assert ("besoin ols 05" in shown) is (as_role != "iwpl")
        assert ("besoin iwpl 06" in shown) is (as_role == "iwpl")
        assert ("Enregistrer l’étape" in offered) is (as_role == "facilitateur")
    if part == "ols":
        exports = as_role in ("facilitateur", "iwpl")
        assert ("Classeur (XLSX)" in offered) is exports


@every_role
def test_my_data_offer_what_the_role_may(as_role: str) -> None:
    app = opened("donnees", partie="mesdonnees")
    assert alerts(app) == []
    offered = labels(app)
    assert ("Tout (CSV)" in offered) is (as_role in ("facilitateur", "iwpl"))
    assert "Télécharger la sauvegarde" not in offered
    assert "Ouvrir l’exemple fictif" in offered
    kinds = {u.label for u in app.get("file_uploader")}
    assert ("Fichier de notes" in kinds) is (as_role == "facilitateur")
    assert "Sauvegarde à restaurer" not in kinds


@every_role
@pytest.mark.parametrize("part", ["manque", "corriger", "generalistes", "fichiers"])
def test_the_registry_offers_what_the_role_may(as_role: str, part: str) -> None:
    app = opened("registre", partie=part)
    assert alerts(app) == []
    offered = labels(app)
    keeps, proposes = as_role == "facilitateur", as_role != "lecteur"
    found = {
        "manque": {"Déclarer complet": keeps},
        "corriger": {"Enregistrer la proposition": proposes, "Retirer cette proposition": keeps},
        "generalistes": {"Enregistrer le nombre": keeps},
        "fichiers": {"Tout le registre (CSV)": True},
    }[part]
    assert {label: label in offered for label in found} == found
    if part == "corriger":
        assert ("Modifier la proposition : Cercle d’essai" in _options(app)) is keeps


def _options(app: AppTest) -> list[str]:
    boxes = [b for b in app.main.selectbox if b.label.startswith("De quoi")]
    return [o for b in boxes for o in b.options]


@every_role
def test_what_belongs_to_another_ols_is_not_offered(as_role: str) -> None:
    assert "Déclarer complet" not in labels(opened("registre", partie="manque", territoire="06"))
    numbers = opened("registre", partie="generalistes", territoire="10")
    assert "Enregistrer le nombre" not in labels(numbers)
    assert alerts(numbers) == []


@every_role
def test_in_the_example_everyone_may_try_and_nothing_leaves_it(as_role: str) -> None:
    app = opened("notes", exemple="1")
    assert alerts(app) == []
    app.text_area[0].set_value("Un essai.").run()
    next(b for b in app.main.button if b.label == "Garder la note").click().run()
    assert "Un essai." in html(app)
    assert book.find(LOCAL, words="essai").total == 0


@every_role
def test_beside_a_figure_only_writers_are_asked_to_note(as_role: str) -> None:
    app = start(territoire="05").run()
    app.switch_page(menu.path("population")).run()
    writes = as_role in ("facilitateur", "participant")
    assert ("Noter un savoir" in labels(app)) is writes
    assert ("+ noter" in html(app)) is writes


# --- Who comes in -------------------------------------------------------------------------------


def signed(monkeypatch: pytest.MonkeyPatch, **claims: object) -> AppTest:
    """The dashboard with a sign-in, opened by whoever these claims name."""
    monkeypatch.setattr(who, "claims", lambda: claims)
    app = start(territoire="05")
    app.secrets["auth"] = AUTH
    return app.run()


@pytest.fixture
def table() -> None:
    roles.file().parent.mkdir(parents=True, exist_ok=True)
    roles.file().write_text(TABLE, "utf-8")


def closed(app: AppTest, title: str) -> str:
    """What is shown when no page is: one title, no sidebar, no figure."""
    assert [t.value for t in app.title] == [title]
    assert len(app.sidebar.selectbox) == 0
    assert list(app.exception) == []
    shown = html(app)
    assert "entre nous" not in shown
    return shown


def test_nobody_signed_in_is_asked_to(monkeypatch, table) -> None:
    app = signed(monkeypatch)
    closed(app, "Territoires OLS")
    assert [b.label for b in app.button] == ["Se connecter"]


def test_who_is_not_in_the_table_is_told_what_is_missing_and_whom_to_ask(monkeypatch, table):
    app = signed(monkeypatch, sub="1", email="in<b>connu@exemple.be")
    shown = closed(app, "Accès manquant")
    assert "in&lt;b&gt;connu@exemple.be" in shown
    assert "pas de rôle sur ce serveur" in shown
    assert "la coordination &lt;05&gt;" in shown
    assert [b.label for b in app.button] == ["Se déconnecter"]


def test_an_address_that_nobody_checked_is_told_so(monkeypatch, table):
    app = signed(monkeypatch, sub="1", email="anne@exemple.be", email_verified=False)
    assert "n’a pas vérifié cette adresse" in closed(app, "Accès manquant")


def test_who_is_in_the_table_comes_in_whatever_the_address_of_the_server(monkeypatch, table):
    told = who.st.get_option
    everywhere = {"server.address": "0.0.0.0"}
    monkeypatch.setattr(who.st, "get_option", lambda name: everywhere.get(name, told(name)))
    app = signed(monkeypatch, sub="1", email="anne@exemple.be")
    assert alerts(app) == []
    assert "Facilitateur ou facilitatrice, OLS" in app.sidebar.caption[0].value
    app.switch_page(menu.path("notes")).run()
    assert "entre nous 05" in html(app)
    assert "entre nous 06" not in html(app)


def test_a_page_of_whoever_lost_the_role_closes_at_once(monkeypatch, table):
    app = signed(monkeypatch, sub="1", email="anne@exemple.be")
    app.switch_page(menu.path("notes")).run()
    assert "entre nous 05" in html(app)
    roles.file().write_text("contact = 'x'", "utf-8")
    closed(app.run(), "Accès manquant")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"client_id": ""}, "il manque client_id"),
        ({"cookie_secret": "court"}, "moins de 32"),
    ],
)
def test_a_setting_that_is_wrong_lets_nobody_in(monkeypatch, table, change, message):
    monkeypatch.setattr(who, "claims", lambda: {"sub": "1", "email": "anne@exemple.be"})
    app = start(territoire="05")
    app.secrets["auth"] = AUTH | change
    app.run()
    closed(app, "Le tableau de bord n’est pas ouvert")
    assert message in app.error[0].value.replace("\\", "")


def test_a_sign_in_without_a_table_lets_nobody_in(monkeypatch):
    app = signed(monkeypatch, sub="1", email="anne@exemple.be")
    closed(app, "Le tableau de bord n’est pas ouvert")
    assert "table des rôles manque" in app.error[0].value


@pytest.mark.parametrize(("mode", "message"), [("oidc", "il manque"), ("autre", "inconnu")])
def test_a_mode_that_was_asked_for_is_never_replaced_by_the_local_one(monkeypatch, mode, message):
    monkeypatch.setenv(who.VARIABLE, mode)
    app = start(territoire="05").run()
    closed(app, "Le tableau de bord n’est pas ouvert")
    assert message in app.error[0].value


def test_secrets_that_cannot_be_read_let_nobody_in(monkeypatch, tmp_path):
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth", "utf-8")
    told = who.st.get_option
    files = {"secrets.files": [str(broken)]}
    monkeypatch.setattr(who.st, "get_option", lambda name: files.get(name, told(name)))
    app = start(territoire="05").run()
    closed(app, "Le tableau de bord n’est pas ouvert")
    assert "ne se lit pas" in app.error[0].value
