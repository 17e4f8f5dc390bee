"""Tests prove."""
