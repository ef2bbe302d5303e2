"""The reference adapter: every endpoint, every status."""
