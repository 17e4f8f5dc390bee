"""Which address leads to which page."""

from typing import Final

from starlette.routing import Mount, Route

from web.pages import account, circles, people, second_factor, single
from web.pages.admin import overview as admin
from web.pages.admin import practice, rules
from web.pages.client import letter_writing, own_check_in, own_mail, sessions, waiting
from web.pages.client import places as client
from web.pages.parts import files, undoing
from web.pages.public import arriving, invited, static, well_known
from web.pages.public import sign_in as public
from web.pages.staff import calendar, check_ins, conversation, holding, inbox, mailed, pending, screening


def _people(place: str) -> list[Route]:
    return [
        Route(f"{place}/add", people.adding),
        Route(f"{place}/add", people.add, methods=["POST"]),
        Route(f"{place}/together", circles.choosing),
        Route(f"{place}/together", circles.begin, methods=["POST"]),
        Route(f"{place}/circles/{{conversation}}", circles.show),
        Route(f"{place}/circles/{{conversation}}/join", circles.join, methods=["POST"]),
        Route(f"{place}/circles/{{conversation}}/leave", circles.leave, methods=["POST"]),
        Route(f"{place}/circles/{{conversation}}/answer", circles.answer, methods=["POST"]),
    ]


def _person(place: str) -> list[Route]:
    return [
        Route(f"{place}/{{person}}", people.show),
        Route(f"{place}/{{person}}/details", people.change, methods=["POST"]),
        Route(f"{place}/{{person}}/invite", people.invite, methods=["POST"]),
        Route(f"{place}/{{person}}/withdraw", people.withdraw, methods=["POST"]),
        Route(f"{place}/{{person}}/let-go", people.let_go, methods=["POST"]),
        Route(f"{place}/{{person}}/let-in", people.let_in, methods=["POST"]),
    ]


ROUTES: Final[list[Route | Mount]] = [
    Route("/", public.front),
    Route("/sign-in", public.sign_in, methods=["POST"]),
    Route("/sign-in/code", public.code),
    Route("/sign-in/code", public.sign_in_with_code, methods=["POST"]),
    Route("/sign-out", public.sign_out, methods=["POST"]),
    Route("/exit", public.left),
    Route("/help-now", public.help_now),
    Route(well_known.SECURITY, well_known.security),
    Route("/.well-known/change-password", well_known.change_password),
    Route("/set-up", arriving.set_up),
    Route("/set-up", arriving.found, methods=["POST"]),
    Route("/invitation", invited.invitation),
    Route("/invitation", invited.accept, methods=["POST"]),
    Route("/account", account.show),
    Route("/account/password", account.change, methods=["POST"]),
    Route("/account/told", account.told, methods=["POST"]),
    Route("/account/sign-ins/end-others", account.end_others, methods=["POST"]),
    Route("/account/sign-ins/{sign_in}/end", account.end, methods=["POST"]),
    Route("/account/again", second_factor.again),
    Route("/account/again", second_factor.say_again, methods=["POST"]),
    Route("/account/second-factor", second_factor.show),
    Route("/account/second-factor", second_factor.offer, methods=["POST"]),
    Route("/account/second-factor/confirm", second_factor.confirm, methods=["POST"]),
    Route("/account/second-factor/codes", second_factor.fresh_codes, methods=["POST"]),
    Route("/account/second-factor/off", second_factor.turn_off, methods=["POST"]),
    Route("/me", client.home),
    Route("/me/session/{conversation}", client.room),
    Route("/me/session/{conversation}/check-in", waiting.show),
    Route("/me/session/{conversation}/check-in", waiting.answer, methods=["POST"]),
    Route("/me/session/{conversation}/entries/{number}", single.for_client),
    Route("/me/check-in", own_check_in.show),
    Route("/me/check-in", own_check_in.set_word, methods=["POST"]),
    Route("/me/mail", own_mail.show),
    Route("/me/mail", own_mail.choose, methods=["POST"]),
    Route("/me/mail/wishes", own_mail.wish, methods=["POST"]),
    Route("/me/mail/key", own_mail.upload, methods=["POST"]),
    Route("/me/mail/look-up", own_mail.look_up, methods=["POST"]),
    Route("/me/mail/offer", own_mail.accept, methods=["POST"]),
    Route("/me/mail/forget", own_mail.forget, methods=["POST"]),
    Route("/openpgp-key", own_mail.public_key),
    Route("/openpgp-key/{slug}", own_mail.public_key),
    Route("/me/sessions", sessions.show),
    Route("/me/sessions", sessions.take, methods=["POST"]),
    Route("/me/sessions/{session}/move", sessions.move, methods=["POST"]),
    Route("/me/sessions/{session}/cancel", sessions.cancel, methods=["POST"]),
    Route("/me/sessions/{session}/appointment.ics", sessions.calendar_file),
    Route("/me/letters", client.letters),
    Route("/me/letters/write", letter_writing.write),
    Route("/me/letters/write", letter_writing.post, methods=["POST"]),
    Route("/me/letters/{conversation}/attachments/{number}/{attachment}", files.own_attachment),
    Route("/undo", undoing.undo, methods=["POST"]),
    Route("/today", inbox.today),
    Route("/inbox", inbox.everything),
    Route("/inbox/rows", inbox.rows),
    Route("/inbox/rows/{conversation}", inbox.row),
    Route("/c/{conversation}", conversation.show),
    Route("/c/{conversation}/entries", conversation.entries),
    Route("/c/{conversation}/entries/{number}", single.for_clinician),
    Route("/c/{conversation}/letters", conversation.post_letter, methods=["POST"]),
    Route("/c/{conversation}/sessions", conversation.open_now, methods=["POST"]),
    Route("/c/{conversation}/sessions/extend", holding.extend_now, methods=["POST"]),
    Route("/c/{conversation}/waits", holding.waits),
    Route("/c/{conversation}/sessions/closing", holding.close_as_clinician, methods=["POST"]),
    Route("/me/session/{conversation}/closing", holding.close_as_client, methods=["POST"]),
    Route("/c/{conversation}/sessions/end", conversation.end_now, methods=["POST"]),
    Route("/c/{conversation}/check-ins", check_ins.cards),
    Route("/c/{conversation}/check-ins/ask", check_ins.ask, methods=["POST"]),
    Route("/c/{conversation}/check-ins/let-in", check_ins.admit_without, methods=["POST"]),
    Route("/c/{conversation}/check-ins/record", check_ins.record),
    Route("/c/{conversation}/check-ins/reset-word", check_ins.reset, methods=["POST"]),
    Route("/c/{conversation}/mail/{mail}/{deed}", mailed.decide, methods=["POST"]),
    Route("/c/{conversation}/pending", pending.bar),
    Route("/c/{conversation}/pending/{letter}/undo", pending.undo, methods=["POST"]),
    Route("/c/{conversation}/pending/{letter}/now", pending.now, methods=["POST"]),
    Route("/c/{conversation}/pending/{letter}/discard", pending.discard, methods=["POST"]),
    Route("/c/{conversation}/handled", conversation.handled, methods=["POST"]),
    Route("/c/{conversation}/original/{number}", files.original),
    Route("/c/{conversation}/attachments/{number}/{attachment}", files.attachment),
    *_people("/clients"),
    *_person("/clients"),
    Route("/calendar", calendar.show),
    Route("/calendar/sessions", calendar.book, methods=["POST"]),
    Route("/calendar/sessions/{session}/move", calendar.move, methods=["POST"]),
    Route("/calendar/sessions/{session}/cancel", calendar.cancel, methods=["POST"]),
    Route("/calendar/sessions/{session}/missed", calendar.missed, methods=["POST"]),
    Route("/calendar/slots", calendar.offer, methods=["POST"]),
    Route("/calendar/slots/{slot}/withdraw", calendar.withdraw, methods=["POST"]),
    Route("/screener", screening.show),
    Route("/screener/addresses/{address}/forget", screening.forget, methods=["POST"]),
    Route("/screener/{held}/attach", screening.attach, methods=["POST"]),
    Route("/screener/{held}/refuse", screening.refuse, methods=["POST"]),
    Route("/admin", admin.people),
    *_people("/admin/people"),
    Route("/admin/people/add-staff", people.adding),
    Route("/admin/people/add-staff", people.add, methods=["POST"]),
    *_person("/admin/people"),
    Route("/admin/practice", practice.show),
    Route("/admin/practice", practice.change, methods=["POST"]),
    Route("/admin/rules", rules.show),
    Route("/admin/rules/days", rules.days, methods=["POST"]),
    Route("/admin/rules/calendar", rules.import_days, methods=["POST"]),
    Route("/admin/rules/sessions", rules.sessions, methods=["POST"]),
    Route("/admin/rules/mail", rules.mail, methods=["POST"]),
    Route("/admin/mail/{letter}/done", admin.mail_done, methods=["POST"]),
    Route("/admin/mail/{letter}/original", admin.mail_original),
    Route("/static/{name:path}", static.static),
]
