"""The tests of releases."""
