"""Atelier: a room looks at figures, says what they do not show, and chooses a first step."""

from olsdata.ui import state, workshop

workshop.page(state.current())
