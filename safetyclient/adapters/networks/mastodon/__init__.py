"""Adapter for servers that speak the Mastodon client API."""
