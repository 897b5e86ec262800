"""Universalisme proportionné: the floor, the gradient, and what the field says.

One concept per module: ``need`` (index of need, groups, bands), ``units`` (what counts as one
observation), ``resources`` (what is set against need; the floor), ``gradient`` (slope and
concentration), ``proportionality`` (ratio, units to move or add), ``laws`` (weights that the law
already gives), ``blend`` (figures and field notes, always side by side).
"""
