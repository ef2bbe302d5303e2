"""The same facade for scripts and screen-less machines; one file per noun."""
