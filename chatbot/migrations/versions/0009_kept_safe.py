"""Withdrawals and hand-overs that outlive a worker, messages that no operator can get, and indexes for long lists."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
LISTED = (
    ("decision", "asked_at"),
    ("incident", "opened_at"),
    ("incident", "closed_at"),
    ("legal_hold", "until"),
    ("child_hold", "held_at"),
)


def upgrade() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_withdrawal_until", "withdrawal", ["until"])
    op.create_table(
        "handed_over",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    op.create_index("ix_handed_over_until", "handed_over", ["until"])
    op.add_column("outgoing", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    for table, column in LISTED:
        op.create_index(f"ix_{table}_{column}", table, [column])
    objected = sa.text("event_type = 'objected'")
    op.create_index(
        "ix_consent_event_objected", "consent_event", ["at", "id"], sqlite_where=objected, postgresql_where=objected
    )


def downgrade() -> None:
    op.drop_index("ix_consent_event_objected", "consent_event")
    for table, column in LISTED:
        op.drop_index(f"ix_{table}_{column}", table)
    op.drop_column("outgoing", "retired_at")
    op.drop_index("ix_handed_over_until", "handed_over")
    op.drop_table("handed_over")
    op.drop_index("ix_withdrawal_until", "withdrawal")
    op.drop_table("withdrawal")
