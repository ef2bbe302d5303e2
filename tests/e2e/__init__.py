"""Tests that run the backend and the application as processes."""
