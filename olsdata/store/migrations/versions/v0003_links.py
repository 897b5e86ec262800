"""Links between structures that the field adds to the typical relations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of the links."""
    op.create_table(
        "link",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("structure_a", sa.String(80), nullable=False),
        sa.Column("structure_b", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("updated", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
    )
    op.create_index("ix_link_state", "link", ["state"])


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
