"""Small parts shared by pages."""
