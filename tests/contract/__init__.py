"""One suite over the port Network, on running servers."""
