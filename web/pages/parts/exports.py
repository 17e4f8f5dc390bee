"""Records handed out, on pages: asked for, looked at, and fetched, by clients and by who cares alike."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from channels.language.saying import N_
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import is_stepped_up
from messaging.errors import Malformed, NoRoom, StepUp, TooFast
from messaging.exporting.asking import administering, ask_for_archive, ask_for_export, exports_of
from messaging.exporting.record import ExportFormat
from messaging.ids import ConversationId
from messaging.memory.exporting import ExportState, StoredExport
from messaging.trust.access import Deed
from web.http.handing_on import handed_on
from web.pages.parts.asking import Visit, go
from web.pages.parts.exports_view import Copies, Handing, Made
from web.pages.parts.facts import size
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import fresh_key, joined, others

UNCHOSEN = N_("Please choose what the file is for.")
MANY = N_("Many records are being made at the moment. Please try again in a minute.")


async def copies_of(visit: Visit, conversation: ConversationId, place: str) -> Copies:
    """What this person has asked for in it, fetched below `place`. Raises NotFound."""
    held, circle = await visit.enter(conversation, Deed.READ)
    found = await exports_of(visit.office, held)
    names = joined(one.name for one in others(circle, visit.person.id))
    return Copies(str(conversation), names, tuple(_made(one, place) for one in found))


async def archives_of(visit: Visit, place: str) -> Copies:
    """The same of the whole practice. Raises NotFound."""
    found = await exports_of(visit.office, administering(visit.person))
    return Copies("", "", tuple(_made(one, place) for one in found))


def _made(one: StoredExport, place: str) -> Made:
    ready = one.state is ExportState.READY
    return Made(
        form=ExportFormat(one.form),
        state=one.state,
        progress=one.progress,
        at=one.made_at,
        place=f"{place}/{one.id}/file" if ready else "",
        size=size(one.octets) if ready else "",
        expires=one.expires_at,
    )


def handing(visit: Visit, asking: SignedIn, action: str, again: str, mistake: str = "") -> Handing:
    """What the form and its warnings depend on."""
    return Handing(
        visit.here,
        fresh_key(),
        action,
        again,
        may=is_stepped_up(visit.office, asking),
        shared=asking.sign_in.shared,
        mistake=mistake,
    )


async def asked(
    visit: Visit, asking: SignedIn, conversation: ConversationId | None, fields: Mapping[str, str]
) -> str | None:
    """Has it made, of the whole practice where no conversation is named; the mistake to be said, or None: it is begun.

    Raises NotFound, StepUp, Busy.
    """
    try:
        form = _chosen(fields)
        if conversation is None:
            await ask_for_archive(visit.office, asking, form)
        else:
            own = fields.get("own_notes") == "1"
            await ask_for_export(visit.office, asking, conversation, form, own_notes=own)
    except (Malformed, NoRoom) as refusal:
        return refusal_said(refusal)
    except TooFast:
        return _(MANY)
    return None


def _chosen(fields: Mapping[str, str]) -> ExportFormat:
    try:
        return ExportFormat(fields.get("form", ""))
    except ValueError:
        raise Malformed(UNCHOSEN) from None


async def fetched(request: Request, asking: SignedIn, again: str) -> Response:
    """The file; or first the page on which they say their password once more."""
    try:
        return await handed_on(request, asking)
    except StepUp:
        return go(again)
