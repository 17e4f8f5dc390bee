"""Which address leads to which page about the whole practice."""

from typing import Final

from starlette.routing import Route

from web.pages.admin import (
    absences,
    archive,
    documents,
    mail_health,
    numbers,
    practice,
    public_page,
    rules,
    trail,
)
from web.pages.admin import overview as admin

ADMIN: Final = [
    Route("/admin/practice", practice.show),
    Route("/admin/practice", practice.change, methods=["POST"]),
    Route("/admin/rules", rules.show),
    Route("/admin/rules/days", rules.days, methods=["POST"]),
    Route("/admin/rules/calendar", rules.import_days, methods=["POST"]),
    Route("/admin/rules/sessions", rules.sessions, methods=["POST"]),
    Route("/admin/rules/identity", rules.identity, methods=["POST"]),
    Route("/admin/rules/keeping", rules.keeping, methods=["POST"]),
    Route("/admin/rules/exits", rules.exits, methods=["POST"]),
    Route("/admin/rules/mail", rules.mail, methods=["POST"]),
    *absences.ROUTES,
    *public_page.ROUTES,
    *documents.ROUTES,
    Route("/admin/archive", archive.show),
    Route("/admin/archive", archive.ask, methods=["POST"]),
    Route("/admin/archive/{export}/file", archive.fetch),
    Route("/admin/numbers", numbers.show),
    Route("/admin/numbers.csv", numbers.as_csv),
    Route("/admin/mail", mail_health.show),
    Route("/admin/mail/flush", mail_health.flush, methods=["POST"]),
    Route("/admin/trail", trail.show),
    Route("/admin/trail.csv", trail.save),
    Route("/admin/mail/{letter}/done", admin.mail_done, methods=["POST"]),
    Route("/admin/mail/{letter}/original", admin.mail_original),
]
