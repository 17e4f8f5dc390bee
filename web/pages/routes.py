"""Which address leads to which page."""

from typing import Final

from starlette.routing import Mount, Route

from web.pages import admin, arriving, client, conversation, files, inbox, public, screening, static

ROUTES: Final[list[Route | Mount]] = [
    Route("/", public.front),
    Route("/sign-in", public.sign_in, methods=["POST"]),
    Route("/sign-out", public.sign_out, methods=["POST"]),
    Route("/exit", public.left),
    Route("/help-now", public.help_now),
    Route("/set-up", arriving.set_up),
    Route("/set-up", arriving.found, methods=["POST"]),
    Route("/invitation", arriving.invitation),
    Route("/invitation", arriving.accept, methods=["POST"]),
    Route("/me", client.home),
    Route("/me/session/{conversation}", client.room),
    Route("/me/letters", client.letters),
    Route("/me/letters/write", client.write),
    Route("/me/letters/write", client.post, methods=["POST"]),
    Route("/me/letters/{conversation}/attachments/{number}/{attachment}", files.own_attachment),
    Route("/today", inbox.today),
    Route("/inbox", inbox.everything),
    Route("/inbox/rows", inbox.rows),
    Route("/c/{conversation}", conversation.show),
    Route("/c/{conversation}/entries", conversation.entries),
    Route("/c/{conversation}/letters", conversation.post_letter, methods=["POST"]),
    Route("/c/{conversation}/sessions", conversation.open_now, methods=["POST"]),
    Route("/c/{conversation}/sessions/end", conversation.end_now, methods=["POST"]),
    Route("/c/{conversation}/handled", conversation.handled, methods=["POST"]),
    Route("/c/{conversation}/original/{number}", files.original),
    Route("/c/{conversation}/attachments/{number}/{attachment}", files.attachment),
    Route("/screener", screening.show),
    Route("/screener/{held}/attach", screening.attach, methods=["POST"]),
    Route("/screener/{held}/refuse", screening.refuse, methods=["POST"]),
    Route("/admin", admin.people),
    Route("/static/{name:path}", static.static),
]
