"""Cookies: no table. A yes goes into the ledger of consent, a plain no is kept by the visitor alone."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """Nothing to undo."""
