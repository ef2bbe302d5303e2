"""Processes that are killed, and the ledger of what arrived."""
