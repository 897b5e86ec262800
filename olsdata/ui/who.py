"""Who acts: on every page, the actor that the functions of the store take."""

from __future__ import annotations

from olsdata.notes import actors
from olsdata.notes.actors import Actor


def actor() -> Actor:
    """Who reads and writes: this machine has every right in local mode."""
    return actors.LOCAL
