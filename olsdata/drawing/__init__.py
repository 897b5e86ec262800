"""Bassins de vie drawn by the field: proposals, their facts, their comparison, their adoption."""
