"""Adapter for what the X API really offers."""
