"""Editions of the notice, acknowledgements, and the audit of refusals."""

import sqlalchemy as sa
from alembic import op

from consent.tables import append_only, append_only_undo

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("notice_edition", "acknowledgement", "audit_event")


def upgrade() -> None:
    op.create_table(
        "notice_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("touched", sa.JSON(), nullable=False),
        sa.Column("abroad", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed", sa.Integer(), nullable=False),
        sa.Column("mail_failed", sa.Integer(), nullable=False),
        sa.Column("mail_note", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("notice_version", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["subject.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acknowledgement_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.String(length=64), nullable=False) for name in ("role", "actor", "data_class")),
        *(sa.Column(name, sa.String(length=64), nullable=False) for name in ("purpose", "recipient", "reason")),
        *(sa.Column(name, sa.String(length=64), nullable=False) for name in ("previous", "digest")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stream", "number", name="uq_audit_event_stream_number"),
    )
    for table in TABLES:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        for statement in append_only_undo(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("audit_event")
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acknowledgement_subject_id"))

    op.drop_table("acknowledgement")
    op.drop_table("notice_edition")
