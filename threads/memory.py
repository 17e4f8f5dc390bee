"""Memory as the acts know it: every part of this floor over one database."""

import asyncio
from dataclasses import dataclass
from functools import partial

from messaging.keeping import Keep
from messaging.memory.whole import Memory
from threads.absence.absences import Absences
from threads.agreements.agreements import Agreements
from threads.agreements.exchanges import Exchanges
from threads.arriving.addresses import FurtherAddresses
from threads.arriving.fetched import Mailboxes
from threads.arriving.files import Files
from threads.arriving.mail_door import MailDoor
from threads.arriving.reading_desk import ReadingDesk
from threads.bell import Bell, Gap, Hear
from threads.counting.of_practice import Counting
from threads.database import Database
from threads.ending.care import Care
from threads.ending.erasures import Endings
from threads.ending.retention import Retention
from threads.entrance.passkeys import Passkeys
from threads.entrance.second_factors import SecondFactors
from threads.entrance.sign_ins import SignIns
from threads.entrance.ways_back import WaysBack
from threads.exporting.exports import Exports
from threads.inbox.day import Days
from threads.inbox.listing import Inboxes
from threads.integrating.events import Events
from threads.integrating.service_accounts import ServiceAccounts
from threads.integrating.webhooks import Webhooks
from threads.keys import Keys
from threads.leaving.keys import PersonKeys
from threads.leaving.promises import Promises
from threads.leaving.way_out import WayOut
from threads.letters.drafts import Drafts
from threads.letters.sending_later import PendingLetters
from threads.letters.snippets import Snippets
from threads.letters.uploads import Uploads
from threads.lookups import Lookups
from threads.mailbox import Mailbox
from threads.nodes.neighbours import Neighbours
from threads.nodes.ringer import Ringer
from threads.notes.process import ProcessNotes
from threads.notes.progress import ProgressNotes
from threads.practice.conversations import Conversations
from threads.practice.directory import Directory
from threads.practice.people import People
from threads.probe import Probe
from threads.pushing.subscriptions import Subscriptions
from threads.record.subjects import Subjects
from threads.record.thread import Threads
from threads.record.writer import Announce, GroupWriter
from threads.releasing.releases import Releases
from threads.searching.caseloads import Caseloads
from threads.sessions.bookings import Bookings
from threads.sessions.check_ins import CheckIns
from threads.sessions.sessions import Sessions
from threads.sessions.slots import Slots
from threads.trail.anchors import Anchors
from threads.trail.exposures import Exposures
from threads.trail.lines import TrailLines
from threads.trail.trail import Mac, Trail
from threads.trail.waiting_lines import WaitingLines


@dataclass(frozen=True, slots=True)
class Store:
    """The parts with a life of their own, beside the memory the acts are handed."""

    database: Database
    writer: GroupWriter
    trail: Trail
    bell: Bell
    mail_door: MailDoor
    reading_desk: ReadingDesk
    way_out: WayOut
    ringer: Ringer
    neighbours: Neighbours
    lookups: Lookups
    probe: Probe
    memory: Memory

    async def listen(self, hear: Hear, gap: Gap, keep: Keep) -> None:
        """What other nodes say, until cancelled. A command beside the server does not hear it."""

        def heard(payload: str) -> None:
            if not self.neighbours.hear(payload, gap):
                hear(payload)

        async with asyncio.TaskGroup() as group:
            group.create_task(keep("bell", partial(self.bell.listen, heard, gap)))
            group.create_task(keep("neighbours", partial(self.neighbours.run, self.bell.ring, gap)))

    async def drain(self) -> None:
        """Waits until what was taken is written, and the other nodes know."""
        await self.writer.drain()
        await self.ringer.drain()

    async def run(self, keep: Keep) -> None:
        """All of them but what `listen` runs; until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.writer.run(keep))
            group.create_task(self.ringer.run(keep))
            group.create_task(self.lookups.run(keep))
            group.create_task(self.mail_door.run(keep))
            group.create_task(self.reading_desk.run(keep))
            group.create_task(keep("trail", self.trail.run))
            group.create_task(keep("anchors", partial(self.trail.anchors.run, self.trail.stands)))
            group.create_task(keep("way out", self.way_out.run))
            group.create_task(keep("probe", self.probe.run))


def build(
    database: Database,
    mac: Mac,
    announce: Announce,
    node: str,
    anchors: Anchors,
    waiting: WaitingLines | None = None,
) -> Store:
    """Joins the parts; `node` names this process on the bell, `waiting` is where audit lines of reads may wait."""
    connect, limits = database.connect, database.limits
    neighbours = Neighbours(database, node)
    ringer = Ringer(connect, limits, node, neighbours)
    writer, trail = GroupWriter(database, ringer.after(announce)), Trail(database, mac, anchors, waiting)
    mail_door, reading_desk = MailDoor(connect, limits), ReadingDesk(connect, limits)
    way_out, lookups = WayOut(connect, limits), Lookups(connect, limits)
    return Store(
        database=database,
        writer=writer,
        trail=trail,
        bell=Bell(connect, database, node),
        ringer=ringer,
        neighbours=neighbours,
        mail_door=mail_door,
        reading_desk=reading_desk,
        way_out=way_out,
        lookups=lookups,
        probe=Probe(connect, limits),
        memory=_memory(database, writer, trail, lookups, Mailbox(database, mail_door, reading_desk, way_out)),
    )


def _memory(
    database: Database, writer: GroupWriter, trail: Trail, lookups: Lookups, mailbox: Mailbox
) -> Memory:
    return Memory(
        writer=writer,
        threads=Threads(database),
        subjects=Subjects(database),
        conversations=Conversations(database),
        absences=Absences(database),
        inboxes=Inboxes(database),
        caseloads=Caseloads(database),
        days=Days(database),
        counting=Counting(database),
        sessions=Sessions(database),
        bookings=Bookings(database),
        slots=Slots(database),
        drafts=Drafts(database),
        snippets=Snippets(database),
        progress_notes=ProgressNotes(database),
        process_notes=ProcessNotes(database),
        releases=Releases(database),
        agreements=Agreements(database),
        exchanges=Exchanges(database),
        pending_letters=PendingLetters(database),
        promises=Promises(database),
        check_ins=CheckIns(database),
        people=People(database),
        sign_ins=SignIns(database),
        second_factors=SecondFactors(database),
        ways_back=WaysBack(database),
        passkeys=Passkeys(database),
        directory=Directory(database),
        mailbox=mailbox,
        mailboxes=Mailboxes(database.connect),
        further_addresses=FurtherAddresses(database),
        person_keys=PersonKeys(database),
        files=Files(database),
        uploads=Uploads(database),
        keys=Keys(database),
        trail=trail,
        trail_lines=TrailLines(database),
        exposures=Exposures(database),
        endings=Endings(database),
        exports=Exports(database),
        care=Care(database),
        retention=Retention(database),
        lookups=lookups,
        events=Events(database),
        webhooks=Webhooks(database),
        service_accounts=ServiceAccounts(database),
        subscriptions=Subscriptions(database),
    )
