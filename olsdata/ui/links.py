"""« Liens »: which structures are linked, how, and who sits together again and again."""

from __future__ import annotations

from html import escape

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from olsdata import registry, structures, words
from olsdata import tables as data
from olsdata.local import remembered
from olsdata.notes import actors
from olsdata.ui import acting, cards, charts, tables, theme, who
from olsdata.ui.theme import Tokens

KINDS = dict(zip(data.LINK_KINDS, ("solid", "dash", "dot"), strict=True))
"""Kinds of links and the stroke of each."""

PULL = dict(zip(KINDS, (0.15, 0.4, 0.65), strict=True))
"""How near the middle each kind of link passes, so that two between the same ends differ."""

Point = tuple[float, float]
Edge = tuple[str, str, str]
"""Names of both ends, and the kind of link."""


def ordered(edges: tuple[tuple[str, str], ...]) -> list[str]:
    """Nodes of a graph in a round, linked ones near each other; always the same.

    The order is that of the second eigenvector of the Laplacian.

    Examples
    --------
    >>> ordered((("c", "d"), ("a", "b"), ("b", "c")))
    ['a', 'b', 'c', 'd']
    """
    nodes = sorted({end for edge in edges for end in edge})
    place = {node: i for i, node in enumerate(nodes)}
    linked = np.full((len(nodes), len(nodes)), 1e-3)  # keeps separate groups apart, in order
    for a, b in edges:
        linked[place[a], place[b]] = linked[place[b], place[a]] = 1.0
    laplacian = np.diag(linked.sum(axis=1)) - linked
    second = np.linalg.eigh(laplacian)[1][:, min(1, len(nodes) - 1)].round(9)
    if second[0] > 0:
        second = -second
    return [nodes[i] for i in np.lexsort((np.arange(len(nodes)), second))]


def positions(names: list[str]) -> dict[str, Point]:
    """A place on an ellipse for each name, at even heights, so that texts never overlap.

    Returns
    -------
    x in [-1, 1], y in [-1, 1]; the first half of the names is on the left, downwards.
    """
    left = (len(names) + 1) // 2
    sides = ((-1, names[:left]), (1, names[left:][::-1]))
    found = {}
    for side, mine in sides:
        heights = np.linspace(1, -1, len(mine)) if len(mine) > 1 else np.zeros(len(mine))
        for name, y in zip(mine, heights, strict=True):
            found[name] = (side * float(np.sqrt(1 - (0.9 * y) ** 2)), float(y))
    return found


def curve(a: Point, b: Point, pull: float) -> list[Point]:
    """A line from a to b bent towards the middle of the round (0: through it, 1: straight).

    >>> curve((-1.0, 0.0), (0.0, 1.0), 1.0)[6]
    (-0.5, 0.5)
    """
    middle = pull * (a[0] + b[0]) / 2, pull * (a[1] + b[1]) / 2
    steps = np.linspace(0, 1, 13)
    return [
        (
            round(float((1 - t) ** 2 * a[0] + 2 * t * (1 - t) * middle[0] + t**2 * b[0]), 3),
            round(float((1 - t) ** 2 * a[1] + 2 * t * (1 - t) * middle[1] + t**2 * b[1]), 3),
        )
        for t in steps
    ]


def network() -> None:
    """Links between structures by kind: typical relations until real ones are entered."""
    links = registry.links()
    shown = st.pills(
        "Types de liens", list(KINDS), selection_mode="multi", default=list(KINDS), key="liens-vus"
    )
    links = links[links["type_lien"].isin(shown)]
    if links.empty:
        st.html("<p>Aucun lien de ce type.</p>")
        return
    titles = registry.ends() | {id_: t.title for id_, t in structures.types().items()}
    named = links.assign(
        a=[titles.get(i, i) for i in links["structure_a"]],
        b=[titles.get(i, i) for i in links["structure_b"]],
    )
    edges = tuple(named[["a", "b", "type_lien"]].itertuples(index=False, name=None))
    figure = _figure(edges, theme.tokens(), theme.phone())
    charts.show(figure, "liens", "Réseau des liens entre structures ; le tableau le dit en entier.")
    lines = "".join(
        f'<tr><th scope="row">{escape(r.a)}</th><td>{escape(r.b)}</td>'
        f"<td>{escape(r.type_lien)}</td>"
        f"<td>{escape(r.instance) if isinstance(r.instance, str) else ''}</td>"
        f'<td><span class="etiquette">{escape(r.statut)}</span></td>'
        f'<td class="source">{escape(r.source)}</td></tr>'
        for r in named.itertuples()
    )
    heads = ["De", "À", "Lien", "Instance", "Statut", "Source"]
    tables.show("Liens entre structures", heads, lines, ())
    double = structures.double_meetings(links)
    if double.empty:
        cards.sentence("Aucune paire ne siège ensemble dans trois instances ou plus.")
    else:
        pairs = [f"{titles.get(r.a, r.a)} et {titles.get(r.b, r.b)}" for r in double.itertuples()]
        cards.sentence(f"<b>Lieux de réunion en double</b> : {escape(words.listing(pairs))}.")


def form() -> None:
    """Add a link that the field knows, or take one back; the sourced relations stay."""
    if not who.may(actors.PROPOSE):
        return
    known = registry.ends()
    key = f"lien-{acting.turn()}"
    with st.expander("Ajouter ou retirer un lien connu sur le terrain"):
        left, right = st.columns(2)
        with left:
            a = st.selectbox("De", list(known), format_func=known.__getitem__, key=f"{key}-a")
            kind = st.selectbox("Type de lien", list(KINDS), key=f"{key}-type")
            source = st.text_input("Source", key=f"{key}-source")
        with right:
            b = st.selectbox(
                "À", list(known), format_func=known.__getitem__, index=1, key=f"{key}-b"
            )
            body = st.text_input("Instance où les deux siègent (facultatif)", key=f"{key}-instance")
            date = st.text_input("Date de la source (AAAA-MM-JJ)", key=f"{key}-date")
        role = st.selectbox(
            "J’écris en tant que",
            list(actors.voices(who.actor(), registry.ROLES)),
            format_func=registry.ROLES.__getitem__,
            help="Un rôle, jamais un nom.",
            key="lien-role",
        )
        if st.button("Ajouter ce lien", type="primary", key=f"{key}-ajouter"):
            acting.attempt(
                lambda: registry.add_link(
                    who.actor(),
                    str(a),
                    str(b),
                    str(kind),
                    str(body),
                    str(source),
                    str(date),
                    str(role),
                ),
                "Lien ajouté comme proposition du terrain.",
            )
        mine = registry.links()
        mine = mine[mine["id"] != ""]
        if len(mine) and who.may(actors.KEEP):
            names = {
                r.id: f"{known.get(r.structure_a, r.structure_a)} – "
                f"{known.get(r.structure_b, r.structure_b)} ({r.type_lien})"
                for r in mine.itertuples()
            }
            gone = st.selectbox(
                "Lien à retirer", list(names), format_func=names.__getitem__, key=f"{key}-retirer"
            )
            if st.button("Retirer ce lien", key=f"{key}-retrait"):
                acting.attempt(
                    lambda: registry.withdraw_link(who.actor(), str(gone), str(role)),
                    "Lien retiré.",
                )


@remembered(maxsize=32)
def _figure(edges: tuple[Edge, ...], colours: Tokens, phone: bool) -> go.Figure:
    """The network: nodes in a round, their names outside, a stroke per kind of link."""
    at = positions(ordered(tuple((a, b) for a, b, _ in edges)))
    figure = go.Figure()
    for kind, dash in KINDS.items():
        lines = [curve(at[a], at[b], PULL[kind]) for a, b, of in edges if of == kind]
        if not lines:
            continue
        figure.add_scatter(
            x=[x for line in lines for x in (*(x for x, _ in line), None)],
            y=[y for line in lines for y in (*(y for _, y in line), None)],
            mode="lines",
            name=kind,
            line={"color": colours.secondary, "width": 1.5, "dash": dash},
            hoverinfo="skip",
        )
    width = 15 if phone else 30
    for side, where in ((-1, "middle left"), (1, "middle right")):
        mine = {name: (x, y) for name, (x, y) in at.items() if x * side > 0}
        figure.add_scatter(
            x=[x for x, _ in mine.values()],
            y=[y for _, y in mine.values()],
            mode="markers+text",
            text=[charts.wrapped(name, width) for name in mine],
            textposition=where,
            textfont={"color": colours.ink, "size": charts.TYPE_PX * colours.scale},
            marker={"size": 12, "color": colours.accent_text},
            hoverinfo="skip",
            showlegend=False,
            cliponaxis=False,
        )
    room = 3.2 if phone else 2.1
    figure.update_xaxes(visible=False, range=[-room, room], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-1.15, 1.15], fixedrange=True)
    rows = (len(at) + 1) // 2
    charts.dressed(figure, colours, 60 + rows * (88 if phone else 62), {"t": 8, "b": 44})
    return figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0},
    )
