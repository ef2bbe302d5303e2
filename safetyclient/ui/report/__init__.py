"""Renders the guided report, one question at a time."""
