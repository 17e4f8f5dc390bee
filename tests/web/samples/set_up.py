"""Filled views of setting up from a backup."""

from dataclasses import replace
from typing import Any

from tests.web.samples.cast import KEY
from web.pages.public.views import BroughtBack

ROWS = {"practices": 1, "people": 34, "conversations": 29, "entries": 18_204}
BROUGHT = BroughtBack(KEY, "once")
FOUND = replace(
    BROUGHT,
    size=41_000_000,
    place="/srv/quietline/uploaded.backup",
    at="2026-11-22 02:00 UTC",
    program="0.1.0",
    rows=ROWS,
    opened=18_511,
)

SET_UP_PAGES: dict[str, tuple[str, Any]] = {
    "set-up-backup": ("public/brought_back.html", BROUGHT),
    "set-up-backup-arrived": ("public/brought_back.html", replace(BROUGHT, size=41_000_000)),
    "set-up-backup-wrong": (
        "public/brought_back.html",
        replace(BROUGHT, size=41_000_000, mistake="A letter of the recovery sheet is wrong."),
    ),
    "set-up-backup-found": ("public/brought_back.html", FOUND),
    "set-up-backup-elsewhere": ("public/brought_back.html", replace(FOUND, here=False, elsewhere=True)),
    "set-up-backup-key-elsewhere": ("public/brought_back.html", replace(FOUND, here=False)),
    "set-up-backup-restoring": ("public/brought_back.html", replace(FOUND, token="", restoring=True)),
    "set-up-backup-failed": (
        "public/brought_back.html",
        replace(BROUGHT, trouble="The backup could not be restored, and nothing was changed."),
    ),
}
