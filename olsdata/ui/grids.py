"""The reflexive grids of « Trajectoire »: answered apart, then shown as a spread."""

from __future__ import annotations

from html import escape
from uuid import uuid4

import streamlit as st

from olsdata import reference, words
from olsdata import trajectory as road
from olsdata.notes import guard
from olsdata.trajectory import book, readings
from olsdata.trajectory.book import Entry
from olsdata.ui import acting, cards, sentences, state, tables, who
from olsdata.ui import trajectory_forms as forms
from olsdata.ui.state import View

_HOLDER = "_qui-repond"


def _holder() -> str:
    """The opaque mark of who answers: one browser session, which a workshop can renew."""
    return str(st.session_state.setdefault(_HOLDER, uuid4().hex[:16]))


def show(view: View) -> None:
    """One grid: open a round, answer, show the spread."""
    grids = road.grids()
    state.choice("grille", list(grids), "resilience")
    id_ = str(
        st.selectbox("Grille", list(grids), format_func=lambda i: grids[i].title, key="grille")
    )
    grid = grids[id_]
    covers = escape(" ".join(grid.covers))
    st.html(f'<div data-repere="{covers}"></div>')
    document = reference.documents().get(grid.document)
    cards.source(" ".join(filter(None, [document.line + "." if document else "", grid.remark])))
    rounds = [e for e in forms.mine(view, book.ROUND) if e.content["grille"] == id_]
    _open(view, id_)
    if not rounds:
        lines = "".join(tables.line([q.title, q.text]) for q in grid.questions)
        tables.show(grid.title, ["Thème", "Question"], lines, ())
        return
    names = {e.key: f"{e.content['titre']} ({words.day(e.date)})" for e in reversed(rounds)}
    key = str(st.selectbox("Tour de table", list(names), format_func=names.__getitem__, key="tour"))
    chosen = next(e for e in rounds if e.key == key)
    if chosen.content["etat"] == book.OPEN:
        _answer(view, grid, chosen)
    else:
        _spread(view, grid, chosen)


def _open(view: View, grid: str) -> None:
    with st.expander("Ouvrir un tour de table"):
        key = f"tour-{acting.turn()}"
        title = st.text_input("Titre (« réunion d’équipe »)", key=f"{key}-titre")
        seen = forms.visibility(f"{key}-qui")
        fields = {"grille": grid, "titre": str(title), "etat": book.OPEN}
        sure = forms.sure(fields, f"{key}-ok-sur")
        if st.button("Ouvrir le tour", type="primary", key=f"{key}-ok"):
            forms.keep(
                view,
                book.ROUND,
                uuid4().hex[:12],
                fields,
                "Tour ouvert.",
                visibility=seen,
                confirmed=sure,
            )


def _answer(view: View, grid: road.Grid, chosen: Entry) -> None:
    """One's own answers; nobody sees those of the others before the round is shown."""
    cards.sentence(sentences.text("trajectoire_tour"))
    actor, holder = who.actor(), _holder()
    mine = {e.key: e for e in book.answers(actor, view.territory, chosen.key, holder)}
    for question in grid.questions:
        key = f"{chosen.key}/{question.id}"
        before = mine[key].content if key in mine else {}
        done = " · répondu" if before else ""
        with st.expander(f"{question.title}{done}"):
            cards.sentence(escape(question.text))
            name = f"rep-{key}-{holder}-{acting.turn()}"
            word = st.radio(
                "Où en sommes-nous ?",
                list(road.WORDS),
                format_func=road.WORDS.__getitem__,
                index=list(road.WORDS).index(before["mot"]) if before else None,
                horizontal=True,
                key=f"{name}-mot",
            )
            reason = st.text_area(
                "Qu’est-ce qui nous le fait dire ?", before.get("raison", ""), key=f"{name}-r"
            )
            then = st.text_area("Et ensuite ?", before.get("suite", ""), key=f"{name}-s")
            fields = {"mot": word, "raison": str(reason), "suite": str(then)}
            sure = forms.sure(fields, f"{name}-ok-sur")
            if st.button("Garder ma réponse", key=f"{name}-ok"):
                forms.keep(
                    view, book.ANSWER, key, fields, "Réponse gardée.",
                    visibility=chosen.visibility, holder=holder, confirmed=sure,
                )  # fmt: skip
    with st.container(horizontal=True):
        if st.button("Personne suivante", key="suivante", help="Une feuille vide, sur cet écran."):
            st.session_state.pop(_HOLDER, None)
            acting.finish("Feuille vide : à la personne suivante.")
        fields = {**chosen.content, "etat": book.SHOWN}
        doubts = tuple(guard.doubtful([str(fields["titre"])]))  # confirmed when it was opened
        if st.button("Dévoiler les réponses", type="primary", key="devoiler"):
            forms.keep(
                view, book.ROUND, chosen.key, fields, "Réponses dévoilées.",
                visibility=chosen.visibility, confirmed=doubts,
            )  # fmt: skip


def _spread(view: View, grid: road.Grid, chosen: Entry) -> None:
    """How answers spread over the words, and what makes people say so; no mean, no score."""
    found = book.answers(who.actor(), view.territory, chosen.key)
    lines = "".join(_line(question, found) for question in grid.questions)
    heads = ["Thème", *(word.capitalize() for word in road.WORDS.values()), "Ce qui est dit"]
    with st.container(key="dispersion"):
        tables.show(f"{grid.title} : la dispersion des réponses", heads, lines, (), tall=True)
    people = len({e.holder for e in found})
    cards.source(f"{words.plural(people, 'feuille')}. Ni somme, ni moyenne, ni note.")


def _line(question: road.Question, found: list[Entry]) -> str:
    """A question: under each word a dot per answer and their number, then the reasons."""
    counts = readings.spread(found, question.id)
    cells = ""
    for word, n in counts.items():
        dots = f'<span aria-hidden="true">{"●" * n}</span> {n}' if n else ""
        cells += f'<td data-nom="{escape(road.WORDS[word])}">{dots}</td>'
    said = "".join(
        f"<li>{escape(words.spaced(text))}</li>"
        for e in found
        if e.key.endswith(f"/{question.id}")
        for text in (e.content["raison"], e.content["suite"])
        if text
    )
    reasons = f"<ul>{said}</ul>" if said else ""
    return f'<tr><th scope="row">{escape(question.title)}</th>{cells}<td>{reasons}</td></tr>'
