"""Memory as the acts know it: every part of this floor over one database."""

from dataclasses import dataclass

from messaging.store import Memory
from threads.bell import Bell
from threads.conversations import Conversations
from threads.database import Database
from threads.keys import Keys
from threads.mailbox import Mailbox
from threads.people import Directory, People, SignIns
from threads.thread import Threads
from threads.trail import Mac, Trail
from threads.writer import Announce, GroupWriter


@dataclass(frozen=True, slots=True)
class Store:
    """The parts with a life of their own, beside the memory the acts are handed."""

    database: Database
    writer: GroupWriter
    trail: Trail
    bell: Bell
    memory: Memory


def build(database: Database, mac: Mac, announce: Announce, node: str) -> Store:
    """Joins the parts; `node` names this process on the bell."""
    writer = GroupWriter(database.connect, announce, node)
    trail = Trail(database, mac)
    return Store(
        database=database,
        writer=writer,
        trail=trail,
        bell=Bell(database.connect, database),
        memory=Memory(
            writer=writer,
            threads=Threads(database),
            conversations=Conversations(database),
            people=People(database),
            sign_ins=SignIns(database),
            directory=Directory(database),
            mailbox=Mailbox(database),
            keys=Keys(database),
            trail=trail,
        ),
    )
