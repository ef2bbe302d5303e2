"""The tree of reasons that a report can name, read once from the shipped data."""

from __future__ import annotations

import hashlib
from functools import cache

import msgspec

from safetyclient.assets import resource
from safetyclient.backend.routes import operation
from safetyclient.wire.v1.taxonomy import Leaf, Taxonomy

NOT_REPORTS = frozenset({"self.dislike", "appeal"})
"""Leaves that end otherwise than in a report: hiding, and an appeal."""


@cache
def taxonomy() -> Taxonomy:
    """Return all leaves in order; the version is a hash of the file."""
    data = resource("flows", "report_taxonomy.json").read_bytes()
    return Taxonomy(
        version=hashlib.sha256(data).hexdigest()[:12],
        leaves=msgspec.json.decode(data, type=list[Leaf]),
    )


@cache
def reasons() -> frozenset[str]:
    """Return the leaf ids that a report may name."""
    return frozenset(leaf.id for leaf in taxonomy().leaves) - NOT_REPORTS


@operation("GET", "/taxonomy", name="getTaxonomy", tag="server", check=None)
def get_taxonomy() -> Taxonomy:
    """Tell all reasons that a report can name, for everybody."""
    return taxonomy()


HANDLERS = (get_taxonomy,)
