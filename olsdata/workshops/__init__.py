"""Workshops: what a room sees, says, understands, supposes, and chooses as its first step.

One module per concept: ``lists`` (closed lists), ``rows`` (rights, revisions, texts), ``pictures``,
``book`` (the workshop itself), ``voices`` (contributions), ``ideas`` (hypotheses, first steps),
``cycles`` (what was learnt), ``mandates`` (fiche mandat), ``record`` (what the room takes home).
Everything is kept at each step, so that a crash loses nothing.
"""
