"""The pure models and rules."""
