"""The one table that turns refusals into HTTP: problem+json (RFC 9457) for programs, a calm page for people."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from messaging import errors

TABLE: Final[Mapping[type[errors.Refusal], int]] = {
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.NotSignedIn: 401,
    errors.WrongCredentials: 401,
    errors.WrongPassword: 403,
    errors.WrongProof: 403,
    errors.SecondFactor: 401,
    errors.StepUp: 403,
    errors.SecondFactorDue: 403,
    errors.TooLong: 413,
    errors.Malformed: 422,
    errors.NoSession: 409,
    errors.SessionLive: 409,
    errors.KeyReused: 409,
    errors.Conflict: 409,
    errors.TooFast: 429,
    errors.NoRoom: 507,
    errors.Busy: 503,
    errors.Refusal: 400,
}


def status_of(refusal: errors.Refusal) -> int:
    """The status of the nearest kind of refusal in the table."""
    return next(TABLE[kind] for kind in type(refusal).__mro__ if kind in TABLE)


def headers_of(refusal: errors.Refusal) -> dict[str, str]:
    """What the status asks for beside it."""
    if isinstance(refusal, errors.Busy):
        after = refusal.retry_after if isinstance(refusal, errors.TooFast) else 2
        return {"Retry-After": str(max(1, round(after)))}
    if isinstance(refusal, errors.NotSignedIn):
        return {"WWW-Authenticate": "Bearer"}
    return {}


def is_for_programs(request: Request) -> bool:
    """Whether problem+json is the language spoken here: by the place, or because who asks sends JSON, as no form does."""
    sends_json = request.headers.get("content-type", "").startswith("application/json")
    if sends_json and request.scope.get("method") == "POST":
        return True
    return request.url.path.startswith(("/api/", "/health/", "/metrics"))


def problem(
    status: int,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> Response:
    """RFC 9457. `type` is a relative reference that documents itself in docs/protocol.md; `more` are extension members."""
    body = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **(more or {}),
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def refusal_problem(refusal: errors.Refusal) -> Response:
    """A refusal for programs."""
    return problem(status_of(refusal), refusal.code, refusal.detail, headers_of(refusal))
