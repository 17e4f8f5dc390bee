"""Tests of records that are handed out."""
