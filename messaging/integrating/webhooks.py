"""Webhooks: where events are posted to, one at a time, in order within a conversation, until they were taken.

What one receiver does not take holds up the same conversation's next events on their way to it, and nothing else. After
a day of tries an event is passed over; whoever missed it asks for it by number (`events`).
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from messaging.errors import Busy, Conflict, Malformed, NotFound
from messaging.ids import PracticeId
from messaging.integrating.events import CATCHING_UP, catch_up, must_see_events
from messaging.memory.integrating import Lane, StoredEvent, StoredWebhook
from messaging.office import Office
from messaging.people import Person
from messaging.trust.encryption import CannotOpen, Place
from messaging.trust.noted import Noted

SEALED: Final = "webhooks.sealed"
MOST: Final = 20
"""Of a practice: each is a post for every event."""
SECRET: Final = 256
"""Characters of a secret at most."""
SCHEDULE: Final = (1, 5, 30, 60, 120, 300, 600)
"""Seconds between tries; the last repeats."""
GIVE_UP: Final = timedelta(days=1)
LEASE: Final = 90.0
"""Seconds a lane is in one courier's hands: longer than a post may take, twice."""
A_POST: Final = timedelta(seconds=45)
"""None is begun with less left of the lease: another courier might send the same event beside it."""
IN_A_ROW: Final = 50
"""Events of one lane before others have their turn."""


class TooManyWebhooks(Conflict):
    """Each is a post for every event."""

    words = f"There are {MOST} webhooks already. Please remove one first."


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address, the secret by which it knows that a post is ours, and the types it is told of."""

    practice: PracticeId
    id: UUID
    url: str = field(repr=False)
    secret: str = field(repr=False)
    types: frozenset[str]
    created_at: datetime
    failing_since: datetime | None = None


Tell = Callable[[Webhook, StoredEvent], Awaitable[bool]]
"""Posts one event (the floor above knows how); whether it was taken."""


async def add_webhook(office: Office, by: Person, url: str, secret: str, types: frozenset[str]) -> Webhook:
    """It is told of what happens from now on. `url` may be called: who asks has looked. Raises NotFound, Malformed,
    Conflict, Busy.
    """
    must_see_events(by)
    if not 0 < len(secret) <= SECRET or not secret.isprintable():
        raise Malformed(f"`secret` is a text of 1 to {SECRET} characters.")
    # What happened before is none of it; all of that has its number first.
    if not await catch_up(office, by.practice, CATCHING_UP):
        raise Busy
    _, last = await office.memory.events.after(by.practice, 0, 0)
    made = Webhook(
        practice=by.practice,
        id=office.new_id(),
        url=url,
        secret=secret,
        types=types,
        created_at=office.clock(),
    )
    key = await office.keyring.key(by.practice, by.practice)
    sealed = office.keyring.seal(key, _place(by.practice, made.id), _encode(made))
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.WEBHOOK_ADDED, made.id)
    if not await office.memory.webhooks.add(
        StoredWebhook(
            practice=by.practice, id=made.id, after=last, created_at=made.created_at, sealed=sealed
        ),
        MOST,
    ):
        raise TooManyWebhooks
    return made


async def webhooks_of(office: Office, by: Person) -> list[Webhook]:
    """All of the practice. Raises NotFound, Busy."""
    must_see_events(by)
    return [await _open(office, one) for one in await office.memory.webhooks.all_of(by.practice)]


async def webhook_of(office: Office, by: Person, webhook: UUID) -> Webhook:
    """One. Raises NotFound, Busy."""
    must_see_events(by)
    found = await office.memory.webhooks.find(by.practice, webhook)
    if found is None:
        raise NotFound
    return await _open(office, found)


async def remove_webhook(office: Office, by: Person, webhook: UUID) -> None:
    """Nothing is told there any more. Raises NotFound, Busy."""
    await webhook_of(office, by, webhook)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.WEBHOOK_REMOVED, webhook)
    await office.memory.webhooks.remove(by.practice, webhook)


async def tell_due(office: Office, tell: Tell) -> bool:
    """A courier's step: what is due in one lane. False: nothing is. Raises Busy."""
    lanes = await office.memory.webhooks.claim(office.clock(), LEASE, 1)
    for lane in lanes:
        await _tell_lane(office, lane, tell)
    return bool(lanes)


async def _tell_lane(office: Office, lane: Lane, tell: Tell) -> None:
    stored = await office.memory.webhooks.find(lane.practice, lane.webhook)
    if stored is None:
        return  # removed since; its work went with it
    try:
        webhook = await _open(office, stored)
    except CannotOpen:  # the practice was erased since
        return
    stuck = lane
    for event in await office.memory.webhooks.next_of(lane, IN_A_ROW):
        if event.happened.type in webhook.types:
            if stuck.held - office.clock() < A_POST:
                break
            if not await tell(webhook, event):
                await _try_again(office, stuck, event)
                return
        stuck = await _told(office, stuck, event)
    await office.memory.webhooks.rest(stuck, office.clock())


async def _told(office: Office, lane: Lane, event: StoredEvent) -> Lane:
    """The lane as it stands then: nothing is stuck in it, and it is held for longer."""
    until = office.clock() + timedelta(seconds=LEASE)
    await office.memory.webhooks.told(lane, event.number, until)
    return replace(lane, done=event.number, attempts=0, failing_since=None, held=until)


async def _try_again(office: Office, lane: Lane, event: StoredEvent) -> None:
    now = office.clock()
    since = lane.failing_since or now
    if now - since >= GIVE_UP:
        await office.memory.webhooks.rest(await _told(office, lane, event), now)
        return
    again = now + timedelta(seconds=SCHEDULE[min(lane.attempts, len(SCHEDULE) - 1)])
    await office.memory.webhooks.failed(lane, lane.attempts + 1, since, again)


def _place(practice: PracticeId, webhook: UUID) -> Place:
    return Place(SEALED, practice, practice, webhook)


def _encode(webhook: Webhook) -> bytes:
    held = {"url": webhook.url, "secret": webhook.secret, "types": sorted(webhook.types)}
    return json.dumps(held).encode()


async def _open(office: Office, stored: StoredWebhook) -> Webhook:
    key = await office.keyring.key(stored.practice, stored.practice)
    held: dict[str, Any] = json.loads(key.open(_place(stored.practice, stored.id), stored.sealed))
    return Webhook(
        practice=stored.practice,
        id=stored.id,
        url=held["url"],
        secret=held["secret"],
        types=frozenset(held["types"]),
        created_at=stored.created_at,
        failing_since=stored.failing_since,
    )
