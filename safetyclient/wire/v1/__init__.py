"""Version 1 of the reference API: one file per noun."""
