"""Workshops: contributions, hypotheses, first steps, learning cycles; fiches mandat."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES: dict[str, dict[str, Any]] = {
    "workshop": {
        "ols": 10,
        "place": 64,
        "place_label": sa.Text,
        "title": sa.Text,
        "date": 10,
        "state": 10,
        "code": 12,
        "held": sa.Boolean,
        "position": sa.Integer,
        "pictures": sa.JSON,
        "represented": sa.JSON,
        "absent": sa.JSON,
        "present": sa.Text,
        "missing": sa.Text,
        "opened": 32,
        "closed": 32,
        "updated": 32,
    },
    "contribution": {
        "workshop": 64,
        "picture": 64,
        "text": sa.Text,
        "kind": 10,
        "origin": 10,
        "author": 20,
        "shown": sa.Boolean,
        "reading": 12,
        "note": 64,
    },
    "hypothesis": {
        "workshop": 64,
        "belief": sa.Text,
        "reason": sa.Text,
        "contributions": sa.JSON,
        "pictures": sa.JSON,
        "updated": 32,
    },
    "first_step": {
        "workshop": 64,
        "hypothesis": 64,
        "who": sa.Text,
        "bassins": sa.JSON,
        "bassin_labels": sa.JSON,
        "axis": 12,
        "result": sa.Text,
        "by_when": 10,
        "updated": 32,
    },
    "cycle": {
        "step": 64,
        "ols": 10,
        "turn": sa.Integer,
        "phase": 12,
        "theme": 20,
        "visibility": 10,
        "date": 10,
        **dict.fromkeys(("plan", "tried", "learnt", "fallen", "next", "wins"), sa.Text),
        "updated": 32,
    },
    "mandate": {"ols": 10, "fields": sa.JSON, "updated": 32},
}
"""Columns of each table: a length, or a type; every one is required."""

INDEXES = {
    "workshop": [["ols", "date"]],
    "contribution": [["workshop", "number"]],
    "hypothesis": [["workshop"]],
    "first_step": [["workshop"]],
    "cycle": [["ols", "visibility"]],
    "mandate": [["ols"]],
}
CHECKS = {
    "workshop": ("state", "state in ('prepare', 'ouvert', 'clos')"),
    "contribution": ("text", "length(text) <= 1000"),
}


def upgrade() -> None:
    """Create the tables of the workshops."""
    for table, columns in TABLES.items():
        parts: list[sa.schema.SchemaItem] = [sa.Column("number", sa.Integer, nullable=False)]
        whole = {"id": 64, **columns, "revision": sa.Integer, "created": 32}
        for name, kind in whole.items():
            type_ = sa.String(kind) if isinstance(kind, int) else kind
            parts.append(sa.Column(name, type_, nullable=False))
        parts.append(sa.PrimaryKeyConstraint("number", name=f"pk_{table}"))
        for parent, target in (("workshop", "workshop.id"), ("step", "first_step.id")):
            if parent in columns:
                parts.append(
                    sa.ForeignKeyConstraint([parent], [target], name=f"fk_{table}_{parent}")
                )
        if table in CHECKS:
            name, rule = CHECKS[table]
            parts.append(sa.CheckConstraint(rule, name=f"ck_{table}_{name}"))
        op.create_table(table, *parts)
        op.create_index(f"ix_{table}_id", table, ["id"], unique=True)
        for names in INDEXES[table]:
            op.create_index(f"ix_{table}_{'_'.join(names)}", table, names)
    op.create_index("ix_cycle_step_turn", "cycle", ["step", "turn"], unique=True)


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError
