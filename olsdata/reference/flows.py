"""The three flow diagrams: nodes, flows, who is a pivot and who stands alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from olsdata.reference import documents, facts
from olsdata.tables import DataError

if TYPE_CHECKING:
    import networkx as nx

DIAGRAMS = {
    "redevabilite": "Redevabilité",
    "donnees": "Données socio-sanitaires",
    "ressources": "Ressources humaines",
}
STATES = ("écrit", "reconstruit", "absent")
LEVELS = ("micro", "méso", "macro")
ABSENT = "absent"


def nodes() -> pd.DataFrame:
    """Actors of the diagrams.

    Returns
    -------
    Index id; columns nom, niveau (one of ``LEVELS``), colonne (place from left to right, the
    bassins near the middle), remarque.
    """
    return facts("flux_noeuds").set_index("id")


def flows(diagram: str) -> pd.DataFrame:
    """Flows of a diagram.

    Parameters
    ----------
    diagram : a key of ``DIAGRAMS``

    Returns
    -------
    Columns id, de, vers (ids of ``nodes``), flux, etat (one of ``STATES``), document, article,
    points (numbers of ``attention``, apart by spaces).

    Raises
    ------
    DataError
        If the diagram is unknown.
    """
    if diagram not in DIAGRAMS:
        raise DataError(f"Diagramme inconnu : « {diagram[:40]} ».")
    found = facts("flux")
    return found[found["diagramme"] == diagram].reset_index(drop=True)


def degrees(diagram: str) -> pd.DataFrame:
    """How many flows leave and reach each actor, those marked absent not counted.

    Returns
    -------
    Index id of every node, pivots first (most flows), then by name; columns nom, sortants,
    entrants, total. A total of 0 is an isolated node.
    """
    found = flows(diagram)
    there = found[found["etat"] != ABSENT]
    table = nodes()[["nom"]].copy()
    table["sortants"] = there["de"].value_counts().reindex(table.index, fill_value=0)
    table["entrants"] = there["vers"].value_counts().reindex(table.index, fill_value=0)
    table["total"] = table["sortants"] + table["entrants"]
    return table.sort_values(["total", "nom"], ascending=[False, True])


@lru_cache(maxsize=4)
def layout(diagram: str) -> dict[str, tuple[float, float]]:
    """Where each actor that has a flow stands: columns from left to right, bassins at the heart.

    Returns
    -------
    x and y in [-1, 1] by node, from networkx's multipartite layout.
    """
    graph = _graph(diagram)
    import networkx as nx

    column = nodes()["colonne"].astype(int)
    columns = {c: [i for i in graph if column[i] == c] for c in sorted(set(column[list(graph)]))}
    # Columns as lists: by the name of the attribute, networkx gathers sets, whose order changes.
    placed = nx.multipartite_layout(graph, subset_key=columns, align="vertical")
    return {node: (float(x), float(y)) for node, (x, y) in placed.items()}


def _graph(diagram: str) -> nx.MultiDiGraph[str]:
    import networkx as nx

    known, found = nodes(), flows(diagram)
    used = set(found["de"]) | set(found["vers"])
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for id_ in known.index:
        if id_ in used:
            graph.add_node(id_, colonne=int(known.at[id_, "colonne"]))
    for flow in found.itertuples():
        graph.add_edge(flow.de, flow.vers)
    return graph


def attention() -> pd.DataFrame:
    """The ten points of attention, and the flows beside which each is written.

    Returns
    -------
    Columns numero, titre, texte, flux (ids of flows, "" when the point is about the whole).
    """
    of: dict[str, list[str]] = {}
    for flow in facts("flux").itertuples():
        for number in flow.points.split():
            of.setdefault(number, []).append(flow.id)
    table = facts("attention").copy()
    table["flux"] = [" ".join(of.get(number, [])) for number in table["numero"]]
    return table


def faults() -> list[str]:
    """What is wrong in the tables of flows, one French sentence each."""
    known, found = set(facts("flux_noeuds")["id"]), facts("flux")
    numbers = set(facts("attention")["numero"])
    wrong: list[str] = []
    for flow in found.itertuples():
        for end in (flow.de, flow.vers):
            if end not in known:
                wrong.append(f"Flux {flow.id} : acteur non déclaré (« {end} »).")
        if flow.document not in documents():
            wrong.append(f"Flux {flow.id} : document source non déclaré (« {flow.document} »).")
        if flow.etat not in STATES:
            wrong.append(f"Flux {flow.id} : état inconnu (« {flow.etat} »).")
        if flow.diagramme not in DIAGRAMS:
            wrong.append(f"Flux {flow.id} : diagramme inconnu (« {flow.diagramme} »).")
        strange = set(flow.points.split()) - numbers
        if strange:
            wrong.append(f"Flux {flow.id} : point d’attention inconnu ({', '.join(strange)}).")
    doubles = found["id"][found["id"].duplicated()]
    wrong += [f"Flux en double : {id_}." for id_ in doubles]
    levels = nodes()["niveau"]
    wrong += [f"Niveau inconnu pour « {i} »." for i in levels.index[~levels.isin(LEVELS)]]
    return wrong
