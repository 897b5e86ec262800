"""Sign-in with a real service on this machine: each role reads its own, a stranger nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, expect

from olsdata.notes import roles
from tests.browser.conftest import Visit, Visitor
from tests.browser.test_notes import again, card, write
from tests.server import serve

TABLE = """
contact = "la coordination de l’essai"
[[personne]]
courriel = "anne@exemple.be"
role = "facilitateur"
ols = "05"
[[personne]]
courriel = "luc@exemple.be"
role = "facilitateur"
ols = "06"
[[personne]]
courriel = "iwpl@exemple.be"
role = "iwpl"
"""
SECRETS = """
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "ols"
client_secret = "essai"
server_metadata_url = "http://localhost:{port}/.well-known/openid-configuration"
"""
STYLES = "https://cdn.jsdelivr.net/npm/@picocss/"
"""What the pages of the imitated service ask for; it is not let out."""

PERSONS = ("anne", "luc", "iwpl", "inconnu")


@pytest.fixture
def guests(browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """Readers of a server with a sign-in."""
    (tmp_path / "donnees").mkdir()
    (tmp_path / "donnees" / roles.NAME).write_text(TABLE, "utf-8")
    users = [User(sub=name, claims={"email": f"{name}@exemple.be"}) for name in PERSONS]
    with (
        run_server_in_thread(user_claims=users) as provider,
        serve(tmp_path, secrets=SECRETS.format(port=provider.server_port)) as running,
    ):
        visitor = Visitor(browser, running)
        yield visitor
        visitor.leave()
        assert running.attempts() == []


def sign_in(visitor: Visitor, name: str) -> Visit:
    """The page after the sign-in, in a browser of one's own."""
    visit = visitor.open("/notes?territoire=05", apart=True)
    visit.page.context.route(f"{STYLES}**", lambda route: route.abort())
    expect(visit.page.get_by_role("heading", name="Territoires OLS")).to_be_visible()
    expect(visit.page.get_by_text("Notes de terrain", exact=True)).to_have_count(0)
    visit.page.get_by_role("button", name="Se connecter").click()
    visit.page.get_by_role("button", name=name, exact=True).click()
    visit.page.wait_for_url(lambda address: "localhost" in address and "oauth2" not in address)
    visit.settle()
    return visit


def go(visit: Visit, visitor: Visitor, path: str) -> None:
    visit.page.goto(f"{visitor.url}{path}")
    visit.settle()


def test_each_role_reads_its_own_a_stranger_nothing_and_sign_out_works(guests: Visitor) -> None:
    anne, luc, iwpl = (sign_in(guests, name) for name in PERSONS[:3])
    expect(anne.page.get_by_text("OLS Namur-Ouest").first).to_be_visible()
    go(anne, guests, "/notes?territoire=05")
    write(anne, "Entre nous, à Namur-Ouest.")
    expect(anne.page.get_by_text("Note gardée")).to_be_visible()
    anne.page.get_by_text("Préciser").first.click()
    box = anne.page.get_by_role("combobox", name="Visibilité")
    box.focus()
    anne.page.wait_for_timeout(1_000)  # an open list closes when the page moves
    box.press("ArrowDown")
    anne.page.get_by_role("option", name="Partagé avec l’IWPL").wait_for()
    box.press("Enter")
    anne.settle()
    expect(box).to_have_value("Partagé avec l’IWPL")
    expect(anne.page.get_by_text("et par l’IWPL.")).to_be_visible()
    write(anne, "À partager avec l’IWPL.")
    expect(card(anne, "À partager")).to_have_count(1)
    expect(card(anne, "Entre nous")).to_have_count(1)

    go(luc, guests, "/notes?territoire=06")
    write(luc, "Entre nous, à Dinant.")
    for territory in ("05", "wallonie"):
        go(luc, guests, f"/notes?territoire={territory}")
        expect(card(luc, "Namur-Ouest.")).to_have_count(0)
        expect(card(luc, "À partager")).to_have_count(0)
        go(iwpl, guests, f"/notes?territoire={territory}")
        expect(card(iwpl, "Entre nous")).to_have_count(0)
        expect(card(iwpl, "À partager")).to_have_count(1)
    expect(iwpl.page.get_by_text("ne permet pas d’ajouter")).to_be_visible()
    expect(iwpl.page.get_by_role("button", name="Réviser")).to_have_count(0)
    assert [v for v in iwpl.violations() if v["impact"] in ("serious", "critical")] == []

    stranger = sign_in(guests, "inconnu")
    expect(stranger.page.get_by_role("heading", name="Accès manquant")).to_be_visible()
    expect(stranger.page.get_by_text("inconnu@exemple.be")).to_be_visible()
    expect(stranger.page.get_by_text("la coordination de l’essai")).to_be_visible()
    go(stranger, guests, "/population?territoire=05")
    expect(stranger.page.get_by_role("heading", name="Accès manquant")).to_be_visible()
    expect(card(stranger, "partager")).to_have_count(0)
    assert [v for v in stranger.violations() if v["impact"] in ("serious", "critical")] == []

    anne.page.get_by_role("button", name="Se déconnecter").click()
    anne.page.get_by_role("button", name="End session").click()
    expect(anne.page.get_by_role("button", name="Se connecter")).to_be_visible()
    again(anne)
    expect(anne.page.get_by_role("button", name="Se connecter")).to_be_visible()
    go(anne, guests, "/notes?territoire=05")
    expect(card(anne, "Entre nous")).to_have_count(0)
    for visit in (anne, luc, iwpl, stranger):
        assert {url for url in visit.outside() if not url.startswith(STYLES)} == set()
        assert visit.errors == []
