"""Two facilitators in two browsers: they write, answer and revise notes on one indicator."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit, Visitor

ADDRESS = "/notes?territoire=05&noter=pct_65p_2021"


def write(visit: Visit, text: str, which: int = 0, button: str = "Garder la note") -> None:
    field = visit.page.get_by_role("textbox", name="retenir").nth(which)
    field.fill(text)
    press(visit, button)  # leaving the field and pressing, at once, as one does


def press(visit: Visit, name: str, which: int = 0) -> None:
    visit.page.get_by_role("button", name=name, exact=True).nth(which).click()
    visit.settle()


def again(visit: Visit) -> None:
    visit.page.reload()
    visit.settle()


def card(visit: Visit, text: str) -> Locator:
    return visit.page.locator("article.note", has_text=text)


def test_two_facilitators_write_answer_and_revise_notes_on_one_indicator(
    first_reader: Visitor,
) -> None:
    anne, luc = first_reader.open(ADDRESS), first_reader.open(ADDRESS, apart=True)
    write(anne, "Les rendez-vous sont rares.")
    expect(anne.page.get_by_text("Note gardée")).to_be_visible()
    again(luc)
    expect(card(luc, "Les rendez-vous sont rares.")).to_contain_text("65 ans et plus")
    press(luc, "Un autre regard")
    expect(luc.page.get_by_role("button", name="Garder cet autre regard")).to_be_visible()
    write(luc, "Chez nous, un délai d’une semaine.", 1, "Garder cet autre regard")
    expect(luc.page.get_by_text("L’autre regard est gardé")).to_be_visible()
    again(anne)
    expect(card(anne, "un délai d’une semaine")).to_contain_text("autre regard")

    # Both open the same note; the second to save sees both versions and loses nothing.
    for visit in (anne, luc):
        press(visit, "Réviser", 1)
        expect(visit.page.get_by_role("button", name="Enregistrer la révision")).to_be_visible()
    write(anne, "Les rendez-vous sont très rares.", 1, "Enregistrer la révision")
    expect(card(anne, "très rares")).to_have_count(1)
    write(luc, "Les rendez-vous restent possibles.", 1, "Enregistrer la révision")
    luc.page.get_by_text("La version enregistrée entre-temps").wait_for()
    expect(card(luc, "très rares").first).to_be_visible()
    expect(card(luc, "restent possibles")).to_have_count(1)
    press(luc, "Garder la mienne")
    expect(luc.page.get_by_text("Révision enregistrée")).to_be_visible()
    again(anne)
    expect(card(anne, "restent possibles")).to_have_count(1)
    expect(card(anne, "très rares")).to_have_count(0)
    press(anne, "Historique", 1)
    expect(anne.page.get_by_role("row").filter(has_text="modification")).to_have_count(2)

    # The chart of that indicator has both views beside it.
    chart = first_reader.open("/population?territoire=05&indicateur=pct_65p_2021")
    expect(card(chart, "restent possibles")).to_have_count(1)
    expect(card(chart, "un délai d’une semaine")).to_have_count(1)
    assert [v.errors for v in (anne, luc, chart)] == [[], [], []]


def test_notes_beside_a_figure_keep_the_place_and_the_indicator(reader: Visitor) -> None:
    visit = reader.open("/profil?territoire=05")
    visit.page.get_by_role("link", name="+ noter : 80 ans et plus").first.click()
    visit.page.wait_for_function("location.pathname === '/notes'")
    visit.settle()
    assert "Namur-Ouest" in visit.title()
    chosen = visit.page.get_by_role("combobox", name="Indicateur")
    assert chosen.input_value().startswith("80 ans et plus")
    write(visit, "La personne 85.07.30-033.28 attend.")
    expect(visit.page.get_by_text("numéro").first).to_be_visible()
    expect(card(visit, "attend")).to_have_count(0)


def test_the_example_of_notes_is_marked_as_fictional(reader: Visitor) -> None:
    visit = reader.open("/donnees?territoire=05&partie=mesdonnees")
    press(visit, "Ouvrir l’exemple fictif")
    visit.page.wait_for_function("location.search.includes('exemple=1')")
    visit.settle()
    assert "(fictif)" in visit.title()
    expect(visit.page.get_by_text("Exemple fictif")).to_be_visible()
    assert [v for v in visit.violations() if v["impact"] in ("serious", "critical")] == []
    press(visit, "Quitter l’exemple")
    expect(visit.page.locator("h1").first).not_to_contain_text("(fictif)")
