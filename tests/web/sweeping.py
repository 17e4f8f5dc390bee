"""Asking for every address as everybody, and keeping what was not as it should be."""

from datetime import timedelta
from uuid import UUID

from messaging.entrance.signing_in import begin
from messaging.memory.sign_ins import SignInKind
from messaging.people import Person
from tests.web.every_state import World
from tests.web.hostile import Door


class Sweep:
    """Asks as everybody, and keeps what was not as it should be."""

    def __init__(self, world: World) -> None:
        self.world, self.door = world, Door(world.cast.house)
        self.faults: list[str] = []
        self.asked = 0
        self._tokens: dict[UUID, str] = {}

    async def ask(self, reader: Person | None, path: str, *expected: int) -> str:
        """One page, as this reader."""
        headers = {} if reader is None else {"authorization": f"Bearer {await self._token(reader)}"}
        reply = await self.door.ask("GET", path, b"", headers)
        self.asked += 1
        # The worker of Help now carries sheets, which name the mark of a part that failed.
        words = not path.startswith("/help-now.js")
        part = words and "data-part-failed" in reply.body.decode("utf-8", "replace")
        if reply.status not in expected or reply.fault or part:
            who = reader.role if reader else "nobody"
            self.faults.append(
                f"{who} {path}: {reply.status} {reply.fault} {'part' if part else ''}, not {expected}"
            )
        return reply.body.decode("utf-8", "replace")

    def accidents(self) -> str:
        """A line for each."""
        return "\n".join(self.faults[:40])

    async def _token(self, reader: Person) -> str:
        if reader.id not in self._tokens:
            office, hour = self.world.cast.office, timedelta(hours=1)
            made = await begin(office, reader.practice, reader.id, SignInKind.BEARER, hour)
            self._tokens[reader.id] = made.text
        return self._tokens[reader.id]
