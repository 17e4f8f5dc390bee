"""An IMAP server that says exactly what it is told, for what real ones do too rarely to wait for."""

import asyncio
from collections import defaultdict
from types import TracebackType

ALWAYS = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
    "SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [PERMANENTFLAGS (\\*)] .\r\n",
    "UID SEARCH": b"* SEARCH\r\n",
}
GONE = b"%vanishes%"
"""Where an answer breaks off and the connection with it."""


class ScriptedImap:
    """Answers each command with what is next in `script` for its words, and then with what is said always.

    `done` is what it says at the end of SELECT; `lower`: it writes all its words in small letters.
    """

    def __init__(self, script: dict[str, list[bytes]], *, done: str = "", lower: bool = False) -> None:
        self.script, self.done, self.lower = script, done, lower
        self.heard: list[str] = []
        self.port = 0
        self._times: defaultdict[str, int] = defaultdict(int)

    async def __aenter__(self) -> "ScriptedImap":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._cased(b"* OK ready\r\n"))
        while line := await reader.readline():
            tag, _, command = line.decode().strip().partition(" ")
            self.heard.append(command)
            done = "[READ-WRITE] done" if command.startswith("SELECT") else "done"
            answer = self._answer(command)
            if GONE in answer:  # in the middle of what it says
                writer.write(answer.partition(GONE)[0])
                break
            if command.startswith("SELECT") and self.done:
                done = self.done
            writer.write(
                self._cased(answer)
                + self._cased(f"{tag} OK {done}\r\n".encode()).replace(tag.lower().encode(), tag.encode(), 1)
            )
        writer.close()

    def _cased(self, answer: bytes) -> bytes:
        """All but what is in a literal, where `lower` is asked for."""
        head, mark, rest = answer.partition(b"}\r\n")
        return (head.lower() if self.lower else head) + mark + rest

    def _answer(self, command: str) -> bytes:
        for words, answers in self.script.items():
            if command.startswith(words) and self._times[words] < len(answers):
                self._times[words] += 1
                return answers[self._times[words] - 1]
        return next((told for words, told in ALWAYS.items() if command.startswith(words)), b"")
