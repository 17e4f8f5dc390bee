"""Tests of what programs of others are told."""
