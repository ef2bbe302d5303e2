"""Posts with media and uploads, Spaces, and cases with decisions and appeals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return (
        sa.Column("id", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _ref(
    table: str, name: str, target: str = "people", *, nullable: bool = False
) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column(name, sa.BigInteger, nullable=nullable, autoincrement=False),
        sa.ForeignKeyConstraint(
            [name], [f"{target}.id"], name=f"fk_{table}_{name}", ondelete="CASCADE"
        ),
    )


def upgrade() -> None:
    """Create the tables."""
    _uploads()
    _posts()
    _spaces()
    _cases()


def _uploads() -> None:
    op.create_table(
        "uploads",
        *_id("uploads"),
        *_ref("uploads", "owner_id"),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("part_bytes", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint(
            "owner_id", "change", "number", name="uq_uploads_owner_id_change_number"
        ),
    )
    op.create_table(
        "upload_parts",
        *_ref("upload_parts", "upload_id", "uploads"),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "number", name="pk_upload_parts"),
    )


def _posts() -> None:
    op.create_table(
        "posts",
        *_id("posts"),
        *_ref("posts", "author_id"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
    )
    op.create_index("ix_posts_author_id_id", "posts", ["author_id", "id"])
    op.create_table(
        "media",
        *_id("media"),
        *_ref("media", "upload_id", "uploads"),
        *_ref("media", "owner_id"),
        *_ref("media", "post_id", "posts", nullable=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("width", sa.BigInteger, nullable=True),
        sa.Column("height", sa.BigInteger, nullable=True),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("warnings", sa.Text, nullable=False),
        sa.UniqueConstraint("upload_id", name="uq_media_upload_id"),
    )
    op.create_index("ix_media_post_id_place", "media", ["post_id", "place"])
    op.create_index("ix_media_owner_id", "media", ["owner_id"])
    op.create_table(
        "reposts",
        *_id("reposts"),
        *_ref("reposts", "person_id"),
        *_ref("reposts", "post_id", "posts"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint(
            "post_id", "person_id", name="uq_reposts_post_id_person_id"
        ),
    )


def _spaces() -> None:
    op.create_table(
        "spaces",
        *_id("spaces"),
        *_ref("spaces", "host_id"),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.Column("has_video", sa.Boolean, nullable=False),
    )
    op.create_index("ix_spaces_ends_at", "spaces", ["ends_at"])
    op.create_table(
        "space_participants",
        *_ref("space_participants", "space_id", "spaces"),
        *_ref("space_participants", "person_id"),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("joined_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("space_id", "person_id", name="pk_space_participants"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        *_id("cases"),
        *_ref("cases", "reporter_id"),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("open_until", sa.BigInteger, nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_cases_reporter_id_id", "cases", ["reporter_id", "id"])
    op.create_index("ix_cases_state_id", "cases", ["state", "id"])
    op.create_table(
        "decisions",
        *_id("decisions"),
        *_ref("decisions", "case_id", "cases"),
        *_ref("decisions", "moderator_id"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("days", sa.Integer, nullable=True),
        sa.Column("automated", sa.Boolean, nullable=False),
        sa.Column("redress", sa.Text, nullable=False),
        sa.Column("appeal_until", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_decisions_case_id", "decisions", ["case_id"])
    op.create_table(
        "case_events",
        *_id("case_events"),
        *_ref("case_events", "case_id", "cases"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        *_ref("case_events", "decision_id", "decisions", nullable=True),
    )
    op.create_index("ix_case_events_case_id", "case_events", ["case_id"])
    op.create_table(
        "appeals",
        *_id("appeals"),
        *_ref("appeals", "decision_id", "decisions"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.Column("answered_at", sa.BigInteger, nullable=True),
        sa.Column("answer", sa.Text, nullable=False),
        sa.UniqueConstraint("decision_id", name="uq_appeals_decision_id"),
    )
    op.create_index("ix_appeals_state_id", "appeals", ["state", "id"])
