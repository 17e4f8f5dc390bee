"""What a service account reaches: the requests of its scopes by method and path, and nothing else there is."""

from collections.abc import Collection
from typing import Final

from starlette.routing import compile_path
from starlette.types import Scope as Asgi

from messaging.errors import NotFound, NotSignedIn
from messaging.integrating.service_accounts import Scope

PREFIX: Final = "/api/v1"
REACHED: Final[dict[tuple[str, str], frozenset[Scope]]] = {
    ("GET", "/events"): frozenset({Scope.EVENTS}),
    ("GET", "/webhooks"): frozenset({Scope.EVENTS}),
    ("POST", "/webhooks"): frozenset({Scope.EVENTS}),
    ("GET", "/webhooks/{webhook}"): frozenset({Scope.EVENTS}),
    ("DELETE", "/webhooks/{webhook}"): frozenset({Scope.EVENTS}),
    ("GET", "/people"): frozenset({Scope.PEOPLE}),
    ("POST", "/people"): frozenset({Scope.PEOPLE, Scope.PROVISION}),
    ("PATCH", "/people/{person}"): frozenset({Scope.PEOPLE}),
    ("POST", "/people/{person}/invitation"): frozenset({Scope.PEOPLE, Scope.PROVISION}),
    ("DELETE", "/people/{person}/invitation"): frozenset({Scope.PEOPLE}),
    ("GET", "/conversations"): frozenset({Scope.CONVERSATIONS}),
    ("POST", "/conversations"): frozenset({Scope.CONVERSATIONS, Scope.PROVISION}),
    ("GET", "/conversations/{conversation}/members"): frozenset({Scope.CONVERSATIONS}),
    ("PUT", "/conversations/{conversation}/members/{person}"): frozenset(
        {Scope.CONVERSATIONS, Scope.PROVISION}
    ),
    ("DELETE", "/conversations/{conversation}/members/{person}"): frozenset({Scope.CONVERSATIONS}),
    ("PUT", "/conversations/{conversation}/answer-rule"): frozenset({Scope.CONVERSATIONS}),
}
"""A route that is not named here is reached by none: pages, the live channel, and whatever is added later."""
_PATTERNS: Final = [
    (method, compile_path(PREFIX + path)[0], scopes) for (method, path), scopes in REACHED.items()
]


def must_reach(asked: Asgi, scopes: Collection[Scope]) -> None:
    """Raises NotFound for a request that none of the scopes is for; NotSignedIn for a socket."""
    if asked["type"] != "http":
        raise NotSignedIn
    for method, pattern, wanted in _PATTERNS:
        if asked["method"] == method and pattern.match(asked["path"]) and not wanted.isdisjoint(scopes):
            return
    raise NotFound
