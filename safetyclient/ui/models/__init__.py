"""Qt models over windows of projected rows."""
