"""Besoins put together by a person, for the Forum; the besoins themselves do not change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the gatherings."""
    op.create_table(
        "gathering",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("updated", sa.String(32), nullable=False),
        sa.CheckConstraint("state in ('active', 'defait', 'distinct')", name="ck_gathering_state"),
        sa.PrimaryKeyConstraint("id", name="pk_gathering"),
    )
    op.create_index("ix_gathering_state", "gathering", ["state"])
    op.create_table(
        "gathering_member",
        sa.Column("gathering", sa.String(64), nullable=False),
        sa.Column("note", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering"], ["gathering.id"], name="fk_gathering_member_gathering"
        ),
        sa.PrimaryKeyConstraint("gathering", "note", name="pk_gathering_member"),
    )
    op.create_index("ix_gathering_member_note", "gathering_member", ["note"])


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
