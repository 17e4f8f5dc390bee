"""The texts that clients agree to, for who administers the practice or works alone: written, followed by versions, ended."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.agreements.documents import (
    Document,
    NewDocument,
    NewVersion,
    Version,
    add_document,
    add_version,
    document_of,
    documents_of,
    end_document,
)
from messaging.conversations import Working
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import parse_uuid
from web.http.refusals import status_of
from web.pages.admin.documents_view import DocumentFields, DocumentPage, DocumentRow, Documents, VersionShown
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, form_of, go, key_of, number_in, own_visit, page
from web.pages.parts.markdown import as_html
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import fresh_key, signed_in

PLACE: Final = "/admin/documents"
SHOWN: Final = 20
"""Versions that one page shows whole; the record of each agreement names its text by its hash in any case."""


async def show(request: Request) -> Response:
    """GET /admin/documents"""
    visit, _ = await own_visit(request)
    view = await _documents(visit)
    return page(request, "admin/documents.html", replace(view, done=request.query_params.get("done", "")))


async def add(request: Request) -> Response:
    """POST /admin/documents"""
    visit, _ = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        new = NewDocument(
            title=fields.get("title", ""),
            language=fields.get("language", "").strip(),
            way=_way(fields),
            text=fields.get("text", ""),
            binds_from=_day(fields),
            original=parse_uuid(fields.get("original")),
        )
        made = await add_document(visit.office, visit.person, new)
    except (Malformed, Conflict) as refusal:
        view = replace(await _documents(visit), fields=_filled(fields), mistake=refusal_said(refusal))
        return page(request, "admin/documents.html", view, status_of(refusal))
    return go(f"{PLACE}/{made.id}?done=1")


async def read(request: Request) -> Response:
    """GET /admin/documents/{document}"""
    visit, _ = await own_visit(request)
    view = await _document(visit, request)
    return page(request, "admin/document.html", replace(view, done=request.query_params.get("done", "")))


async def follow(request: Request) -> Response:
    """POST the same: the next version; `after` is the number of the one it was written over."""
    visit, _ = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        after = number_in(fields.get("after"), 0)
        new = NewVersion(fields.get("text", ""), fields.get("title", ""), _day(fields), after)
        await add_version(visit.office, visit.person, _named(request), new)
    except (Malformed, Conflict) as refusal:
        view = replace(await _document(visit, request), fields=_filled(fields), mistake=refusal_said(refusal))
        return page(request, "admin/document.html", view, status_of(refusal))
    return go(f"{PLACE}/{_named(request)}?done=1")


async def end(request: Request) -> Response:
    """POST /admin/documents/{document}/end"""
    visit, _ = await own_visit(request)
    key_of(await form_of(request))
    await end_document(visit.office, visit.person, _named(request))
    return go(f"{PLACE}?done=ended")


async def _documents(visit: Visit) -> Documents:
    found = await documents_of(visit.office, visit.person)
    rows = tuple(_row(one) for one in found if one.versions)
    originals = [
        (str(one.id), one.versions[-1].title)
        for one in found
        if one.versions and one.ended_at is None and one.original == one.id
    ]
    bar = parts.StaffBar("practice")
    return Documents(signed_in(visit), bar, visit.here, fresh_key(), rows, originals)


async def _document(visit: Visit, request: Request) -> DocumentPage:
    found = await document_of(visit.office, visit.person, _named(request))
    if not found.versions:
        raise NotFound
    last = found.versions[-1]
    return DocumentPage(
        signed_in=signed_in(visit),
        bar=parts.StaffBar("practice"),
        here=visit.here,
        key=fresh_key(),
        row=_row(found),
        versions=await visit.aside(_shown, found.versions),
        fields=DocumentFields(title=last.title, text=last.text),
    )


def _shown(versions: tuple[Version, ...]) -> tuple[VersionShown, ...]:
    return tuple(
        VersionShown(one.number, one.binds_from, one.made_at, one.digest, as_html(one.text, below=2))
        for one in reversed(versions[-SHOWN:])
    )


def _row(one: Document) -> DocumentRow:
    last = one.versions[-1]
    return DocumentRow(
        title=last.title,
        place=f"{PLACE}/{one.id}",
        language=one.language,
        way=one.way,
        version=last.number,
        binds_from=last.binds_from,
        ended_at=one.ended_at,
    )


def _named(request: Request) -> UUID:
    found = parse_uuid(request.path_params["document"])
    if found is None:
        raise NotFound
    return found


def _way(fields: Mapping[str, str]) -> Working:
    try:
        return Working(fields.get("way", ""))
    except ValueError:
        raise Malformed("Please choose what it is for.") from None


def _day(fields: Mapping[str, str]) -> date | None:
    said = fields.get("day", "").strip()
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Malformed("There is no such day.") from None


def _filled(fields: Mapping[str, str]) -> DocumentFields:
    names = ("title", "language", "way", "text", "day", "original")
    return DocumentFields(**{name: fields.get(name, "") for name in names})


ROUTES: Final = [
    Route("/admin/documents", show),
    Route("/admin/documents", add, methods=["POST"]),
    Route("/admin/documents/{document}", read),
    Route("/admin/documents/{document}", follow, methods=["POST"]),
    Route("/admin/documents/{document}/end", end, methods=["POST"]),
]
