"""The encrypted local store."""

from __future__ import annotations

from safetyclient.adapters.store.store import Store

__all__ = ["Store"]
