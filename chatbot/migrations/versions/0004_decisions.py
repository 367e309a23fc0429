"""Decisions, legal holds, and what downstream is told."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
LOOKED_FOR = (("decision", "incident_id"), ("child_hold", "incident_id"), ("incident", "status"))


def new() -> tuple[tuple[str, sa.Column[Any]], ...]:
    """Give the new columns, made afresh each time: a column belongs to one table."""
    return (
        ("incident", sa.Column("opened_by", sa.String(length=64), nullable=False, server_default="")),
        ("incident", sa.Column("closed_by", sa.String(length=64), nullable=False, server_default="")),
        ("incident", sa.Column("countries", sa.JSON(), nullable=False, server_default="[]")),
        ("incident", sa.Column("aware_at", sa.DateTime(timezone=True), nullable=True)),
        ("child_hold", sa.Column("decision_id", sa.String(length=32), nullable=True)),
    )


def upgrade() -> None:
    for table, column in new():
        op.add_column(table, column)
    op.create_table(
        "decision",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.Column("incident_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effect", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decision_session_id", "decision", ["session_id"])
    op.create_index("ix_decision_at", "decision", ["at"])
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("law", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_id", sa.String(length=32), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table, name in LOOKED_FOR:
        op.create_index(f"ix_{table}_{name}", table, [name])
    for name in ("session_id", "frozen_id", "ended_at"):
        op.create_index(f"ix_legal_hold_{name}", "legal_hold", [name])
    op.create_table(
        "outgoing",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outgoing_waiting", "outgoing", ["delivered_at", "due_at"])
    op.create_table(
        "secret_print",
        sa.Column("print", sa.String(length=64), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("print"),
    )


def downgrade() -> None:
    for table, name in LOOKED_FOR:
        op.drop_index(f"ix_{table}_{name}", table)
    for table in ("secret_print", "outgoing", "legal_hold", "decision"):
        op.drop_table(table)
    for table, column in new():
        op.drop_column(table, column.name)
