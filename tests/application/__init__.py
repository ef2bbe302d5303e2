"""The use cases over a real store and a fake network."""
