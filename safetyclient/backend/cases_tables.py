"""Tables of reports, their cases, decisions and appeals."""

from __future__ import annotations

import sqlalchemy as sa

from safetyclient.backend.database import Instant, Key, Words
from safetyclient.backend.tables import metadata, person_key


def _case_key() -> sa.Column[int]:
    return sa.Column(
        "case_id",
        sa.BigInteger,
        sa.ForeignKey("cases.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Key, primary_key=True),
    person_key("reporter_id"),
    # The idempotency key of the report: so its author finds it again.
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    # The report as it came, as JSON.
    sa.Column("report", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # A decided case is closed after this, unless there was an appeal.
    sa.Column("open_until", Instant, nullable=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index(None, "reporter_id", "id"),
    sa.Index(None, "state", "id"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _case_key(),
    person_key("moderator_id"),
    sa.Column("at", Instant, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("rule", Words, nullable=False),
    sa.Column("facts", Words, nullable=False),
    sa.Column("scope", Words, nullable=False),
    # Empty: for good.
    sa.Column("days", sa.Integer, nullable=True),
    sa.Column("automated", sa.Boolean, nullable=False),
    sa.Column("redress", Words, nullable=False),
    sa.Column("appeal_until", Instant, nullable=False),
)

case_events = sa.Table(
    "case_events",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _case_key(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column(
        "decision_id",
        sa.BigInteger,
        sa.ForeignKey("decisions.id", ondelete="CASCADE"),
        nullable=True,
    ),
)

appeals = sa.Table(
    "appeals",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column(
        "decision_id",
        sa.BigInteger,
        sa.ForeignKey("decisions.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    sa.Column("text", Words, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("answered_at", Instant, nullable=True),
    sa.Column("answer", Words, nullable=False),
    sa.Index(None, "state", "id"),
)
