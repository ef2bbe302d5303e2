"""The one HTTP door against hostile servers, networks and environments."""
