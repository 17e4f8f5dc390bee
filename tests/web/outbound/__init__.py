"""Tests of what this server asks of others by HTTP."""
