"""Adapters, each alone."""
