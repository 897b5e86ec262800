"""Trajectoire: a team places itself at two meetings, answers apart, and finds it again."""

from __future__ import annotations

from tests.browser.conftest import Visitor


def test_a_team_shows_how_its_trajectory_moved_between_two_meetings(reader: Visitor) -> None:
    visit = reader.open("/trajectoire?territoire=07&etape=6")
    page = visit.page
    for steps, reason in ((2, "comité trop lourd"), (3, "deux bassins décident seuls")):
        thumb = page.get_by_role("slider", name="Où nous plaçons-nous entre les deux ?")
        thumb.focus()
        for _ in range(steps):
            page.keyboard.press("ArrowRight")
        page.get_by_label("Pourquoi", exact=True).fill(reason)
        page.get_by_label("Pourquoi", exact=True).blur()
        visit.settle()
        page.get_by_role("button", name="Enregistrer la position").click()
        page.get_by_role("row").filter(has_text="sur 10").filter(has_text=reason).first.wait_for()
        visit.settle()
    again = reader.open("/trajectoire?territoire=07&etape=6")
    assert again.page.get_by_text("deux bassins décident seuls").count() >= 2
    assert again.page.get_by_text("position 10 sur 10").count() == 1
    assert again.violations() == []


def test_two_people_answer_before_they_see_each_other(reader: Visitor) -> None:
    visit = reader.open("/trajectoire?territoire=08&partie=grilles&grille=quintuple")
    page = visit.page
    page.get_by_text("Ouvrir un tour de table").click()
    page.get_by_label("Titre (« réunion d’équipe »)").fill("réunion de mars")
    page.get_by_label("Titre (« réunion d’équipe »)").blur()
    visit.settle()
    page.get_by_role("button", name="Ouvrir le tour").click()
    page.get_by_text("Tour ouvert.").wait_for()
    visit.settle()
    for word, close in (("en germe", "Personne suivante"), ("ancré", "Dévoiler les réponses")):
        page.get_by_text("Équité", exact=True).click()
        panel = page.locator("[data-testid=stExpander]").filter(has_text="Ceux qui en ont")
        panel.get_by_text(word, exact=True).click()
        visit.settle()
        panel.get_by_role("button", name="Garder ma réponse").click()
        page.get_by_text("Équité · répondu", exact=True).wait_for()
        visit.settle()
        assert page.get_by_text("en germe : 1 réponse").count() == 0
        page.get_by_role("button", name=close).click()
        visit.settle()
    page.get_by_text("en germe : 1 réponse ; ancré : 1 réponse").wait_for()
