"""Full-text search on PostgreSQL: the same words as the index of SQLite, kept by the database.

Words are taken as SQLite's ``unicode61 remove_diacritics 2`` takes them: capitals and accents do
not count, every word is kept, none is cut to its root. The French configuration of PostgreSQL would
drop « pas » and « sans », which a note may be about, and find other notes than a file does.
``unaccent`` is an extension that a host may refuse: ``normalize`` does as much here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# By their numbers, not by a class of characters, so that the locale of the server changes nothing.
MARKS = r"[\u0300-\u036F]+"
SEPARATORS = r"[\u0001-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00BF\u2000-\u206F\u3000-\u303F]+"
WORDS = f"""
CREATE FUNCTION note_words(said text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(
    regexp_replace(normalize(lower(translate(said, 'ŒÆØ', 'œæø')), NFD), '{MARKS}', '', 'g'),
    '{SEPARATORS}', ' ', 'g'
  )
$$
"""
COLUMN = """
ALTER TABLE note ADD COLUMN words tsvector GENERATED ALWAYS AS (
  to_tsvector('simple'::regconfig, note_words(text || ' ' || for_whom))
) STORED
"""


def upgrade() -> None:
    """Add the words of each note, and their index."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql(WORDS)
        bind.exec_driver_sql(COLUMN)
        op.create_index("ix_note_words", "note", [sa.column("words")], postgresql_using="gin")


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
