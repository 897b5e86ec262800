"""The reflexive grids of « Trajectoire »: answered apart, then shown as a spread."""

from __future__ import annotations

from html import escape
from typing import Any
from uuid import uuid4

import streamlit as st

from olsdata import catalogue, reference, words
from olsdata import trajectory as road
from olsdata.notes import book as notes
from olsdata.notes import guard
from olsdata.notes.lists import VISIBILITY
from olsdata.trajectory import book, readings
from olsdata.trajectory.book import Entry
from olsdata.ui import acting, cards, cells, sentences, state, tables, who
from olsdata.ui import trajectory_forms as forms
from olsdata.ui.state import View
from olsdata.workshops import lists

_HOLDER, _QUESTION = "_qui-repond", "_question-ouverte"


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
    done = {q.id for q in grid.questions if f"{chosen.key}/{q.id}" in mine}
    known = {q.id: q for q in grid.questions}
    if st.session_state.get(_QUESTION) not in known:
        st.session_state[_QUESTION] = _next(grid, done)
    opened = str(st.session_state[_QUESTION])
    left, right = st.columns([2, 3])
    with left:
        lines = "".join(_question(q, q.id in done, q.id == opened) for q in grid.questions)
        count = f"Questions : {words.plural(len(done), 'répondue')} sur {len(known)}"
        cells.table(tables.html(count, ["Question"], lines, ()), "grille-questions", _open_question)
    with right, st.container(border=True, key="panneau-question"):
        _sheet(view, grid, chosen, known[opened], mine, done)
    with st.container(horizontal=True):
        if st.button("Personne suivante", key="suivante", help="Une feuille vide, sur cet écran."):
            st.session_state.pop(_HOLDER, None)
            st.session_state.pop(_QUESTION, None)
            acting.finish("Feuille vide : à la personne suivante.")
        fields = {**chosen.content, "etat": book.SHOWN}
        doubts = tuple(guard.doubtful([str(fields["titre"])]))  # confirmed when it was opened
        if st.button("Dévoiler les réponses", type="primary", key="devoiler"):
            forms.keep(
                view, book.ROUND, chosen.key, fields, "Réponses dévoilées.",
                visibility=chosen.visibility, confirmed=doubts,
            )  # fmt: skip


def _open_question(id_: str) -> None:
    st.session_state[_QUESTION] = id_


def _next(grid: road.Grid, done: set[str], after: str = "") -> str:
    """The first question without an answer, after the one just answered if there is one."""
    ids = [q.id for q in grid.questions]
    start = ids.index(after) + 1 if after else 0
    left = [id_ for id_ in ids[start:] + ids[:start] if id_ not in done]
    return left[0] if left else after or ids[0]


def _question(question: road.Question, done: bool, chosen: bool) -> str:
    """A question in the list, and whether one has answered it."""
    said = "répondu" if done else ""
    name = f"{question.title} · {said}" if done else question.title
    inside = (
        f'<span class="tete"><b>{escape(question.title)}</b>'
        f'<span class="source">{said}</span></span>'
    )
    row = ' class="choisi"' if chosen else ""
    return f"<tr{row}><td>{cells.button(question.id, name, inside, chosen)}</td></tr>"


def _sheet(
    view: View,
    grid: road.Grid,
    chosen: Entry,
    question: road.Question,
    mine: dict[str, Entry],
    done: set[str],
) -> None:
    """The question that is open, and one's answer to it."""
    st.subheader(question.title, anchor=False)
    cards.sentence(escape(question.text))
    key, holder = f"{chosen.key}/{question.id}", _holder()
    before = mine[key].content if key in mine else {}
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
    known, joined = _props(view), list(before.get("appuis", []))
    hidden = [prop for prop in joined if prop not in known]  # stay joined
    props = st.multiselect(
        "Notes et chiffres qui l’appuient (facultatif)",
        list(known),
        [prop for prop in joined if prop in known],
        format_func=known.__getitem__,
        key=f"{name}-appuis",
        placeholder="Choisir",
        max_selections=book.PROPS_MOST,
    )
    then = st.text_area("Et ensuite ?", before.get("suite", ""), key=f"{name}-s")
    said = {"mot": word, "raison": str(reason), "suite": str(then)}
    sure = forms.sure(said, f"{name}-ok-sur")
    fields = {**said, "appuis": [*hidden, *props]}
    if st.button("Garder ma réponse", key=f"{name}-ok"):
        following = _next(grid, done | {question.id}, question.id)
        acting.attempt(
            lambda: _keep(view, key, fields, chosen.visibility, sure, following), "Réponse gardée."
        )


def _props(view: View) -> dict[str, str]:
    """Figures and notes of the territory that an answer may rest on, and their names.

    On a screen that a room looks at, the notes of the OLS alone are left out.
    """
    shown = lists.ROOM if view.shared else VISIBILITY
    found = {
        f"chiffre:{c.id}": f"Chiffre : {c.title}, {c.year}" for c in catalogue.available().values()
    }
    for note in notes.find(who.actor(), place=view.territory, shown=shown, limit=100).notes:
        text = words.spaced(note.content.text)
        found[f"note:{note.id}"] = f"Note : « {text[:70]}{'…' if len(text) > 70 else ''} »"
    return found


def _keep(
    view: View,
    key: str,
    fields: dict[str, Any],
    visibility: str,
    sure: tuple[str, ...],
    following: str,
) -> None:
    """Keep an answer, then open the question that follows."""
    book.keep(
        who.actor(), view.territory, book.ANSWER, key, fields,
        visibility=visibility, holder=_holder(), confirmed=sure,
    )  # fmt: skip
    st.session_state[_QUESTION] = following


def _spread(view: View, grid: road.Grid, chosen: Entry) -> None:
    """How answers spread over the words, and what makes people say so; no mean, no score."""
    found = book.answers(who.actor(), view.territory, chosen.key)
    known = _props(view)
    lines = "".join(_line(question, found, known) for question in grid.questions)
    heads = ["Thème", *(word.capitalize() for word in road.WORDS.values()), "Ce qui est dit"]
    with st.container(key="dispersion"):
        tables.show(f"{grid.title} : la dispersion des réponses", heads, lines, (), tall=True)
    people = len({e.holder for e in found})
    cards.source(f"{words.plural(people, 'feuille')}. Ni somme, ni moyenne, ni note.")


def _line(question: road.Question, found: list[Entry], known: dict[str, str]) -> str:
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
    props = dict.fromkeys(
        known.get(prop, "Note ou chiffre que cet écran ne montre pas")
        for e in found
        if e.key.endswith(f"/{question.id}")
        for prop in e.content.get("appuis", [])
    )
    said += "".join(f'<li class="source">{escape(name)}</li>' for name in props)
    reasons = f"<ul>{said}</ul>" if said else ""
    return f'<tr><th scope="row">{escape(question.title)}</th>{cells}<td>{reasons}</td></tr>'
