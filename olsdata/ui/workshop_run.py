"""The workshop on the whole screen: one question at a time, readable at three metres."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from pathlib import Path

import streamlit as st

from olsdata import words
from olsdata.notes import guard
from olsdata.notes import lists as note_lists
from olsdata.notes.guard import RefusedError
from olsdata.tables import DataError
from olsdata.ui import (
    acting,
    cards,
    sentences,
    state,
    who,
    workshop_ideas,
    workshop_phones,
    workshop_pictures,
    workshop_record,
)
from olsdata.ui.state import View
from olsdata.workshops import book, lists, voices
from olsdata.workshops.book import Workshop
from olsdata.workshops.pictures import Picture
from olsdata.workshops.voices import Voice

CHOSEN, MODE = "atelier", "deroule"
RUN, RECORD = "mener", "trace"
"""Keys of the address: which workshop, and how it is shown."""

STYLE = Path(__file__).with_name("atelier.css")
CLOCK = "_atelier-minuteur"
KIND_ICONS = {"soft": ":material/psychology:", "warm": ":material/favorite:"}


# --- In and out ---------------------------------------------------------------------------------


def modes(held: Workshop) -> list[str]:
    """How a workshop can be shown: run while it is open, read once it was opened."""
    return {lists.PREPARED: [""], lists.OPEN: ["", RUN, RECORD]}.get(held.state, [RECORD, ""])


def start_button(held: Workshop) -> None:
    """Open the workshop and take the whole screen, or take it up again where it was."""
    if held.state == lists.CLOSED:
        return
    again = held.state == lists.OPEN
    st.button(
        "Reprendre" if again else "Ouvrir et mener",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        args=(held.id,),
        key=f"mener-{held.id}",
    )


def _start(id_: str) -> None:
    if acting.safely(lambda: book.open_(who.actor(), id_)):
        st.session_state[CHOSEN], st.session_state[MODE] = id_, RUN
        state.ask(shared=True)


def _leave(mode: str = "") -> None:
    st.session_state[MODE] = mode
    state.ask(shared=False)


def _turn(id_: str, position: int) -> None:
    acting.safely(lambda: book.show(who.actor(), id_, position))


# --- The screen ---------------------------------------------------------------------------------


def whole_screen(held: Workshop, view: View) -> None:
    """One step, its question, and the arrows."""
    if not view.shared:
        state.go(shared=True)
    st.html(f"<style>{STYLE.read_text('utf-8')}</style>")
    position = min(held.position, len(held.screens) - 1)
    step, picture = held.screens[position]
    with st.container(horizontal=True, vertical_alignment="center", key="atelier-haut"):
        st.html(_steps(step))
        with st.container(horizontal=True, horizontal_alignment="right", key="atelier-outils"):
            _clock(held)
            st.button(
                "Quitter le plein écran",
                icon=":material/close_fullscreen:",
                on_click=_leave,
                type="tertiary",
                help="Quitter le plein écran",
                key="atelier-quitter",
            )
    asked = picture.asked if picture and step == "dire" else lists.QUESTIONS[step]
    st.title(words.spaced(acting.literal(asked)), anchor=False)
    acting.faults()
    acting.done()
    if picture is not None:
        _seen(held, position, picture)
    if step == "voir":
        _look(held, picture)
    elif step == "dire":
        _say(held, picture)
    elif step == "comprendre":
        _understand(held, view)
    elif step == "supposer":
        workshop_ideas.hypotheses(held)
    elif step == "choisir":
        workshop_ideas.steps(held)
    else:
        workshop_record.keep(held, on_close=_leave)
    _arrows(held, position)


def _steps(current: str) -> str:
    """Where the room is, among the six steps."""
    order = list(lists.STEPS)
    here = order.index(current)
    items = ""
    for number, (id_, name) in enumerate(lists.STEPS.items(), 1):
        now = ' aria-current="step"' if id_ == current else ""
        done = number - 1 < here
        mark = "✓" if done else str(number)
        after = '<span class="lecteur"> : fait</span>' if done else ""
        items += f'<li{now}><b aria-hidden="true">{mark}</b> {escape(name)}{after}</li>'
    return f'<ol class="etapes-atelier" aria-label="Étapes de l’atelier">{items}</ol>'


def _clock(held: Workshop) -> None:
    """Time since the workshop was opened, which can be hidden."""
    hidden = bool(st.session_state.get(CLOCK, False))
    if not hidden:
        _elapsed(held.opened)
    label = "Montrer le temps" if hidden else "Cacher le temps"
    st.button(
        label,
        icon=":material/timer:" if hidden else ":material/timer_off:",
        on_click=lambda: st.session_state.update({CLOCK: not hidden}),
        type="tertiary",
        help=label,
        key="atelier-minuteur",
    )


@st.fragment(run_every="20s")
def _elapsed(opened: str) -> None:
    minutes = _minutes(opened)
    st.html(f'<p class="temps" role="timer">{_lasted(minutes)}</p>')


def _lasted(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60:02}" if minutes >= 60 else f"{minutes} min"


def _minutes(moment: str) -> int:
    """Whole minutes since a moment in UTC."""
    if not moment:
        return 0
    since = datetime.now(UTC) - datetime.fromisoformat(moment)
    return max(0, int(since.total_seconds() // 60))


def _arrows(held: Workshop, position: int) -> None:
    """The way back and the way forward, with the arrow keys."""
    screens = held.screens
    with st.container(horizontal=True, vertical_alignment="center", key="atelier-bas"):
        if position:
            st.button(
                lists.STEPS[screens[position - 1][0]],
                icon=":material/arrow_back:",
                shortcut="Left",
                on_click=_turn,
                args=(held.id, position - 1),
                key="atelier-avant",
            )
        shown = f"Écran {position + 1} sur {len(screens)} · touches ← et →"
        st.html(f'<p class="source touches">{shown}</p>')
        if position + 1 < len(screens):
            st.button(
                lists.STEPS[screens[position + 1][0]],
                icon=":material/arrow_forward:",
                icon_position="right",
                shortcut="Right",
                type="primary",
                on_click=_turn,
                args=(held.id, position + 1),
                key="atelier-apres",
            )


def _seen(held: Workshop, position: int, picture: Picture) -> None:
    """The record keeps what stood beside the picture the first time that the room saw it."""
    if picture.seen is None and held.state == lists.OPEN:
        said = workshop_pictures.beside(held, picture)
        book.show(who.actor(), held.id, position, said.plain, words.spaced(said.source))


# --- Voir and dire ------------------------------------------------------------------------------


def _look(held: Workshop, picture: Picture | None) -> None:
    if picture is None:
        cards.sentence(sentences.text("atelier_sans_image"))
        return
    left, right = st.columns([1, 1.6], gap="large")
    with left, st.container(key="atelier-mots"):
        workshop_pictures.legend(held, picture)
        workshop_pictures.caption(held, workshop_pictures.beside(held, picture))
    with right, st.container(key="atelier-image"):
        workshop_pictures.draw(held, picture)


def _say(held: Workshop, picture: Picture | None) -> None:
    if picture is None:
        left = st.container()
        right = st.container()
    else:
        words_, left, right = st.columns([0.95, 1.75, 1.5], gap="medium")
        with words_, st.container(key="atelier-mots"):
            workshop_pictures.legend(held, picture)
            workshop_pictures.caption(held, workshop_pictures.beside(held, picture))
    with left, st.container(key="atelier-image"):
        if picture is not None:
            workshop_pictures.draw(held, picture)
    with right, st.container(key="atelier-voix"):
        about = picture.id if picture else ""
        workshop_phones.panel(held)
        _live(held.id, about)
        _typed(held.id, about)


@st.fragment(run_every="1s")
def _live(id_: str, picture: str) -> None:
    """What was said beside this picture, the latest first; what comes from phones appears."""
    said = voices.find(who.actor(), id_, waiting=None)
    shown = [v for v in said if v.shown and v.picture == picture][::-1]
    waiting = sum(not v.shown for v in said)
    st.html(
        f'<p class="compte" role="status">{words.plural(len(shown), "note")}</p>'
        f'<div class="voix" tabindex="0" role="region" aria-label="Ce que dit la salle">'
        f"{''.join(map(voice_card, shown))}</div>"
    )
    if waiting:
        label = f"Montrer {words.plural(waiting, 'note retenue', 'notes retenues')}"
        if st.button(label, key="atelier-montrer", icon=":material/visibility:"):
            voices.show_all(who.actor(), id_)
            st.rerun(scope="fragment")


def voice_card(said: Voice, sorted_: bool = True) -> str:
    """A contribution as a block: kind, how it was sorted, text as text, who and when."""
    kind = f'<b class="genre">{lists.KINDS[said.kind]}</b>' if said.kind else ""
    reading = lists.READINGS.get(said.reading, "") if sorted_ else ""
    minutes = _minutes(said.created)
    when = "à l’instant" if not minutes else f"il y a {_lasted(minutes)}"
    who_ = note_lists.AUTHORS.get(said.author, "")
    from_phone = "d’un téléphone" if said.origin == lists.PHONE else ""
    facts = " · ".join(filter(None, [reading, who_, from_phone, when]))
    text = escape(said.text).replace("\n", "<br>")
    return (
        f'<article class="note {said.kind or "autre"}"><header>{kind}</header>'
        f'<p>«\xa0{text}\xa0»</p><footer class="source">{escape(facts)}</footer></article>'
    )


def _typed(id_: str, picture: str) -> None:
    """Type what the room says: the field stays, empty, once the note is kept."""
    text, kind = f"dire-{id_}-texte", f"dire-{id_}-genre"
    doubtful: list[str] = st.session_state.get(f"dire-{id_}-doutes", [])
    with st.form(f"dire-{id_}", border=False, enter_to_submit=True):
        st.text_input(
            "Noter ce que dit la salle",
            key=text,
            placeholder="Noter ce que dit la salle…",
            max_chars=1_000,
            label_visibility="collapsed",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.segmented_control(
                "Genre",
                list(lists.KINDS),
                format_func=lambda k: f"{KIND_ICONS[k]} {lists.KINDS[k]}",
                key=kind,
                label_visibility="collapsed",
            )
            st.form_submit_button(
                "Confirmer et noter" if doubtful else "Noter",
                icon=":material/send:",
                on_click=_kept,
                args=(id_, picture, text, kind, tuple(doubtful)),
            )


def _kept(id_: str, picture: str, text: str, kind: str, sure: tuple[str, ...]) -> None:
    said, chosen = str(st.session_state[text]), str(st.session_state.get(kind) or "")
    st.session_state.pop(f"dire-{id_}-doutes", None)
    try:
        voices.say(who.actor(), id_, said, chosen, picture=picture, confirmed=sure)
    except DataError as error:
        acting.fault(error)
        if isinstance(error, RefusedError) and not error.certain:
            st.session_state[f"dire-{id_}-doutes"] = guard.doubtful([said])
        return
    st.session_state[text] = ""


# --- Comprendre ---------------------------------------------------------------------------------


def _understand(held: Workshop, view: View) -> None:
    """Sort what was said, without dragging anything."""
    said = voices.find(who.actor(), held.id)
    if not said:
        cards.sentence(sentences.text("atelier_rien_dit"))
        return
    left = [v for v in said if not v.reading]
    if left:
        st.html(f'<p class="compte">À trier : {words.plural(len(left), "note")}</p>')
        for voice in left:
            _sorting(voice)
    for column, (reading, name) in zip(st.columns(3), lists.READINGS.items(), strict=True):
        mine = [v for v in said if v.reading == reading]
        with column, st.container(border=True, key=f"panneau-lecture-{reading}"):
            st.subheader(f"{name} ({len(mine)})", anchor=False)
            for voice in mine:
                _sorting(voice)
    _crossed(held)


def _sorting(voice: Voice) -> None:
    key = f"lecture-{voice.id}"
    st.session_state[key] = voice.reading or None
    with st.container(key=f"tri-{voice.id}"):
        st.html(voice_card(voice, sorted_=False))
        st.segmented_control(
            f"Ce que cette note est par rapport au chiffre : {voice.text[:60]}",
            list(lists.READINGS),
            format_func=lists.READINGS.__getitem__,
            key=key,
            on_change=_sorted,
            args=(voice.id, key),
            label_visibility="collapsed",
        )


def _sorted(id_: str, key: str) -> None:
    chosen = str(st.session_state.get(key) or "")
    acting.safely(lambda: voices.sort(who.actor(), id_, reading=chosen))


def _crossed(held: Workshop) -> None:
    """The lecture croisée of the territory: figures and notes de terrain, when asked for."""
    if not st.toggle("Montrer la lecture croisée du territoire", key="atelier-lecture"):
        return
    from olsdata.equity import need
    from olsdata.ui import crossing, weights

    seen = View(territory=held.ols, level="bassin", shared=True)
    cards.source(sentences.text("atelier_salle"))
    lam, warm = weights.field()
    crossing.panel(seen, need.default_weights(), lam, warm)


# --- What waits ---------------------------------------------------------------------------------


@st.fragment(run_every="2s")
def waiting_panel(held: Workshop) -> None:
    """Out of the room's sight: what waits to be shown, or to be erased."""
    st.subheader("Notes retenues", anchor=False)
    found = voices.find(who.actor(), held.id, waiting=True)
    if not found:
        cards.sentence("Rien n’attend.")
    for voice in found:
        st.html(voice_card(voice))
        with st.container(horizontal=True, key=f"retenue-{voice.id}"):
            if st.button("Montrer", key=f"montrer-{voice.id}"):
                voices.sort(who.actor(), voice.id, shown=True)
                st.rerun(scope="fragment")
            if st.button("Effacer", key=f"oublier-{voice.id}", type="tertiary"):
                voices.erase(who.actor(), voice.id)
                st.rerun(scope="fragment")
