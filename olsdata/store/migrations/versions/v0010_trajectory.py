"""What a team writes of its trajectory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of the entries."""
    op.create_table(
        "trajectory_entry",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("ols", sa.String(10), nullable=False),
        sa.Column("sort", sa.String(10), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("author", sa.String(20), nullable=False),
        sa.Column("moment", sa.String(32), nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_trajectory_entry"),
    )
    op.create_index("ix_trajectory_entry_ols_sort", "trajectory_entry", ["ols", "sort"])


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
