"""Adapter for Bluesky and other AT Protocol services."""
