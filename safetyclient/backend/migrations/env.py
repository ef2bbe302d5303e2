"""Alembic's entry: runs migrations on the connection that the server hands over."""

from __future__ import annotations

from alembic import context

# The caller owns connection and transaction: a migration that fails leaves nothing.
context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
