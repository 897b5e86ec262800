"""Proposals of bassins de vie; their plans and their history are revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of the drawings."""
    op.create_table(
        "drawing",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("ols", sa.String(10), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("trail", sa.JSON, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("updated", sa.String(32), nullable=False),
        sa.CheckConstraint("state in ('active', 'withdrawn')", name="ck_drawing_state"),
        sa.CheckConstraint("status in ('atelier', 'valide')", name="ck_drawing_status"),
        sa.PrimaryKeyConstraint("id", name="pk_drawing"),
    )
    op.create_index("ix_drawing_ols_state", "drawing", ["ols", "state"])


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
