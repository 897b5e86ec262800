"""Which colour each bassin gets: neighbours differ, and a colour stays while it can."""

from __future__ import annotations

from collections.abc import Mapping

from olsdata.drawing import facts
from olsdata.drawing.plan import Plan


def tints(plan: Plan, count: int, before: Mapping[str, int] | None = None) -> dict[str, int]:
    """Number of the colour of each bassin.

    Parameters
    ----------
    plan : bassins
    count : colours that there are
    before : colours of the bassins before a change; kept wherever neighbours still differ

    Returns
    -------
    dict, bassin id → 0 to ``count`` - 1; two neighbours only share one when all are taken.

    Examples
    --------
    >>> from olsdata.drawing.starts import start
    >>> drawn = start("grille", "05")
    >>> found = tints(drawn, 7)
    >>> any(found[a] == found[b] for a, near in facts.neighbours(drawn).items() for b in near)
    False
    """
    near = facts.neighbours(plan)
    found: dict[str, int] = {}
    for bassin in plan.names:
        kept = (before or {}).get(bassin, count)
        if kept < count and all(found.get(other) != kept for other in near[bassin]):
            found[bassin] = kept
    # Those with most neighbours choose first; then the colour used least.
    for bassin in sorted(plan.names, key=lambda b: (-len(near[b]), b)):
        if bassin not in found:
            around = [found[other] for other in near[bassin] if other in found]
            used = list(found.values())
            order = sorted(range(count), key=lambda i: (around.count(i), used.count(i), i))
            found[bassin] = order[0]
    return found
