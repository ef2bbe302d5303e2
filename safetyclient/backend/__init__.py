"""The reference backend, always in its own process."""
