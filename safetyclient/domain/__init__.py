"""Pure models and rules; knows nothing of Qt, HTTP, SQL, keyring or asyncio."""
