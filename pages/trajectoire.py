"""Trajectoire: where a team stands on its own road, and how it moved."""

from olsdata.ui import cards, state, trajectory

view = state.current()

cards.title(view, "Trajectoire")
trajectory.show(view)
