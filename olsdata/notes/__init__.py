"""Notes de terrain: what the field knows and lives, beside the figures.

One module per concept: ``lists`` (closed lists), ``places``, ``actors`` (rights), ``content`` (what
a record says), ``guard`` (protection of persons), ``book`` (add, revise, answer, find…),
``drafts``, ``board`` (besoins and signals), ``files`` (between machines, backup), ``demo``.
Importing them costs nothing: the database is opened by the first function that needs it.
"""
