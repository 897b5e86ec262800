"""Shared weights of the need index, each with its reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of the shared weights."""
    op.create_table(
        "shared_weights",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("ols", sa.String(10), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("lines", sa.JSON, nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("author", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("updated", sa.String(32), nullable=False),
        sa.CheckConstraint("state in ('active', 'retire')", name="ck_shared_weights_state"),
        sa.PrimaryKeyConstraint("id", name="pk_shared_weights"),
    )
    op.create_index(
        "ix_shared_weights_ols_folded",
        "shared_weights",
        ["ols", "folded"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
