"""The vault against a real Secret Service."""
