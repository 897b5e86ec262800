"""What a territory says of the flows of the reform."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of the statements."""
    op.create_table(
        "flow_mark",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("ols", sa.String(10), nullable=False),
        sa.Column("diagram", sa.String(20), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("here", sa.String(10), nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("author", sa.String(20), nullable=False),
        sa.Column("moment", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_flow_mark"),
    )
    op.create_index("ix_flow_mark_ols", "flow_mark", ["ols"])


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
