"""Where each record came from, and who a subject is."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What was kept before this came through the one channel that each table then had.
CAME_BY = {
    "chat_session": "chat",
    "turn": "chat",
    "acknowledgement": "chat",
    "feedback": "feedback",
    "handoff": "handoff",
    "turn_note": "guardian",
}


def upgrade() -> None:
    for table, source in CAME_BY.items():
        op.add_column(table, sa.Column("source", sa.String(length=64), nullable=False, server_default=source))
    # Events of consent are chained by hash and never changed: the older ones stay without a source.
    op.add_column("consent_event", sa.Column("source", sa.String(length=64), nullable=True))
    kind = sa.Column("subject_type", sa.String(length=16), nullable=False, server_default="natural")
    op.add_column("subject", kind)


def downgrade() -> None:
    op.drop_column("subject", "subject_type")
    for table in ("consent_event", *CAME_BY):
        op.drop_column(table, "source")
