"""Tests of how tokens are come by."""
