"""JSON shapes that cross the border to our own backend."""
