"""Tests of the guided flows: data, walks, texts."""
