"""Registry: proposals and their communes, declarations, counts of doctors, revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _record(*columns: sa.Column[object]) -> list[sa.Column[object]]:
    """What every kind of record has: an id, a role, a state and two moments."""
    return [
        sa.Column("id", sa.String(64), nullable=False),
        *columns,
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("updated", sa.String(32), nullable=False),
    ]


def upgrade() -> None:
    """Create the tables of the registry."""
    op.create_table(
        "proposal",
        *_record(
            sa.Column("corrects", sa.String(64), nullable=False),
            sa.Column("type", sa.String(40), nullable=False),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("seat_refnis", sa.String(5), nullable=False),
            sa.Column("seat", sa.Text, nullable=False),
            sa.Column("source", sa.Text, nullable=False),
            sa.Column("source_date", sa.String(10), nullable=False),
            sa.Column("link", sa.Text, nullable=False),
            sa.Column("remark", sa.Text, nullable=False),
            sa.Column("revision", sa.Integer, nullable=False),
        ),
        sa.CheckConstraint("state in ('active', 'withdrawn')", name="ck_proposal_state"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_type_state", "proposal", ["type", "state"])
    op.create_table(
        "proposal_commune",
        sa.Column("proposal", sa.String(64), nullable=False),
        sa.Column("refnis", sa.String(5), nullable=False),
        sa.Column("share", sa.Double, nullable=True),
        sa.Column("deduced", sa.Boolean, nullable=False),
        sa.CheckConstraint(
            "share is null or (share > 0 and share <= 1)", name="ck_proposal_commune_share"
        ),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.id"], name="fk_proposal_commune_proposal"),
        sa.PrimaryKeyConstraint("proposal", "refnis", name="pk_proposal_commune"),
    )
    op.create_table(
        "declaration",
        *_record(
            sa.Column("type", sa.String(40), nullable=False),
            sa.Column("ols", sa.String(10), nullable=False),
            sa.Column("date", sa.String(10), nullable=False),
            sa.Column("source", sa.Text, nullable=False),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_declaration"),
    )
    op.create_index("ix_declaration_type_ols", "declaration", ["type", "ols"])
    op.create_table(
        "doctor_count",
        *_record(
            sa.Column("refnis", sa.String(5), nullable=False),
            sa.Column("doctors", sa.Integer, nullable=False),
            sa.Column("date", sa.String(10), nullable=False),
            sa.Column("source", sa.Text, nullable=False),
        ),
        sa.CheckConstraint("doctors >= 0", name="ck_doctor_count_doctors"),
        sa.PrimaryKeyConstraint("id", name="pk_doctor_count"),
    )
    op.create_index("ix_doctor_count_refnis_date", "doctor_count", ["refnis", "date"])
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
    )
    op.create_index(
        "ix_revision_kind_subject_number", "revision", ["kind", "subject", "number"], unique=True
    )


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
