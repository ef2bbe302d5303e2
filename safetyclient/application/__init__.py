"""Use cases: asyncio and domain only."""
