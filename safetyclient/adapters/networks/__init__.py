"""One package per network; they do not know each other."""
