"""A room: one screen, telephones, the keyboard, and a server that dies in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from olsdata.notes.actors import LOCAL
from olsdata.workshops import book, ideas, line, lists, voices
from olsdata.workshops.book import Plan, Workshop
from olsdata.workshops.ideas import Hypothesis, Step
from olsdata.workshops.pictures import Picture
from tests.browser.conftest import Visit, Visitor, axe
from tests.server import serve

PLAN = Plan("Vieillir ici", "06", pictures=(Picture("carte", "pct_65p_2021"),))
SAY = 1


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """An open workshop, in the store of the server of this test."""
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path / "donnees"))
    yield book.open_(LOCAL, book.prepare(LOCAL, PLAN).id)
    line.stop()


def screen(visitor: Visitor, held: Workshop, position: int) -> Visit:
    book.show(LOCAL, held.id, position)
    address = f"/atelier?territoire=06&ecran=partage&atelier={held.id}&deroule=mener"
    return visitor.open(address)


def note(page: Page, text: str) -> None:
    expect(page.locator("article.note", has_text=text)).to_be_visible()


def telephone(browser: Browser, scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if scheme == "sombre" else "light",
        java_script_enabled=scheme != "sombre",
        locale="fr-BE",
    )
    return context.new_page()


def opened_to_telephones(page: Page) -> str:
    """Open the line and read its address; on a busy machine one presses a second time."""
    button = page.get_by_role("button", name="Ouvrir aux téléphones")
    address = page.locator(".qr .adresse")
    button.click()
    with suppress(TimeoutError):
        address.wait_for(timeout=25_000)
    if not address.is_visible():
        button.click()
    return address.inner_text()


def test_two_telephones_and_a_screen_survive_the_death_of_the_server(
    browser: Browser, tmp_path: Path, held: Workshop
) -> None:
    if not line.addresses():
        pytest.skip("cette machine n’a pas d’adresse sur un réseau local")
    phones = {scheme: telephone(browser, scheme) for scheme in ("clair", "sombre")}

    def send(scheme: str, text: str) -> None:
        phones[scheme].get_by_label("Que savez-vous").fill(text)
        phones[scheme].get_by_role("button", name="Envoyer").click()
        expect(phones[scheme].get_by_role("status")).to_contain_text("Merci")

    with serve(tmp_path) as first:
        visitor = Visitor(browser, first)
        room = screen(visitor, held, SAY)
        address = opened_to_telephones(room.page)
        assert held.code in address
        assert "localhost" not in address
        for scheme, phone in phones.items():
            phone.goto(address)
            send(scheme, f"Du téléphone {scheme}.")
            note(room.page, f"Du téléphone {scheme}.")
        assert axe(phones["clair"]) == []
        os.kill(first.pid, signal.SIGKILL)
        send("clair", "Pendant la panne.")
        visitor.leave()
    with serve(tmp_path) as second:
        visitor = Visitor(browser, second)
        room = screen(visitor, held, SAY)
        for text in ("Du téléphone clair.", "Du téléphone sombre.", "Pendant la panne."):
            note(room.page, text)
        expect(room.page.locator(".qr .adresse")).to_have_text(address)
        send("sombre", "Après la panne.")
        note(room.page, "Après la panne.")
        visitor.leave()
    book.close(LOCAL, held.id)
    assert len(voices.find(LOCAL, held.id)) == 4
    for phone in phones.values():
        phone.context.close()


def test_a_workshop_is_run_with_the_keyboard_alone(
    browser: Browser, tmp_path: Path, held: Workshop
) -> None:
    with serve(tmp_path) as server:
        visitor = Visitor(browser, server)
        room = screen(visitor, held, 0)
        page = room.page
        title = page.locator("h1").first
        page.keyboard.press("ArrowRight")
        expect(title).to_contain_text("ne montre pas")
        field = page.get_by_role("textbox", name="Noter ce que dit la salle")
        for _ in range(12):
            page.keyboard.press("Tab")
            if field.evaluate("e => e === document.activeElement"):
                break
        page.keyboard.type("Une première.")
        page.keyboard.press("ArrowLeft")  # in a text, an arrow moves in the text
        page.keyboard.press("Enter")
        note(page, "Une première.")
        expect(title).to_contain_text("ne montre pas")
        expect(field).to_have_value("")
        expect(field).to_be_focused()
        page.keyboard.type("Une deuxième.")
        page.keyboard.press("Enter")
        note(page, "Une deuxième.")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("ArrowRight")
        expect(title).to_contain_text("concorde")
        assert [v.text for v in voices.find(LOCAL, held.id)] == ["Une première.", "Une deuxième."]
        assert room.errors == []
        visitor.leave()


def test_every_screen_of_a_workshop_is_accessible_and_asks_nothing_outside(
    browser: Browser, tmp_path: Path, held: Workshop
) -> None:
    said = voices.say(LOCAL, held.id, "Sans voiture, on renonce.", "warm")
    voices.sort(LOCAL, said.id, reading="manque")
    ideas.suppose(LOCAL, held.id, Hypothesis("ils renoncent", "loin", (said.id,)))
    ideas.choose(LOCAL, held.id, Step("CPAS", "Une tournée.", "2027-02-01", "vertical"))
    with serve(tmp_path) as server:
        visitor = Visitor(browser, server)
        room = screen(visitor, held, 0)
        for position, (step, _) in enumerate(held.screens):
            if position:
                title = room.title()
                room.page.keyboard.press("ArrowRight")
                expect(room.page.locator("h1").first).not_to_have_text(title)
            assert room.faults() == [], step
            assert room.outside() == []
        visitor.close()
        for address in (f"&atelier={held.id}", f"&atelier={held.id}&deroule=trace"):
            assert visitor.open(f"/atelier?territoire=06{address}").faults() == []
            visitor.close()
        visitor.leave()
    assert book.get(LOCAL, held.id).state == lists.OPEN


@pytest.mark.parametrize("part", ["cycles", "mandats"])
def test_what_follows_a_workshop_is_accessible(reader: Visitor, part: str) -> None:
    assert reader.open(f"/atelier?territoire=06&partie-atelier={part}").faults() == []
