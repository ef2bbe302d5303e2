"""The one HTTP door."""
