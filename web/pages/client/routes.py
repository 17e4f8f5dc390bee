"""Which address leads to which page of a client's own."""

from typing import Final

from starlette.routing import Route

from web.pages.client import (
    agreements,
    exchange,
    home,
    joined,
    letter_writing,
    own_check_in,
    own_copy,
    own_mail,
    own_record,
    own_settings,
    sessions,
    standing_in,
    waiting,
)
from web.pages.client import places as client
from web.pages.parts import files

CLIENT_ROUTES: Final[list[Route]] = [
    Route("/me", home.home),
    Route("/me/session/{conversation}", client.room),
    Route("/me/session/{conversation}/check-in", waiting.show),
    Route("/me/session/{conversation}/check-in", waiting.answer, methods=["POST"]),
    *own_check_in.ROUTES,
    Route("/me/readers", own_record.show),
    Route("/me/cover/{conversation}/{absence}", standing_in.say_cover, methods=["POST"]),
    Route("/me/joined/{conversation}/{person}", joined.say_start, methods=["POST"]),
    *agreements.ROUTES,
    *exchange.ROUTES,
    *own_copy.ROUTES,
    Route("/me/settings", own_settings.show),
    Route("/me/settings", own_settings.choose, methods=["POST"]),
    Route("/me/language", own_settings.choose_spoken, methods=["POST"]),
    Route("/me/mail", own_mail.show),
    Route("/me/mail", own_mail.choose, methods=["POST"]),
    Route("/me/mail/address", own_mail.choose_address, methods=["POST"]),
    Route("/me/mail/wishes", own_mail.wish, methods=["POST"]),
    Route("/me/mail/key", own_mail.upload, methods=["POST"]),
    Route("/me/mail/look-up", own_mail.look_up, methods=["POST"]),
    Route("/me/mail/offer", own_mail.accept, methods=["POST"]),
    Route("/me/mail/forget", own_mail.forget, methods=["POST"]),
    Route("/me/sessions", sessions.show),
    Route("/me/sessions", sessions.take, methods=["POST"]),
    Route("/me/sessions/{session}/move", sessions.move, methods=["POST"]),
    Route("/me/sessions/{session}/cancel", sessions.cancel, methods=["POST"]),
    Route("/me/sessions/{session}/appointment.ics", sessions.calendar_file),
    Route("/me/letters", client.letters),
    Route("/me/letters/write", letter_writing.write),
    Route("/me/letters/write", letter_writing.post, methods=["POST"]),
    Route("/me/letters/{conversation}/attachments/{number}/{attachment}", files.own_attachment),
]
