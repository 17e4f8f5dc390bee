"""Tests of notices on lock screens."""
