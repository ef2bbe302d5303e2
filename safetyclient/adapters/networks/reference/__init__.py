"""Adapter for our own open reference backend."""
