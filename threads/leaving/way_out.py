"""The way out of owed mail: claimed many at a time, and what becomes of each committed together with its neighbours'.

A courier commits that a mail is being sent before its words leave, and what the relay said after; with a dozen couriers
these are hundreds of small commits a second, which gather as postings do (`gathering`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from messaging.memory.leaving import ACCOUNT, DueMail, MailForm, MailState, Settled, StoredMail
from messaging.memory.leaving import NOTICES as FORMS
from threads.batches import Gathering
from threads.connection.limits import Limits
from threads.database import Connect, writing


@dataclass(frozen=True, slots=True)
class _Begin:
    due: DueMail
    locked_for: str | None
    until: datetime

    @property
    def mail(self) -> StoredMail:
        return self.due.mail


@dataclass(frozen=True, slots=True)
class _Settle:
    mail: StoredMail
    settled: Settled
    held: datetime | None


class WayOut:
    """The commits of this process's couriers. `run` is its loop."""

    def __init__(self, connect: Connect, limits: Limits | None = None) -> None:
        self._gathering: Gathering[_Begin | _Settle, bool] = Gathering(connect, _write, limits)

    async def begin(self, due: DueMail, locked_for: str | None, until: datetime) -> bool:
        """Marks it `sending`, before its words leave.

        False when it, or its reader, no longer stood as it was claimed: in this statement, so that whoever withdrew their
        consent a moment ago gets no words, however long the mail lay in a courier's hands. Raises Busy.
        """
        return await self._gathering.ask(_Begin(due, locked_for, until))

    async def settle(self, mail: StoredMail, settled: Settled, held: datetime | None) -> bool:
        """Notes what became of it; with `held` only while it stands in the queue until then. Raises Busy."""
        return await self._gathering.ask(_Settle(mail, settled, held))

    async def run(self) -> None:
        """Answers until cancelled."""
        await self._gathering.run()


async def _write(connection: asyncpg.Connection, asked: Sequence[_Begin | _Settle]) -> list[bool]:
    """All of it in one transaction. A repeat after a lost answer changes nothing and is answered alike: a beginning finds
    the mail `sending` until the very time it asks for, a settling finds the state it asks for.
    """
    begins = [one for one in asked if isinstance(one, _Begin)]
    settles = [one for one in asked if isinstance(one, _Settle)]
    async with writing(connection, [one.mail.practice for one in asked]):
        begun = await _begun(connection, begins) if begins else set()
        stands = await _settled(connection, settles) if settles else set()
    return [one.mail.id in (stands if isinstance(one, _Settle) else begun) for one in asked]


async def _begun(connection: asyncpg.Connection, begins: Sequence[_Begin]) -> set[Any]:
    rows = await connection.fetch(
        _BEGIN,
        [b.mail.practice for b in begins],
        [b.mail.id for b in begins],
        [b.mail.state for b in begins],
        [b.mail.conversation for b in begins],
        [b.mail.person for b in begins],
        [b.mail.form for b in begins],
        [b.due.reader and b.due.reader.email_mode for b in begins],
        [b.due.reader and b.due.reader.sealed for b in begins],
        [b.locked_for for b in begins],
        [b.until for b in begins],
    )
    begun = {row["id"] for row in rows}
    leased = [b for b in begins if b.mail.id in begun]
    names = [b.mail.practice for b in leased], [b.mail.id for b in leased]
    await connection.execute(_LEASE, *names, [b.until for b in leased])
    return begun


async def _settled(connection: asyncpg.Connection, settles: Sequence[_Settle]) -> set[Any]:
    """Those that stand now as they were to, by this question or by an earlier one like it."""
    columns = _columns(settles)
    changed = {row["id"] for row in await connection.fetch(_SETTLE, *columns)}
    await _requeue(connection, [one for one in settles if one.mail.id in changed])
    await _told(connection, [one for one in settles if one.mail.id in changed])
    if len(changed) == len(settles):
        return changed
    return changed | {row["id"] for row in await connection.fetch(_STANDS, *columns[:3])}


async def _requeue(connection: asyncpg.Connection, settles: Sequence[_Settle]) -> None:
    over = [s.mail for s in settles if s.settled.next_at is None]
    again = [s for s in settles if s.settled.next_at is not None]
    if over:
        await connection.execute(_DONE, [m.practice for m in over], [m.id for m in over])
    if again:
        names = [s.mail.practice for s in again], [s.mail.id for s in again]
        await connection.execute(_LEASE, *names, [s.settled.next_at for s in again])


async def _told(connection: asyncpg.Connection, settles: Sequence[_Settle]) -> None:
    """A notice that went told of what was written before; one that came back told of nothing."""
    went = [one for one in settles if one.settled.tells is not None]
    if went:
        columns = _columns(went)[:4]
        await connection.execute(
            _TOLD,
            *columns[:2],
            [one.settled.tells for one in went],
            columns[3],
            [one.settled.at for one in went],
        )
    back = [one for one in settles if one.settled.state is MailState.FAILED and one.mail.form in FORMS]
    if back:
        columns = _columns(back)[:4]
        await connection.execute(_UNTOLD, *columns[:2], columns[3], [one.settled.at for one in back])


def _columns(settles: Sequence[_Settle]) -> list[Any]:
    settled = [s.settled for s in settles]
    return [
        [s.mail.practice for s in settles],
        [s.mail.id for s in settles],
        [one.state for one in settled],
        [one.code for one in settled],
        [one.next_at for one in settled],
        [None if one.next_at else one.at for one in settled],
        [s.mail.attempts + (s.settled.next_at is not None and s.settled.counts) for s in settles],
        [s.held for s in settles],
    ]


# The reader's place in the conversation as it is now: whoever has left gets nothing. An administrator has none, and gets
# alarms, and what is about their own ways in.
NOTICES: Final = "({})".format(", ".join(f"'{form}'" for form in FORMS))
MEMBER: Final = """left join members m on m.practice_id = x.practice_id and m.conversation_id = x.conversation_id
                     and m.person_id = x.person_id and m.left_at is null"""
_ADMINISTRATORS: Final = ", ".join(f"'{form}'" for form in (MailForm.ALARM, *ACCOUNT))
# Who administers in a second hat has their address with the first.
BELONGS: Final = f"""(m.person_id is not null or (x.form in ({_ADMINISTRATORS}) and (p.role = 'administrator' or exists (
                     select from people h where h.practice_id = p.practice_id and h.hat_of = p.id and h.active
                        and h.role = 'administrator'))))"""

# `offset 0`: looked up by the whole key, mail by mail. Planned while the tables are small, a join would go through all
# people of a practice.
_BEGIN: Final = f"""
update outbox o set state = 'sending'
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bytea[], $9::text[],
              $10::timestamptz[])
       as x (practice_id, id, state, conversation_id, person_id, form, email_mode, person_sealed, locked_for, until)
 where o.practice_id = x.practice_id and o.id = x.id and (o.state = x.state or o.state = 'sending' and exists (
       select from queue q
        where q.kind = 'send' and q.practice_id = x.practice_id and q.id = x.id and q.next_at = x.until))
   and exists (
       select from people p
         {MEMBER}
         left join pgp_keys k on k.practice_id = x.practice_id and k.person_id = x.person_id and k.standing = 'current'
        where p.practice_id = x.practice_id and p.id = x.person_id and p.active and {BELONGS}
          and p.email_mode = x.email_mode and p.sealed = x.person_sealed
          and (x.locked_for is null or x.locked_for = k.fingerprint)
       offset 0)
returning o.id
"""  # noqa: S608 - made of constants
_LEASE: Final = """
insert into queue (kind, practice_id, id, next_at)
select 'send', practice_id, id, next_at
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as q (practice_id, id, next_at)
on conflict (kind, practice_id, id) do update set next_at = excluded.next_at
"""
# A courier that was late must not owe again what another has sent meanwhile, or is sending: it has its own until.
_SETTLE: Final = """
update outbox x set state = s.state, code = s.code, next_at = s.next_at, settled_at = s.settled_at, attempts = s.attempts
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::timestamptz[], $6::timestamptz[], $7::integer[],
              $8::timestamptz[])
       as s (practice_id, id, state, code, next_at, settled_at, attempts, held)
 where x.practice_id = s.practice_id and x.id = s.id and (s.held is null or x.state in ('owed', 'sending') and exists (
       select from queue q
        where q.kind = 'send' and q.practice_id = s.practice_id and q.id = s.id and q.next_at = s.held))
returning x.id
"""
_STANDS: Final = """
select x.id from outbox x, unnest($1::uuid[], $2::uuid[], $3::text[]) as s (practice_id, id, state)
 where x.practice_id = s.practice_id and x.id = s.id and x.state = s.state
"""
_TOLD: Final = f"""
with told as (
    update outbox o set state = 'sent', code = s.code, next_at = null, settled_at = s.at, told_by = s.id
      from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::smallint[], $5::timestamptz[])
           as s (practice_id, id, tells, code, at)
      join outbox c on c.practice_id = s.practice_id and c.id = s.id
     where o.practice_id = c.practice_id and o.conversation_id = c.conversation_id and o.person_id = c.person_id
       and o.form in {NOTICES} and o.state = 'owed' and o.id <> c.id and o.created_at < s.tells
    returning o.practice_id, o.id)
delete from queue q using told where q.kind = 'send' and q.practice_id = told.practice_id and q.id = told.id
"""  # noqa: S608 - made of constants
_UNTOLD: Final = """
update outbox o set state = 'failed', code = s.code, settled_at = s.at
  from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[]) as s (practice_id, id, code, at)
 where o.practice_id = s.practice_id and o.told_by = s.id and o.state = 'sent'
"""
_DONE: Final = """
delete from queue q using unnest($1::uuid[], $2::uuid[]) as d (practice_id, id)
 where q.kind = 'send' and q.practice_id = d.practice_id and q.id = d.id
"""
