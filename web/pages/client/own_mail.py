"""A client's own mail: how much of a letter goes by it, and the key it is locked with. By plain forms."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from channels.email.sealing.directory import NotFetched
from channels.language.saying import N_
from messaging.errors import Busy, Malformed, NotFound, Refusal, StepUp, TooFast
from messaging.leaving.keys import (
    Choice,
    accept_offer,
    choose_mode,
    give_up_key,
    key_of,
    practice_key,
    take_key,
)
from messaging.leaving.wishes import MailWishes, choose_wishes
from messaging.memory.person_keys import PersonKey
from messaging.people import EmailMode, Identity, Role
from messaging.practice.changing import choose_own_address
from messaging.practice.founding import SLUG, practice_by_slug, practice_named
from messaging.practice.operating import only_practice
from messaging.trust.locks import KeySource, Standing
from web.http.refusals import status_of
from web.pages.client.own_mail_view import OwnMail, ShownKey
from web.pages.parts.asking import (
    Visit,
    client_visit,
    form_of,
    form_whole,
    go,
    has_files,
    own_visit,
    page,
    texts_of,
)
from web.pages.parts.asking import key_of as form_key
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.public.arriving import time_zones
from web.pages.second_factor import AGAIN
from web.state import House

WARNING: Final = N_(
    "Mail in full text is like a postcard. Your provider can read it, so can whoever gets hold of your device or your "
    "password, or shares your mailbox, and a third party might read it on its way. It stays in your mailbox, and we "
    "cannot take it back."
)
"""What is ticked for full text. The trail names this very text: changing a word makes it another warning."""
PLACE: Final = "/me/mail"
SOON: Final = timedelta(days=30)
"""Before a key expires, when its owner is told: most look at this page seldom, and programs remind nobody."""


async def show(request: Request) -> Response:
    """GET /me/mail"""
    visit = await client_visit(request)
    done = request.query_params.get("done", "")
    return page(request, "client/own_mail.html", replace(await _own(visit), done=done))


async def choose(request: Request) -> Response:
    """POST /me/mail"""
    visit = await client_visit(request)
    fields = await form_of(request)
    form_key(fields)
    try:
        if (mode := fields.get("mode")) not in list(EmailMode):
            raise Malformed("Please choose one of the three.")
        ticked = fields.get("ticked") == "yes"
        await choose_mode(visit.office, visit.person, Choice(EmailMode(mode), _(WARNING), ticked))
    except Refusal as refusal:
        return await _refused(request, visit, "mode", refusal)
    return go(f"{PLACE}?done=mode")


async def choose_address(request: Request) -> Response:
    """POST /me/mail/address: of who has a pseudonym alone. Empty: there is no mail any more."""
    visit, asking = await own_visit(request)
    if visit.person.role is not Role.CLIENT:
        raise NotFound
    fields = await form_of(request)
    form_key(fields)
    email = fields.get("email", "").strip() or None
    try:
        await choose_own_address(visit.office, asking, email, ticked=fields.get("ticked") == "yes")
    except StepUp:
        return go(f"{AGAIN}?do=address")
    except Malformed as refusal:
        return await _refused(request, visit, "address", refusal)
    return go(f"{PLACE}?done=address")


async def wish(request: Request) -> Response:
    """POST /me/mail/wishes: receipts, and in which zone times are said."""
    visit = await client_visit(request)
    fields = await form_of(request)
    form_key(fields)
    try:
        if (zone := fields.get("zone", "")) not in ("", *time_zones()):
            raise Malformed("Please choose a place of the list.")
        wishes = MailWishes(zone or None, receipts=fields.get("receipts") == "yes")
        await choose_wishes(visit.office, visit.person, wishes)
    except Refusal as refusal:
        return await _refused(request, visit, "wishes", refusal)
    return go(f"{PLACE}?done=wishes")


async def upload(request: Request) -> Response:
    """POST /me/mail/key: pasted as text, or as a file."""
    visit = await client_visit(request)
    try:
        given = await _uploaded(request)
        visit.house.keys_given.take(visit.person.id, monotonic())
        await take_key(visit.office, visit.person, given, KeySource.UPLOAD)
    except Refusal as refusal:
        return await _refused(request, visit, "key", refusal)
    return go(f"{PLACE}?done=key")


async def _uploaded(request: Request) -> bytes:
    if not has_files(request):
        return _pasted(await form_of(request))
    async with form_whole(request, files=1) as held:
        fields, file = texts_of(held), held.get("file")
        form_key(fields)
        if isinstance(file, UploadFile) and (content := await file.read()):
            return content
        return _pasted(fields)


def _pasted(fields: Mapping[str, str]) -> bytes:
    form_key(fields)
    if pasted := fields.get("certificate", "").strip():
        return pasted.encode("utf-8", "replace")
    raise Malformed("Please paste your public key, or choose its file.")


async def look_up(request: Request) -> Response:
    """POST /me/mail/look-up: at the client's own provider, because they ask for it. So many times and no more."""
    visit = await client_visit(request)
    form_key(await form_of(request))
    try:
        visit.house.keys_given.take(visit.person.id, monotonic())
        await take_key(visit.office, visit.person, await _looked_up(visit), KeySource.WKD)
    except Refusal as refusal:
        return await _refused(request, visit, "look-up", refusal)
    return go(f"{PLACE}?done=key")


async def _looked_up(visit: Visit) -> bytes:
    if visit.person.email is None:
        raise Malformed("A key needs an address: the practice knows none of yours.")
    try:
        return await visit.house.key_directory.find(visit.person.email)
    except NotFetched:
        raise Malformed(
            "Your provider has no key for your address. You can give it to us here instead."
        ) from None


async def accept(request: Request) -> Response:
    """POST /me/mail/offer: the key that came with a letter is theirs, they say."""
    visit = await client_visit(request)
    fields = await form_of(request)
    form_key(fields)
    try:
        await accept_offer(visit.office, visit.person, fields.get("fingerprint", ""))
    except Refusal as refusal:
        return await _refused(request, visit, "offer", refusal)
    return go(f"{PLACE}?done=key")


async def forget(request: Request) -> Response:
    """POST /me/mail/forget"""
    visit = await client_visit(request)
    form_key(await form_of(request))
    await give_up_key(visit.office, visit.person)
    return go(f"{PLACE}?done=forgotten")


async def public_key(request: Request) -> Response:
    """GET /openpgp-key and /openpgp-key/{slug}: what everybody may know. Without a name only where there is one practice."""
    house: House = request.state["house"]
    slug = request.path_params.get("slug")
    if slug is None:
        found = await only_practice(house.office)
    else:
        found = await practice_by_slug(house.office, slug) if SLUG.fullmatch(slug) else None
    practice = await practice_named(house.office, found) if found else None
    if practice is None:
        raise NotFound
    armored = house.office.locksmith.armored(await practice_key(house.office, practice))
    named = {"Content-Disposition": 'attachment; filename="openpgp-key.asc"'}
    return PlainTextResponse(armored, headers=named, media_type="application/pgp-keys")


async def _refused(request: Request, visit: Visit, where: str, refusal: Refusal) -> Response:
    view = replace(await _own(visit), where=where, mistake=refusal_said(refusal))
    status = 429 if isinstance(refusal, TooFast) else status_of(refusal)
    return page(request, "client/own_mail.html", view, status)


async def _own(visit: Visit) -> OwnMail:
    person, office = visit.person, visit.office
    own = await key_of(office, person.practice, person.id)
    offered = await key_of(office, person.practice, person.id, Standing.OFFERED)
    trouble = ""
    if own is not None and person.email is not None:
        try:
            own = replace(own, key=await office.locksmith.usable(own.key, person.email, office.clock()))
        except (Malformed, Busy) as refusal:
            trouble = refusal_said(refusal)
    found = own.key.found if own is not None and not trouble else None
    expires = found.expires if found is not None else None
    ours = await practice_key(office, visit.practice)
    return OwnMail(
        signed_in(visit),
        visit.here,
        fresh_key(),
        address=person.email or "",
        mode=person.email_mode,
        warning=_(WARNING),
        practice_fingerprint=_grouped(ours.fingerprint),
        practice_key_at=f"/openpgp-key/{visit.practice.slug}",
        own=_shown(own),
        offered=_shown(offered),
        trouble=trouble,
        expires=expires if expires is not None and expires - visit.here.now < SOON else None,
        receipts=person.receipts,
        time_zone=person.time_zone or "",
        time_zones=time_zones(),
        may_give_address=person.identity is Identity.PSEUDONYMOUS,
        unreachable=person.unreachable is not None,
    )


def _shown(held: PersonKey | None) -> ShownKey | None:
    if held is None:
        return None
    return ShownKey(_grouped(held.key.fingerprint), held.key.fingerprint, held.source, held.at)


def _grouped(fingerprint: str) -> str:
    """As people compare it aloud."""
    return " ".join(fingerprint[place : place + 4].upper() for place in range(0, len(fingerprint), 4))
