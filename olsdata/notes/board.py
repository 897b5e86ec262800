"""Besoins and signals by status, with how long they wait; never a comparison of territories."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from olsdata.notes import lists, places
from olsdata.notes.actors import Actor
from olsdata.notes.book import Note, find


def board(
    actor: Actor,
    sort: str = "besoin",
    place: str = "",
    shown: Collection[str] = lists.VISIBILITY,
) -> dict[str, list[Note]]:
    """Besoins (or signals) by status, in the order of the statuses; by place, then oldest first.

    Parameters
    ----------
    shown : visibilities that are read, as in ``book.find``

    Raises
    ------
    DeniedError
        If the role may not read.
    DataError
        If the place does not exist.
    """
    found = find(actor, sort=sort, place=place, shown=shown, limit=None).notes
    found.sort(key=lambda n: (n.ols, n.content.place, n.content.date))
    return {s: [n for n in found if n.status == s] for s in lists.STATUS[sort]}


def signals(
    actor: Actor, place: str = "", shown: Collection[str] = lists.VISIBILITY
) -> dict[str, list[Note]]:
    """Signals by the level able to solve them; those without an answer first, oldest first."""
    found = find(actor, sort="signal", place=place, shown=shown, limit=None).notes
    found.sort(key=lambda n: (n.waiting is None, n.content.date))
    return {level: [n for n in found if n.content.level == level] for level in lists.SIGNAL_LEVELS}


def consolidated(
    actor: Actor, place: str = "", shown: Collection[str] = lists.VISIBILITY
) -> pd.DataFrame:
    """Besoins of each OLS by status and by what is missing, in the order of the OLS.

    Returns
    -------
    DataFrame, index ols; label, besoins, one column per status, one ``manque_…`` per thing
    missing, one ``obstacle_…`` per obstacle; counts. OLS without a besoin are there, with zeros.
    """
    found = find(actor, sort="besoin", place=place, shown=shown, limit=None).notes
    labels = {id_: places.known()[id_].label for id_ in places.all_ols()}
    rows = []
    for id_, label in labels.items():
        mine = [n for n in found if n.ols == id_]
        counts: dict[str, object] = {"ols": id_, "label": label, "besoins": len(mine)}
        counts |= {s: sum(n.status == s for n in mine) for s in lists.STATUS["besoin"]}
        counts |= {f"manque_{m}": sum(n.content.missing == m for n in mine) for m in lists.MISSING}
        counts |= {
            f"obstacle_{o}": sum(n.content.obstacle == o for n in mine) for o in lists.OBSTACLES
        }
        rows.append(counts)
    return pd.DataFrame(rows).set_index("ols")
