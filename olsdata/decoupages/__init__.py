"""Découpages of the OLS and of the bassins: read a list, say what it changes, compare two."""
