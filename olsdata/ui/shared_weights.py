"""« Poids partagés » on screen: take up weights kept under a name, keep one's own, files."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from olsdata import words
from olsdata.equity import need, shared
from olsdata.equity.shared import Content, Line, Shared
from olsdata.notes import actors
from olsdata.notes.actors import Actor
from olsdata.tables import DataError
from olsdata.territory import WALLONIE
from olsdata.ui import acting, cards, notes, sentences, tables, weights, who
from olsdata.ui.state import View
from olsdata.ui.weights import Choice

_FORM, _OPENED, _SEEN = "_poids-forme", "_poids-ouvert", "_poids-vus"
MOST_BYTES = 1_000_000
"""A file of weights has a dozen lines."""

Form = tuple[str, int, Content]
"""What the form starts from: id and revision of what is revised (or "" and 0), content."""


def panel(view: View, chosen: Choice) -> None:
    """Which shared weights the page uses, then, folded, the list, the form and the files."""
    known = shared.find(who.actor())
    used = [s for s in known if _numbers(s.content.lines) == chosen.numbers]
    plain = "ceux de départ" if chosen.numbers == weights.equal() else "réglés ici, sans nom"
    # Always a sentence, and always the same title: the fold stays as the reader left it.
    cards.sentence(f"Poids de la page : {' ; '.join(_signed(s) for s in used) or plain}.")
    box = cards.fold(
        "Poids partagés : reprendre, garder avec leurs raisons, échanger", "fold-poids"
    )
    # Once opened it stays made: what is typed there outlives the fold.
    if not (box.open or st.session_state.get(_SEEN)):
        return
    st.session_state[_SEEN] = True
    with box:
        cards.source(sentences.text("poids_partages"))
        for item in known:
            _one(item, item in used)
        if not known:
            cards.sentence("Aucuns poids partagés pour l’instant.")
        left, right = st.columns([1.4, 1])
        with left:
            lines = _form(view, chosen)
        with right:
            _files(lines)


def _numbers(lines: tuple[Line, ...]) -> tuple[int, ...]:
    """Weights in the order of the sliders; an indicator that is no longer offered is left out."""
    given = {line.indicator: line.weight for line in lines}
    return tuple(given.get(id_, 0) for id_ in need.weighable())


def _signed(item: Shared) -> str:
    """« Nom », role, date, to whom it is visible; safe HTML."""
    facts = [actors.ROLES.get(item.author, item.author), words.day(item.updated)]
    if item.ols:
        facts.append(f"OLS {item.ols}")
    facts.append(shared.VISIBILITY[item.content.visibility])
    return f"<b>« {escape(item.content.name)} »</b>, {escape(', '.join(facts))}"


# --- The list -----------------------------------------------------------------------------------


def _one(item: Shared, used: bool) -> None:
    mark = ' <span class="etiquette">poids de la page</span>' if used else ""
    told = "".join(_line(x) for x in item.content.lines if x.weight != x.start or x.reason)
    plain = [
        f"{_short(line)} {line.weight}"
        for line in item.content.lines
        if line.weight == line.start and line.weight and not line.reason
    ]
    if plain:
        told += f"<li>Au poids de départ : {escape(words.listing(plain))}</li>"
    st.html(
        f'<article class="note autre"><header><span>{_signed(item)}</span>{mark}</header>'
        f"<ul>{told}</ul></article>"
    )
    lost = [line.indicator for line in item.content.lines if line.indicator not in need.weighable()]
    if lost:
        cards.source(f"N’existe plus, ne pèse plus rien : {escape(', '.join(lost))}.")
    mine = actors.may(who.actor(), actors.WEIGH) and item.ols in (who.actor().ols, "")
    mine = mine or who.actor().role == "local"
    with st.container(horizontal=True, key=f"gestes-{item.id}"):
        name = item.content.name
        st.button(
            "Prendre ces poids",
            key=f"prendre-{item.id}",
            on_click=_take,
            args=(item.content.lines, ("", 0, replace(item.content, name=""))),
            help=f"Met les réglages du volet sur ceux de « {acting.literal(name)} ».",
        )
        if mine:
            st.button(
                "Réviser",
                key=f"reviser-{item.id}",
                type="tertiary",
                on_click=_take,
                args=(item.content.lines, (item.id, item.revision, item.content)),
            )
            if st.button("Retirer", key=f"retirer-{item.id}", type="tertiary"):
                acting.attempt(
                    lambda: shared.withdraw(who.actor(), item.id, item.revision),
                    f"« {name} » est retiré de la liste ; son historique est gardé.",
                )
        if st.button("Historique", key=f"historique-{item.id}", type="tertiary"):
            opened = st.session_state.get(_OPENED)
            st.session_state[_OPENED] = "" if opened == item.id else item.id
        _download(item.content.lines, f"poids-{item.id[:8]}", "CSV", f"csv-{item.id}")
    if st.session_state.get(_OPENED) == item.id:
        _history(item)


def _short(line: Line) -> str:
    known = need.weighable().get(line.indicator)
    return known.short if known else line.indicator


def _line(line: Line) -> str:
    why = f" : {escape(line.reason)}" if line.reason else ""
    return f"<li>{escape(_short(line))}, <b>{line.weight}</b>{why}</li>"


def _history(item: Shared) -> None:
    lines = ""
    for change in shared.history(who.actor(), item.id):
        content = shared.from_json(change.content)
        numbers = weights.written(_numbers(content.lines))
        lines += (
            f'<tr><th scope="row">{change.number}</th><td>{escape(change.action)}</td>'
            f"<td>{escape(actors.ROLES.get(change.role, change.role))}</td>"
            f"<td>{escape(words.day(change.at))}</td>"
            f"<td>{escape(content.name)}</td><td>{numbers}</td></tr>"
        )
    heads = ["Révision", "Action", "Rôle", "Quand", "Nom", "Poids"]
    tables.show("Historique de ces poids", heads, lines, ())


def _take(lines: tuple[Line, ...], start: Form) -> None:
    """Put weights in the sliders, and what goes with them in the form."""
    weights.settle(_numbers(lines))
    st.session_state[_FORM] = start
    acting.renew()


# --- The form -----------------------------------------------------------------------------------


def _author(view: View) -> Actor:
    """Who keeps; on one's own machine, for the OLS that is looked at."""
    actor = who.actor()
    if actor.role == "local" and view.territory != WALLONIE:
        return replace(actor, ols=view.territory)
    return actor


def _form(view: View, chosen: Choice) -> tuple[Line, ...]:
    """Keep the weights of the page, or revise what was kept; the lines as they stand."""
    lines = tuple(Line(i, n) for i, n in zip(need.weighable(), chosen.numbers, strict=True))
    if not actors.may(who.actor(), actors.WEIGH):
        return lines
    id_, seen, start = st.session_state.get(_FORM, ("", 0, Content("", ())))
    reasons = {line.indicator: line.reason for line in start.lines}
    key = f"partage-{acting.turn()}"
    title = f"Réviser « {acting.literal(start.name)} »" if id_ else "Garder les poids de la page"
    st.markdown(f"**{title}**")
    name = st.text_input("Nom de ces poids", start.name, key=f"{key}-nom")
    lines = _reasons(lines, reasons, key)
    visibility = notes.choose("Visibilité", shared.VISIBILITY, start.visibility, f"{key}-vue")
    content = Content(str(name), lines, visibility)
    sure = notes.confirmed(shared.texts(content), key)
    cards.source(notes.audience(visibility))
    with st.container(horizontal=True):
        label = "Enregistrer la révision" if id_ else "Garder ces poids"
        if st.button(label, type="primary", key=f"{key}-garder"):

            def keep() -> None:
                if id_:
                    shared.revise(who.actor(), id_, content, seen, sure)
                else:
                    shared.save(_author(view), content, sure)
                st.session_state.pop(_FORM, None)

            acting.attempt(keep, f"Poids « {content.name.strip()[:80]} » gardés.")
        if id_ and st.button("Annuler", key=f"{key}-annuler"):
            st.session_state.pop(_FORM, None)
            acting.renew()
            st.rerun()
    return lines


def _reasons(lines: tuple[Line, ...], start: dict[str, str], key: str) -> tuple[Line, ...]:
    """Ask why each indicator weighs what it does: first where the weight is not the starting one.

    One that weighs nothing, as at the start, is not asked.
    """
    moved = [line for line in lines if line.weight != line.start]
    others = [line for line in lines if line.weight == line.start and line.weight]
    given = {}
    for line in moved:
        given[line.indicator] = _reason(line, start, key)
    columns = st.columns(2)
    for i, line in enumerate(others):
        with columns[i % 2]:
            given[line.indicator] = _reason(line, start, key, " (facultatif)")
    return tuple(replace(line, reason=given.get(line.indicator, "")) for line in lines)


def _reason(line: Line, start: dict[str, str], key: str, free: str = "") -> str:
    return str(
        st.text_input(
            f"Pourquoi « {_short(line)} » pèse {line.weight}{free}",
            start.get(line.indicator, ""),
            key=f"{key}-{line.indicator}",
        )
    )


# --- Files --------------------------------------------------------------------------------------


def _download(lines: tuple[Line, ...], name: str, label: str, key: str) -> None:
    st.download_button(
        label,
        data=lambda: shared.export_csv(lines).encode("utf-8-sig"),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=key,
        help="Colonnes indicateur, poids, raison : le fichier que la ligne de commande prend.",
    )


def _files(lines: tuple[Line, ...]) -> None:
    st.markdown("**Échanger par fichier**")
    _download(lines, "poids", "Poids de la page (CSV)", "poids-csv")
    given = st.file_uploader(
        "Fichier de poids (CSV indicateur,poids,raison)",
        type=["csv", "txt"],
        key=f"poids-fichier-{acting.turn()}",
        max_upload_size=MOST_BYTES // 1_000_000,
    )
    if given is None:
        return
    try:
        read = shared.read(given.getvalue())
    except DataError as error:
        acting.alert(str(error).splitlines())
        return
    said = words.listing(
        [f"{need.weighable()[line.indicator].short} {line.weight}" for line in read if line.weight]
    )
    cards.sentence(f"Dans ce fichier : {escape(said)}.")
    st.button(
        "Prendre les poids du fichier",
        key="poids-du-fichier",
        on_click=_take,
        args=(read, ("", 0, Content("", read))),
    )
