"""The screener: letters by mail that could not be told beyond doubt to be a client's, until a clinician decides."""

from collections.abc import Iterable, Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from channels.email.senders.admitting import Reason
from messaging import undoing
from messaging.arriving import addresses as further
from messaging.arriving import screening
from messaging.arriving.addresses import ClientsAddress, further_of
from messaging.arriving.general import NO_ADMINISTRATOR
from messaging.conversations import Circle
from messaging.errors import NotFound
from messaging.ids import ConversationId, OriginalId, PersonId, parse_uuid
from messaging.inbox.heads import circles_of, counts, heads, own, own_with
from messaging.trust.access import Deed
from web.pages.parts.asking import Visit, clinician_visit, conversation_named, form_of, go, page
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.parts.undoing import done
from web.pages.parts.views import Named, StaffBar
from web.pages.staff.calendar import AT_HAND, EVERYONE
from web.pages.staff.screening_view import HeldLetter, Remembered, Screener

PLACE: Final = "/screener"
SENTENCES: Final = {reason.value: reason.sentence for reason in Reason} | {
    NO_ADMINISTRATOR: "Somebody wrote to postmaster or abuse at the practice's mail domain, which only concerns the "
    "practice's mail, and it has no administrator. Refuse it to put it away.",
    "no_member": "It came to a reply address whose holder is no longer in care here.",
    "automatic": "It looks like an automatic answer.",
    screening.ANOTHERS: "It was locked for the practice, but as it seems by somebody else: it is signed with another "
    "key than your client's, names another writer inside, or came before from somebody else. Whoever caught another "
    "client's letter could send it on to have it opened. Let it in only if your client says they wrote it.",
    "unreadable": "It could not be read as a letter. The original is kept.",
    "encrypted": "It is from your client, and locked in a way that cannot be opened here. Let it in to keep it in the "
    "conversation with its original, or ask your client to send it in another way.",
    "bounce_address": "It came to an address that takes only reports about our own mail. A person seems to have written it: "
    "check whether it is your client's.",
}
UNSAID: Final = "It could not be told beyond doubt whose it is."


async def show(request: Request) -> Response:
    """GET /screener?with=everyone"""
    visit = await clinician_visit(request)
    held = await screening.held(visit.office, visit.person)
    led = {letter.conversation for letter in held if letter.conversation is not None}
    clients = {letter.client for letter in held if letter.client is not None}
    further = await further_of(visit.office, visit.person)
    found = await heads(visit.office, visit.person, visit.practice) if _free(held) else []
    newest = [one.id for one in sorted(found, key=lambda one: one.order[2])]
    at_hand = newest if request.query_params.get("with") == EVERYONE else newest[:AT_HAND]
    theirs = await own_with(visit.office, visit.person, clients | {one.client for one in further})
    wanted = dict.fromkeys((*led, *theirs, *at_hand))
    circles = dict(await circles_of(visit.office, visit.person, tuple(wanted)))
    view = Screener(
        signed_in=signed_in(visit),
        bar=StaffBar("screener", (await counts(visit.office, visit.person)).waiting, len(held)),
        here=visit.here,
        held=tuple(_held(letter, circles) for letter in held),
        conversations=tuple(choice for one in at_hand if one in circles for choice in _choices(circles[one])),
        others=len(newest) - len(at_hand),
        remembered=tuple(_remembered(further, circles.values())),
    )
    return page(request, "staff/screener.html", view)


def _held(letter: screening.HeldLetter, circles: dict[ConversationId, Circle]) -> HeldLetter:
    """A letter to a reply address goes where that address leads: there is then only one guess to make."""
    led = [circles.get(letter.conversation)] if letter.conversation else _of_client(letter, circles)
    guesses = tuple(Named(str(circle.conversation.id), circle.title()) for circle in led if circle)
    return HeldLetter(
        id=str(letter.id),
        sender=letter.sender or "No clear sender",
        at=letter.received_at,
        reasons=(SENTENCES.get(letter.reason, UNSAID),),
        preview=letter.preview,
        attach_key=fresh_key(),
        refuse_key=fresh_key(),
        guesses=guesses,
        may_remember=letter.reason == Reason.OTHER_ADDRESS.value and letter.sender is not None,
    )


def _of_client(letter: screening.HeldLetter, circles: dict[ConversationId, Circle]) -> list[Circle]:
    """Where a client's letter to the practice's own address may be meant for."""
    return [one for one in circles.values() if letter.client in {client.id for client in one.clients}]


def _remembered(further: Iterable[ClientsAddress], circles: Iterable[Circle]) -> Iterator[Remembered]:
    """Each with a conversation by whose right it can be forgotten."""
    by_client = {client.id: (circle, client) for circle in circles for client in circle.clients}
    for one in further:
        if one.client in by_client:
            circle, client = by_client[one.client]
            named = (str(circle.conversation.id), str(client.id), client.name)
            yield Remembered(str(one.known.id), *named, one.known.address, one.known.since)


async def forget(request: Request) -> Response:
    """POST /screener/addresses/{address}/forget: letters from it are held again."""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    address, client = parse_uuid(request.path_params["address"]), parse_uuid(fields.get("client"))
    held, circle = await visit.enter(conversation_named(fields.get("conversation")), Deed.SETTLE)
    if address is None or client not in {one.id for one in circle.clients}:
        raise NotFound
    await further.forget(visit.office, held, PersonId(client), address)
    return go(PLACE)


def _free(held: list[screening.HeldLetter]) -> bool:
    """Whether any letter may go into a conversation of one's choice."""
    return any(letter.conversation is None and letter.client is None for letter in held)


def _choices(circle: Circle) -> list[Named]:
    """A conversation to choose; where several are in care, one choice for each who may have written."""
    conversation, clients = str(circle.conversation.id), circle.clients
    if len(clients) == 1:
        return [Named(conversation, circle.title())]
    return [Named(f"{conversation}/{one.id}", f"{one.name} (with {circle.title()})") for one in clients]


async def attach(request: Request) -> Response:
    """POST /screener/{held}/attach: let in, as the chosen client's. Decided letters are gone from the list."""
    visit = await clinician_visit(request)
    letter = _letter(request)
    fields = await form_of(request)
    chosen, _, client = fields.get("conversation", "").partition("/")
    held, circle = await visit.enter(conversation_named(chosen), Deed.SETTLE)
    writer = parse_uuid(client)
    await screening.attach(
        visit.office,
        held,
        letter,
        PersonId(writer) if writer else None,
        remember_address="remember" in fields,
        circle=circle,
    )
    return go(f"/c/{circle.conversation.id}")


async def refuse(request: Request) -> Response:
    """POST /screener/{held}/refuse: turned away, which can be undone; it stays kept and counted.

    Twice is once.
    """
    visit = await clinician_visit(request)
    letter = _letter(request)
    through = await _through(visit, letter)
    slip = None
    if through is not None:
        held, _ = await visit.enter(through, Deed.SETTLE)
        slip = await undoing.refuse(visit.office, held, letter)
    return await done(request, visit, go(PLACE), slip)


async def _through(visit: Visit, letter: OriginalId) -> ConversationId | None:
    """The conversation by whose right a held letter is decided: its own, or for nobody's letter any of one's own."""
    found = next((one for one in await screening.held(visit.office, visit.person) if one.id == letter), None)
    if found is None:
        return None
    if found.conversation is not None:
        return found.conversation
    if found.client is None:
        mine = await own(visit.office, visit.person)
    else:
        mine = await own_with(visit.office, visit.person, {found.client})
    return mine[0] if mine else None


def _letter(request: Request) -> OriginalId:
    found = parse_uuid(request.path_params["held"])
    if found is None:
        raise NotFound
    return OriginalId(found)
