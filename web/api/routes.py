"""The JSON API's routes, `/api/v1`."""

from starlette.routing import Mount, Route

from web.api import (
    acts,
    calendar,
    check_ins,
    conversations,
    described,
    drafts,
    files,
    session_record,
    sessions,
    sign_ins,
)

ROUTES = Mount(
    "/api/v1",
    routes=[
        Route("/sign-ins", sign_ins.create, methods=["POST"]),
        Route("/sign-ins/current", sign_ins.end, methods=["DELETE"]),
        Route("/me", sign_ins.me),
        Route("/conversations", conversations.everything),
        Route("/inbox", conversations.waiting),
        Route("/conversations/{conversation}/messages", conversations.messages),
        Route("/conversations/{conversation}/messages", conversations.write, methods=["POST"]),
        Route("/conversations/{conversation}/messages/{number}/correct", acts.better, methods=["POST"]),
        Route("/conversations/{conversation}/messages/{number}/withdraw", acts.take_back, methods=["POST"]),
        Route("/conversations/{conversation}/read-mark", acts.read, methods=["PUT"]),
        Route("/conversations/{conversation}/settle", acts.settle, methods=["POST"]),
        Route("/conversations/{conversation}/files/{file}", files.read),
        Route("/conversations/{conversation}/sessions", sessions.book, methods=["POST"]),
        Route("/drafts", drafts.everything),
        Route("/drafts/{draft}", drafts.put, methods=["PUT"]),
        Route("/drafts/{draft}", drafts.delete, methods=["DELETE"]),
        Route("/sessions/{session}/check-ins", check_ins.read),
        Route("/sessions/{session}/check-ins", check_ins.write, methods=["POST"]),
        Route("/sessions", calendar.sessions),
        Route("/sessions/{session}/move", calendar.move, methods=["POST"]),
        Route("/sessions/{session}/cancel", calendar.cancel, methods=["POST"]),
        Route("/slots", calendar.slots),
        Route("/slots", calendar.offer, methods=["POST"]),
        Route("/slots/{slot}", calendar.withdraw, methods=["DELETE"]),
        Route("/slots/{slot}/take", calendar.take, methods=["POST"]),
        Route("/sessions/{session}/closing", session_record.close, methods=["POST"]),
        Route("/sessions/{session}/record", session_record.record),
        Route("/session-rules", session_record.rules),
        Route("/session-rules", session_record.change_rules, methods=["PUT"]),
        Route("/sessions/{session}/{act}", sessions.act, methods=["POST"]),
        Route("/openapi.json", described.openapi),
    ],
)
