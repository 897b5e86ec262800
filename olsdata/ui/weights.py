"""Weights on screen: sliders of the need index, λ, k, the weights that the law already gives."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from olsdata import catalogue, words
from olsdata.equity import blend, laws, need, proportionality, shared
from olsdata.equity.need import Weights
from olsdata.local import remembered
from olsdata.tables import DataError
from olsdata.ui import acting, sentences, state, tables

KEY, KEPT = "poids", "_poids"
MOST = shared.MOST
"""A slider goes from 0 to this."""

LAMBDAS = [round(i / 10, 1) for i in range(11)]
KS = [1.0, 1.5, 2.0, 2.5, 3.0]
NEED = "besoin"


@dataclass(frozen=True)
class Choice:
    """Weights as the reader set them.

    Attributes
    ----------
    weights : None when nothing weighs
    numbers : one whole number per indicator that may weigh, in the order of the file
    lam : λ, what is left to the field, 0 to 1
    warm : whether warm notes are counted
    why : why there are no weights, in French; ""
    """

    weights: Weights | None
    numbers: tuple[int, ...]
    lam: float
    warm: bool
    why: str = ""


def equal() -> tuple[int, ...]:
    """One for each indicator of the default set."""
    return tuple(int(i.use == need.DEFAULT) for i in need.weighable().values())


def by_dimension() -> tuple[int, ...]:
    """Whole numbers that give each dimension of the default set the same weight."""
    shares = np.array([need.weights_by_dimension().share(i) for i in need.weighable()])
    return tuple(int(n) for n in np.round(shares / shares[shares > 0].min()))


def written(numbers: tuple[int, ...]) -> str:
    """Weights as the address holds them; those offered only when one of them weighs.

    >>> written((1, 1, 1, 1, 1, 1, 0, 0, 0)), written((2, 1, 1, 1, 1, 1, 0, 0, 1))
    ('1-1-1-1-1-1', '2-1-1-1-1-1-0-0-1')
    """
    start = sum(equal())
    return "-".join(map(str, numbers if any(numbers[start:]) else numbers[:start]))


def parsed(text: str) -> tuple[int, ...] | None:
    """Weights of an address; None when it does not hold as many whole numbers as it should.

    >>> parsed("2-1-1-1-1-1"), parsed("1-1"), parsed("1-1-1-1-1-9")
    ((2, 1, 1, 1, 1, 1, 0, 0, 0), None, None)
    """
    start, whole = sum(equal()), len(equal())
    parts = text.split("-")
    if len(parts) not in (start, whole) or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    given = tuple(int(p) for p in parts)
    return (*given, *(0,) * (whole - len(given))) if max(given) <= MOST else None


def _slider(id_: str) -> str:
    return f"{KEY}-{id_}"


def settle(numbers: tuple[int, ...]) -> None:
    """Put whole numbers in the sliders, before they are drawn or from a callback."""
    for id_, number in zip(need.weighable(), numbers, strict=True):
        st.session_state[_slider(id_)] = number


def panel() -> Choice:
    """Weights, λ and warm notes in the sidebar (on a shared screen, in a fold)."""
    asked = st.query_params.get(KEY, "")
    ids = list(need.weighable())
    if any(_slider(id_) not in st.session_state for id_ in ids):
        given = parsed(asked) if asked else None
        if asked and given is None:
            shown = acting.literal(asked[:40])
            st.warning(
                f"Poids non compris dans le lien : « {shown} ». À la place : poids égaux.",
                icon=":material/link_off:",
            )
        kept: tuple[int, ...] | None = None if asked else st.session_state.get(KEPT)
        settle(given or kept or equal())
    place = st.session_state.get(state.SIDE)
    with place if place is not None else st.expander("Poids des indicateurs, part du terrain (λ)"):
        _sliders(ids)
        st.html('<p class="volet">Chiffres et terrain</p>')
        lam, warm = field()
    numbers = tuple(int(st.session_state[_slider(id_)]) for id_ in ids)
    st.session_state[KEPT] = numbers
    if numbers == equal():
        st.query_params.pop(KEY, None)
    elif asked != written(numbers):
        st.query_params[KEY] = written(numbers)
    try:
        found = Weights.of(dict(zip(ids, map(float, numbers), strict=True)))
    except DataError as error:
        return Choice(None, numbers, lam, warm, str(error))
    return Choice(found, numbers, lam, warm)


def _sliders(ids: list[str]) -> None:
    st.html('<p class="volet">Poids des indicateurs</p>')
    start = [i for i in ids if need.weighable()[i].use == need.DEFAULT]
    for id_ in start:
        _one(id_)
    with st.container(horizontal=True, key="poids-prets"):
        st.button("Égaux", on_click=settle, args=(equal(),), key="poids-egaux")
        st.button("Par dimension", on_click=settle, args=(by_dimension(),), key="poids-dimension")
    with st.expander("Ajouter un indicateur"):
        for id_ in ids:
            if id_ not in start:
                _one(id_)


def _one(id_: str) -> None:
    st.slider(
        f"{need.weighable()[id_].short} {catalogue.card(id_).year}",
        0,
        MOST,
        key=_slider(id_),
        help=need.weighable()[id_].reason,
    )


def field() -> tuple[float, bool]:
    """What is left to the field: λ, and whether warm notes are counted."""
    return _lam(), _warm()


def _lam() -> float:
    """λ, what is left to the field."""
    state.amount("lambda", LAMBDAS, blend.LAMBDA)
    st.select_slider(
        "Part laissée au terrain (λ)",
        LAMBDAS,
        format_func=lambda v: words.number(v, 1),
        key="lambda",
    )
    if st.session_state["lambda"] > 0:
        st.button("Chiffres seuls", on_click=_no_field, key="chiffres-seuls")
    return float(st.session_state["lambda"])


def _no_field() -> None:
    st.session_state["lambda"] = 0.0


def _warm() -> bool:
    """Whether warm notes are counted: only if the reader says so."""
    state.choice("vecus", ["non", "oui"], "non")
    return bool(
        st.checkbox(
            "Compter aussi les vécus",
            value=st.session_state["vecus"] == "oui",
            key="vecus-comptes",
            on_change=_toggle_warm,
        )
    )


def _toggle_warm() -> None:
    st.session_state["vecus"] = "oui" if st.session_state["vecus-comptes"] else "non"


def k() -> float:
    """How many times an inhabitant counts where need is greatest."""
    state.amount("k", KS, proportionality.K)
    return float(
        st.select_slider(
            "Là où le besoin est le plus grand, un habitant compte pour (k)",
            KS,
            format_func=lambda v: words.number(v, 1),
            key="k",
        )
    )


def conventions() -> dict[str, str]:
    """Ways to weigh inhabitants: by the index, or as an article of law does."""
    found = {NEED: "Selon l’indice de besoin (k)"}
    names = {
        laws.DOUBLE: "60 ans et plus comptés double",
        laws.PER_HEAD: "Un habitant compte pour 1",
    }
    for preset, name in names.items():
        articles = [p.article for p in laws.precedents() if p.preset == preset]
        found[preset] = f"{name} ({' ; '.join(articles)})"
    return found


def convention() -> str:
    """How inhabitants are weighed."""
    known = conventions()
    state.choice("convention", list(known), NEED)
    return str(
        st.selectbox(
            "Comment les habitants comptent",
            list(known),
            format_func=known.__getitem__,
            key="convention",
        )
    )


def precedents() -> None:
    """What Walloon law already weighs, with its article and what can be set in motion."""
    st.html(_precedents_html())


@remembered(maxsize=1)
def _precedents_html() -> str:
    lines = ""
    for item in laws.precedents():
        what = item.why
        if not np.isnan(item.threshold):
            below = laws.below_threshold(item.threshold)
            what += f" Aujourd’hui {int(below.sum())} communes sur {len(below)}."
        lines += (
            f'<tr><th scope="row">{escape(item.structure)}</th><td>{escape(item.mechanism)}</td>'
            f"<td>{escape(item.value)}</td><td>{escape(item.article)}</td>"
            f'<td class="source">{escape(words.spaced(what))}</td></tr>'
        )
    heads = ["Pour qui", "Mécanisme", "Valeur", "Article", "Ce que la page en fait"]
    return tables.html("Poids que le droit wallon donne déjà au besoin", heads, lines, ())


def reasons() -> None:
    """Why each indicator is in the index, offered or left beside."""
    names = {need.DEFAULT: "au départ", need.OFFERED: "offert, éteint", need.BESIDE: "lu à côté"}
    lines = "".join(
        f'<tr><th scope="row">{escape(catalogue.card(i.id).title)}</th><td>{names[i.use]}</td>'
        f"<td>{'haut' if i.high else 'bas'}</td>"
        f'<td class="source">{escape(words.spaced(i.reason))}</td></tr>'
        for i in need.indicators().values()
    )
    tables.show(
        "Indicateurs de besoin, et la raison de chacun",
        ["Indicateur", "Usage", "Besoin plus grand", "Raison"],
        lines,
        (),
    )


def alike_sentence(weights: Weights) -> str:
    """Which chosen indicators say nearly the same, with their correlation."""
    pairs = need.alike(weights)
    if not pairs:
        return ""
    shown = words.listing(
        [
            f"« {escape(need.weighable()[a].short)} » et « {escape(need.weighable()[b].short)} » "
            f"(r\u202f=\u202f{words.number(r, 2)})"
            for a, b, r in pairs
        ]
    )
    return f"<b>Disent presque la même chose :</b> {shown}. {sentences.text('poids_proches')}"
