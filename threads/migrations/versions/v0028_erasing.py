"""Erasing: the one way in which an entry may be made unreadable."""

revision = "v0028"
down_revision = "v0023"
branch_labels = None
depends_on = None

INSTALLS = {"erasing": "0501ec2ca044e9a3", "serving": "9e8bc0c3be67f4e8"}


def upgrade() -> None:
    """Only the law changes."""


def downgrade() -> None:
    """The function stays, unused."""
