"""Notes de terrain on screen: the quick form, the list, and the panel beside a figure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from olsdata import catalogue, words
from olsdata.notes import actors, book, drafts, guard, lists, places
from olsdata.notes.book import ConflictError, Note
from olsdata.notes.content import LABELS, TEXT_MOST, Content, texts
from olsdata.tables import DataError
from olsdata.territory import WALLONIE
from olsdata.ui import acting, cards, menu, relocating, room, sentences, state, who
from olsdata.ui.state import View

ICONS = {"soft": ":material/psychology:", "warm": ":material/favorite:"}
MARKS = {"soft": "Savoir", "warm": "Vécu", "": "Note"}
NONE = ""
PAGE = 20
BESIDE = 4
"""Notes shown beside a chart; the page of notes has them all."""

_one_at_a_time = threading.Lock()
"""A run of the page that the next one overtakes goes on until it touches its session: it could keep
a draft after the other kept the note.
"""


# --- From a figure ------------------------------------------------------------------------------


def button(indicator: str, key: str, about: str) -> None:
    """« + noter » beside a figure: the form, with the place and the indicator filled in.

    Parameters
    ----------
    indicator : id of a card; "" for a note about the place alone
    key : tells apart the buttons of one page
    about : what the note will be about, said to who does not see where the button is
    """
    if not who.may(actors.ADD):
        return
    if st.button("+ noter", key=f"noter-{key}", type="tertiary", help=f"Écrire une note : {about}"):
        st.switch_page(menu.path("notes"), query_params={"noter": indicator})


def panel(view: View, whole_place: bool = False) -> None:
    """Notes about the shown place and indicator, soft and warm with their marks.

    Parameters
    ----------
    whole_place : about the place whatever the indicator (pages without one)
    """
    indicator = "" if whole_place else view.indicator
    st.subheader("Regards du terrain", anchor=False)
    if not whole_place:
        cards.source(f"Sur « {view.card.title} », {view.zone.title}.")
    asked: dict[str, Any] = {"sort": "note", "place": view.territory, "indicator": indicator}
    seen = room.shown(view, "panneau", asked)
    found = book.find(who.actor(), **asked, shown=seen, limit=BESIDE)
    if not found.notes:
        room.none(view, "aucun_regard_ici" if whole_place else "aucun_regard")
    for note in found.notes:
        st.html(card(note))
    if found.total > len(found.notes):
        cards.source(f"Les {len(found.notes)} dernières sur {found.total}.")
    with st.container(horizontal=True):
        for kind, label in (("soft", "Noter un savoir"), ("warm", "Noter un vécu")):
            if who.may(actors.ADD) and st.button(label, key=f"panneau-{kind}", icon=ICONS[kind]):
                st.switch_page(menu.path("notes"), query_params={"noter": indicator, "genre": kind})
        if st.button("Toutes les notes", key="panneau-toutes", type="tertiary"):
            st.switch_page(menu.path("notes"))
    cards.source(sentences.text("notes_jamais"))


# --- The form -----------------------------------------------------------------------------------


def place_options(view: View, held: str = "") -> dict[str, str]:
    """Places that a note may have: those of the territory, the widest first.

    Whoever belongs to an OLS writes there; a territory elsewhere offers its own places.

    Parameters
    ----------
    held : place that the note has already, offered even when it lies elsewhere
    """
    order = {"ols": 0, "bassin": 1, "commune": 2, "section": 3}
    known = places.known()
    ids = places.inside(view.territory) if view.territory in known else list(known)
    mine = who.actor().ols
    if mine:
        ids = [i for i in ids if mine in known[i].ols] or places.inside(mine)
    ids.sort(key=lambda i: (order[known[i].level], known[i].label))
    if held in known and held not in ids:
        ids.insert(0, held)
    return {i: known[i].title for i in ids}


def home(view: View) -> str:
    """Where a note begins: the territory, or one's own OLS; "" for no place."""
    mine = who.actor().ols
    return mine or ("" if view.territory == WALLONIE else view.territory)


def visibilities() -> dict[str, str]:
    """Visibilities that whoever is here may choose."""
    known = dict(lists.VISIBILITY)
    if not actors.sharing(who.actor()):
        del known["iwpl"]
    return known


def choose(label: str, known: dict[str, str], start: str, key: str, none: str = "") -> str:
    """A choice in a closed list; ``none`` is the word for no choice at all."""
    options = ([NONE] if none else []) + list(known)
    index = options.index(start) if start in options else 0
    return str(
        st.selectbox(
            label,
            options,
            index=index,
            format_func=lambda i: known.get(i, none),
            key=key,
        )
    )


def _segments(label: str, known: dict[Any, str], start: Any, key: str) -> Any:
    return st.segmented_control(
        label, list(known), default=start, format_func=known.__getitem__, key=key, required=True
    )


def indicators() -> dict[str, str]:
    """Indicators that a note may be about."""
    return {id_: f"{c.title} ({c.year or 'sans chiffre'})" for id_, c in catalogue.cards().items()}


def subject(start: Content, view: View, key: str) -> Content:
    """Place, indicator and theme."""
    options = place_options(view, start.place)
    if start.place and start.place not in options:
        options = {start.place: "Lieu disparu, gardé"} | options
    place = choose("Lieu", options, start.place, f"{key}-lieu", "aucun en particulier")
    left, right = st.columns(2)
    with left:
        indicator = choose(
            "Indicateur", indicators(), start.indicator, f"{key}-indicateur", "aucun"
        )
    with right:
        theme = choose("Thème", lists.THEMES, start.theme, f"{key}-theme", "aucun")
    return replace(start, place=place, indicator=indicator, theme=theme)


def text_field(start: Content, key: str, label: str) -> str:
    """The text; what is typed is kept as soon as the field is left."""
    return str(
        st.text_area(
            label,
            value=start.text,
            key=f"{key}-texte",
            height=120,
            help=f"{TEXT_MOST} caractères au plus.",
        )
    )


def details(start: Content, key: str) -> Content:
    """Confidence, source, voices, author, dates, visibility: folded, with good defaults."""
    with st.expander("Préciser : confiance, source, voix, rôle, visibilité"):
        left, right = st.columns(2)
        with left:
            confidence = choose("Confiance", lists.CONFIDENCE, start.confidence, f"{key}-confiance")
            cards.source(lists.CONFIDENCE_HELP[confidence])
            source = choose("Source", lists.SOURCES, start.source, f"{key}-source")
            voices = choose("Voix", lists.VOICES, start.voices, f"{key}-voix")
        with right:
            author = choose("Rôle de l’auteur", authors(start), start.author, f"{key}-auteur")
            date = st.text_input(
                "Date (JJ/MM/AAAA, vide : aujourd’hui)", start.date, key=f"{key}-date"
            )
            review = st.text_input(
                "À revoir le (vide : dans un an)", start.review_by, key=f"{key}-revoir"
            )
            visibility = choose("Visibilité", visibilities(), start.visibility, f"{key}-visibilite")
    return replace(
        start,
        confidence=confidence,
        source=source,
        voices=voices,
        author=author,
        date=str(date),
        review_by=str(review),
        visibility=visibility,
    )


def authors(start: Content) -> dict[str, str]:
    """Author's roles that whoever is here may take, and the one that the note has."""
    known = actors.voices(who.actor())
    return {r: n for r, n in lists.AUTHORS.items() if r in known or r == start.author}


def fields(start: Content, view: View, key: str) -> Content:
    """A whole note: three taps and a sentence, the rest folded."""
    kind = _segments("Genre", lists.KINDS, start.kind or "soft", f"{key}-genre")
    content = subject(replace(start, kind=str(kind)), view, key)
    direction = _segments(
        "Par rapport au chiffre", lists.DIRECTIONS, start.direction, f"{key}-sens"
    )
    strength = st.radio(
        "Force",
        list(lists.STRENGTHS),
        index=max(0, start.strength - 1),
        format_func=lists.STRENGTHS.__getitem__,
        key=f"{key}-force",
    )
    text = text_field(content, key, "Ce qu’il faut retenir")
    content = replace(content, direction=str(direction), strength=int(strength), text=text)
    return details(content, key)


def keep_draft(form: str, content: Content, note: str = "", changed: bool = True) -> None:
    """Keep what is typed, and say when; what the guard refuses is not kept.

    There is a line in any case: the buttons below must not move while they are being clicked.
    """
    if not content.text.strip() or not changed:
        cards.source("Ce que vous écrivez est enregistré quand vous quittez le champ.")
        return
    with _one_at_a_time:
        # A run that was overtaken ends at this touch of its session.
        kept: Any = st.session_state.get(f"_brouillon-{form}")
        new = kept is None or kept[0] != content
        try:
            draft = drafts.save(who.actor(), form, content, note) if new else kept[1]
        except DataError as error:
            acting.alert(str(error).splitlines())
            return
    if new:
        st.session_state[f"_brouillon-{form}"] = (content, draft)
        if f"_repris-{form}" in st.session_state:
            st.session_state[f"_repris-{form}"] = content
    if draft.kept_out:
        acting.alert([found.sentence for found in draft.kept_out])
    else:
        cards.source(f"Brouillon enregistré à {draft.saved[11:16]} (heure universelle).")


def offered(form: str) -> Content | None:
    """A draft left by a lost connection or by another page, to take up again or to forget."""
    if st.session_state.get(f"_repris-{form}"):
        taken: Content = st.session_state[f"_repris-{form}"]
        return taken
    if st.session_state.get(f"{form}-{acting.turn()}-texte"):
        return None  # this very text is in the field
    left = drafts.draft(who.actor(), form)
    if left is None or not left.content.text.strip():
        return None
    with st.container(border=True, key=f"panneau-brouillon-{form}"):
        said = "" if state.is_shared() else f" : « {escape(left.content.text[:80])}… »"
        cards.sentence(f"<b>Un brouillon du {escape(left.saved[:10])} attend</b>{said}")
        with st.container(horizontal=True):
            if st.button("Reprendre", key=f"reprendre-{form}"):
                st.session_state[f"_repris-{form}"] = left.content
                acting.finish("Brouillon repris.")
            if st.button("Oublier", key=f"oublier-{form}"):
                ended(form, lambda: drafts.drop(who.actor(), form))
                st.rerun()
    return None


def confirmed(given: Collection[str], key: str) -> list[str]:
    """Doubtful fragments of texts that the author confirms; shown before saving."""
    found = guard.doubtful(given)
    if not found:
        return []
    shown = ", ".join(f"« {acting.literal(text)} »" for text in found)
    sure = st.checkbox(
        f"Je confirme que ceci ne désigne pas une personne : {shown}", key=f"{key}-confirme"
    )
    return found if sure else []


def audience(visibility: str) -> str:
    """To whom what is written will be visible."""
    return actors.audience(who.actor(), visibility)


def form(view: View) -> None:
    """Write a note."""
    st.subheader("Écrire une note", anchor=False)
    if not acting.allowed(actors.ADD):
        return
    name = "note"
    key = f"{name}-{acting.turn()}"
    asked = st.query_params.get("noter", "")
    kind = st.query_params.get("genre", "soft")
    start = offered(name) or Content(
        place=home(view),
        author=who.actor().author,
        indicator=asked if asked in catalogue.cards() else "",
        kind=kind if kind in lists.KINDS else "soft",
        direction="comme" if asked in catalogue.available() else "sans",
    )
    content = fields(start, view, key)
    keep_draft(name, content)
    sure = confirmed(texts(content), key)
    cards.source(audience(content.visibility))
    if st.button("Garder la note", type="primary", key=f"{key}-garder"):
        add = partial(book.add, who.actor(), content, sure, form=name)
        acting.attempt(lambda: ended(name, add), "Note gardée.")


def ended(form: str, act: Callable[[], object]) -> None:
    """Do what ends a form and its draft, then forget what this visitor was typing in it."""
    with _one_at_a_time:
        act()
    for key in (f"_brouillon-{form}", f"_repris-{form}"):
        st.session_state.pop(key, None)


# --- The list -----------------------------------------------------------------------------------


def place_name(note: Note) -> str:
    """Name of a note's place, the one it had when the zoning no longer has it."""
    place = places.known().get(note.content.place)
    if place:
        return place.title
    return f"{note.place_label} (lieu disparu)" if note.place_label else "sans lieu"


def _about(note: Note) -> str:
    parts = [place_name(note)]
    if note.content.indicator:
        card = catalogue.cards().get(note.content.indicator)
        parts.append(card.title if card else note.content.indicator)
    if note.content.theme:
        parts.append(lists.THEMES[note.content.theme])
    return " · ".join(parts)


def french_day(iso: str) -> str:
    """A day as a field asks for it: JJ/MM/AAAA.

    >>> french_day("2026-11-21")
    '21/11/2026'
    """
    return "/".join(reversed(iso[:10].split("-"))) if iso else ""


def _low(label: str) -> str:
    """A label inside a line; its acronyms keep their capitals."""
    return label[:1].lower() + label[1:]


def card(note: Note, depth: int = 0) -> str:
    """A note as a block: mark, subject, text as text, what it rests on."""
    content = note.content
    kind = content.kind
    facts = [
        lists.AUTHORS.get(content.author, content.author),
        words.day(content.date),
    ]
    if kind:
        facts = [
            lists.DIRECTIONS[content.direction],
            f"force {content.strength}",
            f"confiance {_low(lists.CONFIDENCE[content.confidence])}",
            _low(lists.VOICES[content.voices]),
            _low(lists.SOURCES[content.source]),
            *facts,
        ]
    facts.append(_low(lists.VISIBILITY[content.visibility]))
    tags = ["autre regard"] if note.answers_to else []
    tags += ["à revoir"] if note.to_review else []
    late = " ".join(f'<span class="etiquette">{tag}</span>' for tag in tags)
    text = escape(content.text).replace("\n", "<br>")
    return (
        f'<article class="note {kind or "autre"}" style="margin-left:{1.5 * depth}rem">'
        f'<header><b class="genre">{MARKS[kind]}</b> {late}'
        f'<span class="source">{escape(_about(note))}</span></header>'
        f"<p>{text}</p>"
        f'<footer class="source">{escape(" · ".join(facts))}</footer></article>'
    )


def filters(view: View) -> dict[str, Any]:
    """What the list shows."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="filtres"):
        asked = st.text_input("Chercher", key="notes-mots", placeholder="Un mot, un début de mot")
        theme = choose("Thème", lists.THEMES, NONE, "notes-theme", "tous")
        kind = choose("Genre", lists.KINDS, NONE, "notes-genre", "tous")
        direction = choose("Sens", lists.DIRECTIONS, NONE, "notes-sens", "tous")
        review = st.toggle("À revoir", key="notes-revoir")
        lost = st.toggle("Lieux disparus", key="notes-disparus")
        gone = st.toggle("Retirées", key="notes-retirees")
    return {
        "words": str(asked),
        "theme": theme,
        "kind": kind,
        "direction": direction,
        "to_review": bool(review),
        "lost": bool(lost),
        "withdrawn": bool(gone),
        "place": "" if lost else view.territory,
    }


def listing(view: View) -> None:
    """The notes of the territory, the latest first, each with what can be done with it."""
    st.subheader("Les notes", anchor=False)
    chosen = filters(view) | {"sort": "note"}
    asked = {name: chosen[name] for name in ("sort", "place", "lost", "withdrawn")}
    seen = room.shown(view, "notes", asked)  # whatever is searched: it would say what they hold
    shown = int(st.session_state.get("_notes-vues", PAGE))
    found = book.find(who.actor(), limit=shown, shown=seen, **chosen)
    st.html(f'<p class="source" role="status">{words.plural(found.total, "note")}.</p>')
    if not found.notes:
        room.none(view, "aucune_note")
    for note in found.notes:
        st.html(card(note))
        relocating.choose(note)
        _actions(note, view, seen)
    if found.total > shown and st.button("Voir la suite", key="notes-suite"):
        st.session_state["_notes-vues"] = shown + PAGE
        st.rerun()


def _actions(note: Note, view: View, seen: Collection[str]) -> None:
    opened = st.session_state.get("_note-ouverte", ("", ""))
    actor = who.actor()
    mine = actor.role == "local" or note.ols == actor.ols
    active = note.state == book.ACTIVE
    gestures = {
        "regard": ("Un autre regard", active and actors.may(actor, actors.ADD)),
        "reviser": ("Réviser", active and mine and actors.may(actor, actors.REVISE)),
        "historique": ("Historique", True),
        "retirer": (
            "Retirer" if active else "Effacer",
            mine and actors.may(actor, actors.WITHDRAW),
        ),
    }
    known = {action: label for action, (label, may) in gestures.items() if may}
    with st.container(horizontal=True, key=f"gestes-{note.id}"):
        for action, label in known.items():
            if st.button(label, key=f"{action}-{note.id}", type="tertiary"):
                same = opened == (note.id, action)
                st.session_state["_note-ouverte"] = ("", "") if same else (note.id, action)
                st.rerun()
    if opened[0] != note.id or opened[1] not in known:
        return
    shows: dict[str, Callable[[Note, View], None]] = {
        "regard": partial(_other_view, seen=seen),
        "reviser": _revise,
        "historique": _history,
        "retirer": _withdraw,
    }
    with st.container(border=True, key=f"panneau-note-{note.id}"):
        shows[opened[1]](note, view)


def _close(sentence: str) -> None:
    st.session_state["_note-ouverte"] = ("", "")
    acting.finish(sentence)


def _other_view(note: Note, view: View, seen: Collection[str]) -> None:
    """« Un autre regard »: a note beside this one, on the same subject, never merged."""
    for other in book.answers(who.actor(), note.id, seen):
        st.html(card(other, depth=1))
    start = Content(
        place=note.content.place,
        indicator=note.content.indicator,
        theme=note.content.theme,
        kind=note.content.kind,
        author=who.actor().author,
        visibility=note.content.visibility,
    )
    name = f"regard-{note.id}"
    key = f"{name}-{acting.turn()}"
    content = fields(offered(name) or start, view, key)
    keep_draft(name, content)
    sure = confirmed(texts(content), key)
    if st.button("Garder cet autre regard", type="primary", key=f"{key}-garder"):

        def keep() -> None:
            book.answer(who.actor(), note.id, content, sure)
            ended(name, lambda: drafts.drop(who.actor(), name))
            st.session_state["_note-ouverte"] = ("", "")

        acting.attempt(keep, "L’autre regard est gardé à côté du premier.")


def _revise(note: Note, view: View) -> None:
    name = f"revision-{note.id}"
    seen = st.session_state.setdefault(f"_vue-{note.id}", note.revision)
    key = f"{name}-{acting.turn()}"
    content = fields(offered(name) or note.content, view, key)
    keep_draft(name, content, note.id, changed=content != note.content)
    sure = confirmed(texts(content), key)
    if st.button("Enregistrer la révision", type="primary", key=f"{key}-garder"):
        _try_revision(note, content, seen, sure, name)
    conflict: ConflictError | None = st.session_state.get(f"_conflit-{note.id}")
    if conflict:
        _resolve(note, conflict, sure, name)


def _try_revision(note: Note, content: Content, seen: int, sure: list[str], name: str) -> None:
    revise = partial(book.revise, who.actor(), note.id, content, seen, sure, form=name)
    try:
        ended(name, revise)
    except ConflictError as conflict:
        st.session_state[f"_conflit-{note.id}"] = conflict
    except DataError as error:
        acting.alert(str(error).splitlines())
    else:
        for kept in (f"_conflit-{note.id}", f"_vue-{note.id}"):
            st.session_state.pop(kept, None)
        _close("Révision enregistrée ; la version d’avant reste dans l’historique.")


def _resolve(note: Note, conflict: ConflictError, sure: list[str], name: str) -> None:
    """Both versions side by side; the author chooses, nothing is lost."""
    acting.alert([str(conflict)])
    left, right = st.columns(2)
    with left:
        cards.sentence("<b>La version enregistrée entre-temps</b>")
        st.html(card(conflict.current))
    with right:
        cards.sentence("<b>La vôtre</b>")
        st.html(card(replace(conflict.current, content=conflict.mine)))
    now = conflict.current.revision
    with st.container(horizontal=True):
        if st.button("Garder la mienne", key=f"mienne-{note.id}"):
            _try_revision(note, conflict.mine, now, sure, name)
        if conflict.merged and st.button("Garder les deux changements", key=f"deux-{note.id}"):
            _try_revision(note, conflict.merged, now, sure, name)
        if st.button("Garder l’autre", key=f"autre-{note.id}"):
            ended(name, lambda: drafts.drop(who.actor(), name))
            for kept in (f"_conflit-{note.id}", f"_vue-{note.id}"):
                st.session_state.pop(kept, None)
            _close("La version enregistrée entre-temps est gardée.")


def _history(note: Note, view: View) -> None:
    lines, old = "", ""
    for change in book.history(who.actor(), note.id):
        said = {field: LABELS.get(field, field) for field in change.changed}
        if old and change.place_label and "place" in said:
            said["place"] += f" ({old} → {change.place_label})"
        old = change.place_label
        what = ", ".join(said.values()) or "—"
        lines += (
            f'<tr><th scope="row">{change.number}</th><td>{escape(change.action)}</td>'
            f"<td>{escape(lists.AUTHORS.get(change.role, change.role))}</td>"
            f"<td>{escape(words.day(change.at))} {escape(change.at[11:16])}</td>"
            f"<td>{escape(what)}</td></tr>"
        )
    st.html(
        '<div class="defile" tabindex="0" role="region" aria-label="Historique">'
        '<table class="donnees"><thead><tr><th scope="col">Révision</th><th scope="col">Action</th>'
        '<th scope="col">Rôle</th><th scope="col">Quand</th><th scope="col">Ce qui change</th>'
        f"</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _withdraw(note: Note, view: View) -> None:
    cards.sentence(sentences.text("retirer"))
    with st.container(horizontal=True):
        active = note.state == book.ACTIVE
        if active and st.button("Retirer de la vue", key=f"retrait-{note.id}"):
            try:
                book.withdraw(who.actor(), note.id, note.revision)
            except DataError as error:
                acting.alert(str(error).splitlines())
            else:
                _close("Note retirée ; « Retirées » la montre encore.")
        if st.button("Effacer le texte pour toujours", key=f"effacement-{note.id}"):
            try:
                left = book.erase(who.actor(), note.id)
            except DataError as error:
                acting.alert(str(error).splitlines())
            else:
                copies = (
                    f" {len(left.copies)} sauvegarde(s) faites avant peuvent encore le contenir."
                    if left.copies
                    else ""
                )
                _close(f"Texte effacé.{copies}")
