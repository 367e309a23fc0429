"""Policies are announced like notices; a link to confirm works once."""

import sqlalchemy as sa
from alembic import op

from consent.tables import append_only, append_only_undo

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.Column("document", sa.String(length=64), nullable=False, server_default="notice")
    op.add_column("notice_edition", document)
    op.create_table(
        "announcement",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["notice_edition.id"]),
        sa.PrimaryKeyConstraint("edition_id", "channel"),
    )
    op.create_table(
        "spent_link",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    op.create_index("ix_spent_link_until", "spent_link", ["until"])


def downgrade() -> None:
    op.drop_index("ix_spent_link_until", "spent_link")
    op.drop_table("spent_link")
    op.drop_table("announcement")
    # The release before takes every row of this table for a notice.
    dialect = op.get_bind().dialect.name
    for statement in append_only_undo("notice_edition", dialect):
        op.execute(statement)
    op.execute("DELETE FROM notice_edition WHERE document <> 'notice'")
    for statement in append_only("notice_edition", dialect):
        op.execute(statement)
    op.drop_column("notice_edition", "document")
