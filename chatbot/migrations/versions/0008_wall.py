"""Emergencies, who is under age, and the head of each session's audit chain."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ("minor", "audit_number", "audit_digest")


def upgrade() -> None:
    """A session from before counts as a minor's: nobody knows any more, and unknown is strictest."""
    op.create_table(
        "emergency",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_emergency_session_id", "emergency", ["session_id"])
    op.add_column("chat_session", sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("chat_session", sa.Column("audit_number", sa.Integer(), nullable=False, server_default="0"))
    digest = sa.Column("audit_digest", sa.String(length=64), nullable=False, server_default="0" * 64)
    op.add_column("chat_session", digest)


def downgrade() -> None:
    """Take them away again."""
    for column in COLUMNS:
        op.drop_column("chat_session", column)
    op.drop_index("ix_emergency_session_id", "emergency")
    op.drop_table("emergency")
