"""« Atelier » through AppTest: prepared at home, run to the record, taken up after a stop."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from olsdata.notes import book as notes
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.content import Content
from olsdata.workshops import book, cycles, ideas, lists, mandates, voices
from olsdata.workshops.book import Plan, Workshop
from olsdata.workshops.ideas import Step
from olsdata.workshops.pictures import Picture
from tests.pages.test_notes_pages import click, html
from tests.pages.test_notes_pages import opened as alone
from tests.pages.test_pages import alerts

SCRIPT = "Dit <script>alert(1)</script> ![x](http://x.be)"
PLAN = Plan("Vieillir ici", "06", pictures=(Picture("carte", "pct_65p_2021"),))


def page(**query: str) -> AppTest:
    return alone("atelier", territoire="06", **query)


def title(app: AppTest) -> str:
    return str(app.title[0].value).replace("\\", "").replace("\u202f", " ")


def opened() -> Workshop:
    return book.open_(LOCAL, book.prepare(LOCAL, PLAN).id)


def run(held: Workshop, position: int = 0) -> AppTest:
    book.show(LOCAL, held.id, position)
    return page(ecran="partage", atelier=held.id, deroule="mener")


def test_a_workshop_is_prepared_with_pictures_and_opened_on_the_whole_screen() -> None:
    app = click(page(), "Préparer un atelier")
    app.text_input[0].set_value("Naître à Namur").run()
    click(app, "Créer l’atelier")
    assert alerts(app) == []
    (held,) = book.find(LOCAL)
    assert held.plan.title == "Naître à Namur"
    assert held.plan.place == "06"
    click(app, "Ajouter l’image")
    click(app, "Ouvrir et mener")
    assert alerts(app) == []
    (held,) = book.find(LOCAL, state=lists.OPEN)
    assert held.plan.pictures[0].seen is not None
    assert title(app) == lists.QUESTIONS["voir"]


def test_the_arrows_go_through_every_screen_and_back() -> None:
    held = opened()
    app = run(held)
    titles = [app.title[0].value]
    for _ in held.screens[1:]:
        app.button(key="atelier-apres").click().run()
        assert alerts(app) == []
        titles.append(app.title[0].value)
    assert len(set(titles)) == len(held.screens)
    assert book.get(LOCAL, held.id).position == len(held.screens) - 1
    app.button(key="atelier-avant").click().run()
    assert app.title[0].value == titles[-2]


def test_what_is_typed_is_kept_shown_as_text_and_the_field_is_empty_again() -> None:
    held = opened()
    app = run(held, 1)
    app.text_input(key=f"dire-{held.id}-texte").set_value(SCRIPT)
    click(app, "Noter")
    assert alerts(app) == []
    (said,) = voices.find(LOCAL, held.id)
    assert said.text == SCRIPT
    assert said.picture == held.plan.pictures[0].id
    assert "&lt;script&gt;" in html(app)
    assert "<script>alert" not in html(app)
    assert app.text_input(key=f"dire-{held.id}-texte").value == ""


def test_a_refused_note_stays_in_its_field_and_a_doubtful_one_is_confirmed() -> None:
    held = opened()
    app = run(held, 1)
    field = f"dire-{held.id}-texte"
    app.text_input(key=field).set_value("Appeler le 0475 12 34 56")
    click(app, "Noter")
    assert "téléphone" in alerts(app)[0]
    assert app.text_input(key=field).value
    app.text_input(key=field).set_value("Le docteur Lambert aide.")
    click(app, "Noter")
    assert voices.find(LOCAL, held.id) == []
    click(app, "Confirmer et noter")
    assert [v.text for v in voices.find(LOCAL, held.id)] == ["Le docteur Lambert aide."]


def test_the_room_sorts_supposes_chooses_keeps_and_closes() -> None:
    held = opened()
    said = voices.say(LOCAL, held.id, "Sans voiture, on renonce.", "warm")
    app = run(held, 2)
    app.button_group(key=f"lecture-{said.id}").set_value("manque").run()
    assert voices.find(LOCAL, held.id)[0].reading == "manque"
    app.button(key="atelier-apres").click().run()
    app.text_input[0].set_value("ils renoncent")
    app.text_input[1].set_value("il n’y a pas de bus").run()
    click(app, "Garder l’hypothèse")
    assert [h.belief for h in ideas.hypotheses(LOCAL, held.id)] == ["ils renoncent"]
    app.button(key="atelier-apres").click().run()
    for field, value in zip(app.text_input, ("Une tournée", "CPAS", "1/2/2027"), strict=True):
        field.set_value(value)
    app.button_group[0].set_value("vertical").run()
    assert "bassin" in app.warning[0].value
    click(app, "Garder le premier pas")
    assert ideas.steps(LOCAL, held.id)[0].rootless
    app.button(key="atelier-apres").click().run()
    app.multiselect(key=f"presence-{held.id}-represented").set_value(["soins"]).run()
    assert book.get(LOCAL, held.id).represented == ("soins",)
    app.multiselect(key=f"garder-{held.id}").set_value([said.id]).run()
    click(app, "Garder 1 note de terrain")
    assert [n.content.source for n in notes.find(LOCAL).notes] == ["atelier"]
    click(app, "Clore l’atelier")
    assert book.get(LOCAL, held.id).state == lists.CLOSED
    shown = html(app)
    assert "Une tournée" in shown
    assert "Sans voiture" in shown
    assert "Professionnel des soins" in shown


def test_a_workshop_is_taken_up_where_it_was_and_never_once_closed() -> None:
    held = opened()
    book.show(LOCAL, held.id, 3)
    app = click(page(), "Reprendre")
    assert title(app) == lists.QUESTIONS["supposer"]
    book.close(LOCAL, held.id)
    app.run()
    assert "mener" not in dict(app.query_params).values()
    assert not any(b.label == "Reprendre" for b in app.button)


def test_what_waits_is_shown_or_erased_out_of_the_rooms_sight() -> None:
    held = opened()
    book.revise(LOCAL, held.id, Plan("Vieillir ici", "06", held=True), held.revision)
    for text in ("Une.", "Deux."):
        voices.receive(held.id, held.code, text)
    click(page(atelier=held.id), "Montrer")
    assert [v.text for v in voices.find(LOCAL, held.id)] == ["Une."]
    click(page(atelier=held.id), "Effacer")
    assert len(voices.find(LOCAL, held.id, waiting=None)) == 1


def test_a_workshop_is_erased_from_the_page() -> None:
    held = opened()
    click(page(atelier=held.id), "Effacer pour toujours")
    assert book.find(LOCAL) == []


def test_a_cycle_is_begun_answered_shared_and_found() -> None:
    held = opened()
    step = ideas.choose(LOCAL, held.id, Step("CPAS", "Une tournée.", "2027-02-01", "horizontal"))
    app = click(page(**{"partie-atelier": "cycles"}), "Commencer le cycle")
    assert alerts(app) == []
    (turn,) = cycles.find(LOCAL, step=step.id)
    learnt = next(t for t in app.text_area if "appris" in t.label)
    wins = next(t for t in app.text_area if "victoires" in t.label)
    learnt.set_value("Le bus change tout.")
    wins.set_value("Deux personnes sont venues.").run()
    app.button_group(key=f"cycle-{turn.id}-1-phase").set_value("evaluer").run()
    app.selectbox(key=f"cycle-{turn.id}-1-visibilite").set_value("iwpl").run()
    click(app, "Enregistrer le tour")
    assert alerts(app) == []
    assert [c.said.learnt for c in cycles.find(Actor("iwpl"))] == ["Le bus change tout."]
    assert "Le bus change tout." in html(app)
    click(app, "Garder la petite victoire")
    assert [n.content.text for n in notes.find(LOCAL, sort="victoire").notes] == [
        "Deux personnes sont venues."
    ]


def test_a_fiche_mandat_starts_from_an_example_and_is_kept() -> None:
    app = page(**{"partie-atelier": "mandats"})
    app.selectbox(key="mandat-exemple").set_value("equipe").run()
    click(app, "Commencer")
    click(app, "Enregistrer la fiche")
    assert alerts(app) == []
    (kept,) = mandates.find(LOCAL, "06")
    assert kept.title == "Équipe opérationnelle de l’OLS"
    assert "Ressources" in kept.missing
    click(app, "Effacer la fiche")
    assert mandates.find(LOCAL) == []


def test_the_iwpls_page_shows_what_is_shared_of_what_was_tried_and_nothing_else() -> None:
    held = opened()
    for learnt, visibility in (("Le bus change tout.", "iwpl"), ("Entre nous.", "ols")):
        step = Step("CPAS", "Une tournée.", "2027-02-01", "horizontal")
        turn = cycles.begin(LOCAL, ideas.choose(LOCAL, held.id, step).id)
        said = replace(turn.said, learnt=learnt, visibility=visibility)
        cycles.revise(LOCAL, turn.id, said, turn.revision)
    shown = html(alone("remontees", territoire="wallonie", partie="essais"))
    assert "Le bus change tout." in shown
    assert "Entre nous." not in shown


def test_the_lecture_croisee_opens_under_what_was_said() -> None:
    held = opened()
    voices.say(LOCAL, held.id, "Une note.")
    app = run(held, 2)
    app.toggle(key="atelier-lecture").set_value(True).run()
    assert alerts(app) == []
    assert any("Lecture croisée" in str(h.value) for h in app.subheader)


def test_the_rooms_screen_shows_a_note_of_the_ols_only_when_its_lead_chooses() -> None:
    place = "06-91013"
    for visibility in lists.ROOM | {"ols"}:
        said = Content(text=f"Écrit pour {visibility}.", place=place, theme="acces", kind="soft")
        notes.add(LOCAL, replace(said, direction="plus", visibility=visibility))
    held = opened()
    voices.say(LOCAL, held.id, "Dit dans la salle.")
    book.show(LOCAL, held.id, 2)
    app = page(ecran="partage", atelier=held.id, deroule="mener", unite=place, theme="acces")
    app.toggle(key="atelier-lecture").set_value(True).run()
    assert "Écrit pour atelier." in html(app)
    assert "Écrit pour iwpl." in html(app)
    assert "Écrit pour ols." not in html(app)
    assert any("2 notes, comptées" in e.label for e in app.expander)
    assert "Hors de l’écran et des comptes : 1 note «" in html(app)
    app.toggle(key="salle-lecture-06").set_value(True).run()
    assert alerts(app) == []
    assert "Écrit pour ols." in html(app)
    assert any("3 notes, comptées" in e.label for e in app.expander)


def test_the_title_of_a_workshop_is_shown_as_text() -> None:
    held = book.prepare(LOCAL, Plan("![x](http://x.be)", "06", pictures=PLAN.pictures))
    app = page(atelier=held.id)
    assert alerts(app) == []
    (shown,) = [box.value for box in app.subheader if "x.be" in box.value]
    assert "![x](" not in shown
