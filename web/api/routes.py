"""The JSON API's routes, `/api/v1`."""

from starlette.routing import Mount, Route

from web.api import conversations, described, sessions, sign_ins

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
        Route("/conversations/{conversation}/sessions", sessions.book, methods=["POST"]),
        Route("/sessions/{session}/{act}", sessions.act, methods=["POST"]),
        Route("/openapi.json", described.openapi),
    ],
)
