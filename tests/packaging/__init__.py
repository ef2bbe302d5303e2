"""What ships: the wheel, the commands."""
