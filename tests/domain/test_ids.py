"""Ids: fresh for each act, and the same again for a repeated request."""

from __future__ import annotations

import pytest

from safetyclient.domain.ids import batch_of_request, batches_of, new_batch_id


def test_a_repeated_request_gets_the_batches_that_it_had() -> None:
    with batches_of("request-1"):
        first = [new_batch_id(), new_batch_id()]
    with batches_of("request-1"):
        assert [new_batch_id(), new_batch_id()] == first
    assert first == [batch_of_request("request-1", number=n) for n in (0, 1)]
    with batches_of("request-2"):
        assert new_batch_id() not in first
    assert len(set(first)) == 2


def test_after_a_request_batches_are_fresh_again() -> None:
    class Stop(Exception):
        """Ends the request in the middle."""

    with pytest.raises(Stop), batches_of("request-1"):
        raise Stop
    fresh = {new_batch_id() for _ in range(50)}
    assert len(fresh) == 50
    assert batch_of_request("request-1") not in fresh


def test_a_request_inside_another_leaves_the_outer_one_its_own() -> None:
    with batches_of("outer"):
        with batches_of("inner"):
            assert new_batch_id() == batch_of_request("inner")
        assert new_batch_id() == batch_of_request("outer")
