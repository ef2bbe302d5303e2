"""What must hold for every order of events."""
