"""A backup looked through without a database: whole, its counts, the audit chains, and each sealed row opened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from messaging.backup.frames import DATA, TABLE, Frame
from messaging.backup.header import Header, NoBackup, TableSaid, Tell
from messaging.backup.rows import Rows, moment, number, uuid
from messaging.backup.sealed_rows import PLACES, Row
from messaging.ids import PersonId, PracticeId
from messaging.memory.trail import Line
from messaging.trust.encryption import CannotOpen, InstallationKey, Keyring
from messaging.trust.noted import Door
from messaging.trust.root_keys import RootKeys


@dataclass(slots=True)
class Looked:
    """What was found."""

    rows: int = 0
    opened: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)  # bound: one for each table
    lines: int = 0
    broken: set[UUID] = field(default_factory=set)  # bound: one for each practice
    """Practices whose audit chain does not fit."""

    @property
    def fine(self) -> bool:
        """Nothing is wrong."""
        return not self.unreadable and not self.broken


class _Kept:
    """The wrapped keys of the backup."""

    def __init__(self) -> None:
        # bound: one for each practice, conversation and person
        self.keys: dict[tuple[UUID, UUID], bytes] = {}

    async def wrapped_key(self, practice: UUID, owner: UUID) -> bytes | None:
        return self.keys.get((practice, owner))

    async def wrapped_keys(self, practice: UUID, owners: Sequence[UUID]) -> Mapping[UUID, bytes]:
        return {one: self.keys[practice, one] for one in owners if (practice, one) in self.keys}


class Looking:
    """Takes the frames after the header, in order."""

    def __init__(self, header: Header, root: RootKeys) -> None:
        self.found = Looked()
        self._header, self._root = header, root
        self._kept = _Kept()
        # Nothing is made by it.
        self._keyring = Keyring(root, self._kept, bytes)
        self._installation: InstallationKey | None = None
        self._ends: dict[UUID, tuple[int, bytes]] = {}  # bound: one for each practice

    async def run(self, rest: Iterator[Frame], tell: Tell) -> Looked:
        """Raises NoBackup, CannotOpen for keys of another installation."""
        waiting = list(self._header.tables)
        table, rows, count = None, Rows(), 0
        for kind, content in rest:
            if kind == DATA and table is not None:
                for values in rows.feed(content):
                    count += 1
                    await self._row(table.name, dict(zip(table.columns, values, strict=True)))
                continue
            _must_be_whole(table, rows, count)
            table, rows, count = None, Rows(), 0
            if kind == TABLE:
                table = waiting.pop(0) if waiting else None
                if table is None or table.name != content.decode("utf-8", "replace"):
                    raise NoBackup("the backup's tables are not in their order")
                tell(table.name, table.rows)
        if waiting:
            raise NoBackup("the backup lacks tables")
        self.found.rows = self._header.rows
        return self.found

    async def _row(self, table: str, row: Row) -> None:
        match table:
            case "installation":
                self._installation = InstallationKey(self._root.unwrap(row["wrapped_key"] or b""))
            case "data_keys":
                named = (uuid(row["practice_id"] or b""), uuid(row["owner_id"] or b""))
                self._kept.keys[named] = row["wrapped"] or b""
            case "trail":
                self._line(row)
        for (owner, column), place in PLACES.items():
            if owner == table and (blob := row.get(column)):
                await self._open(table, place(row).practice, row, column, blob)

    async def _open(self, table: str, practice: UUID, row: Row, column: str, blob: bytes) -> None:
        place = PLACES[table, column](row)
        try:
            (await self._keyring.key(practice, place.owner)).open(place, blob)
        except CannotOpen:
            self.found.unreadable[table] = self.found.unreadable.get(table, 0) + 1
        else:
            self.found.opened += 1

    def _line(self, row: Row) -> None:
        if self._installation is None:
            raise NoBackup("the backup has no installation")
        practice, seq = uuid(row["practice_id"] or b""), number(row["seq"] or b"")
        before, mac = self._ends.get(practice, (0, b""))
        line = Line(
            practice=PracticeId(practice),
            at=moment(row["at"] or b""),
            actor=PersonId(uuid(row["actor_id"] or b"")),
            action=(row["action"] or b"").decode(),
            subject=uuid(subject) if (subject := row["subject_id"]) else None,
            door=Door(door.decode()) if (door := row.get("door")) else None,
        )
        mac = self._installation.audit_mac(mac, line.canonical(seq))
        if seq != before + 1 or mac != row["mac"]:
            self.found.broken.add(practice)
        self._ends[practice] = (seq, mac)
        self.found.lines += 1


def _must_be_whole(table: TableSaid | None, rows: Rows, count: int) -> None:
    if table is not None and (count != table.rows or not rows.ended):
        raise NoBackup(f"the backup lacks rows of {table.name}")
