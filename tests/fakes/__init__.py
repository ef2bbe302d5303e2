"""Fakes of what is not ours: networks and the clock."""
