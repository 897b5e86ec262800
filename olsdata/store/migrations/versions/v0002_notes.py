"""Notes de terrain: notes and their steps, drafts, full-text search on SQLite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEARCHED = ("text", "for_whom")

SHORT = {
    "sort": 12,
    "ols": 10,
    "place": 64,
    "indicator": 64,
    "theme": 20,
    "kind": 10,
    "direction": 10,
    "confidence": 12,
    "source": 12,
    "voices": 10,
    "author": 20,
    "date": 10,
    "review_by": 10,
    "visibility": 10,
    "missing": 20,
    "obstacle": 20,
    "level": 10,
    "status": 12,
    "answers_to": 64,
    "state": 10,
    "created": 32,
    "updated": 32,
}


def _search() -> list[str]:
    """An index of words over the notes, which triggers keep true to them."""
    new, old = (", ".join(f"{row}.{name}" for name in SEARCHED) for row in ("new", "old"))
    names = ", ".join(SEARCHED)
    drop = (
        f"INSERT INTO note_search(note_search, rowid, {names}) "  # noqa: S608
        f"VALUES ('delete', old.number, {old});"
    )
    add = f"INSERT INTO note_search(rowid, {names}) VALUES (new.number, {new});"  # noqa: S608
    return [
        f"CREATE VIRTUAL TABLE note_search USING fts5({names}, content='note', "
        "content_rowid='number', tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
        f"CREATE TRIGGER note_search_add AFTER INSERT ON note BEGIN {add} END",
        f"CREATE TRIGGER note_search_drop AFTER DELETE ON note BEGIN {drop} END",
        f"CREATE TRIGGER note_search_change AFTER UPDATE OF {names} ON note BEGIN {drop} {add} END",
    ]


def upgrade() -> None:
    """Create the tables of the notes."""
    op.create_table(
        "note",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in SHORT.items()),
        sa.Column("place_label", sa.Text, nullable=False),
        sa.Column("for_whom", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("strength", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("lineage", sa.JSON, nullable=False),
        sa.CheckConstraint("state in ('active', 'retire', 'efface')", name="ck_note_state"),
        sa.CheckConstraint("length(text) <= 1000", name="ck_note_text"),
        sa.PrimaryKeyConstraint("number", name="pk_note"),
    )
    op.create_index("ix_note_id", "note", ["id"], unique=True)
    op.create_index("ix_note_state_date", "note", ["state", "date"])
    op.create_index("ix_note_ols_state_date", "note", ["ols", "state", "date"])
    op.create_index("ix_note_place_state", "note", ["place", "state"])
    op.create_index("ix_note_answers_to", "note", ["answers_to"])
    op.create_table(
        "note_step",
        sa.Column("note", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["note"], ["note.number"], name="fk_note_step_note"),
        sa.PrimaryKeyConstraint("note", "position", name="pk_note_step"),
    )
    op.create_table(
        "draft",
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("form", sa.String(100), nullable=False),
        sa.Column("note", sa.String(64), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("saved", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("holder", "form", name="pk_draft"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _search():
            op.execute(statement)


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
