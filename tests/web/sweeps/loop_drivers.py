"""Everything that comes in, at its limits: what `test_loop_time` drives."""

import asyncio
import contextlib
import json
import time
import typing
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from channels.chat import frames
from channels.chat.connection import Connection
from channels.chat.protocol import Protocol
from channels.email.arriving.reception import Mail, Peer, Reception, Recipient
from channels.email.reading.reader import Reader
from channels.email.senders.authenticity import Dmarc, How, Verdict
from channels.email.terms import MailIn
from channels.email.workers.answering import encode_frame
from channels.email.workers.judge_worker import Judge
from channels.email.workers.parse_worker import Read, Told, read
from channels.email.workers.reading_room import ReadingRoom
from messaging.entrance.signing_in import who
from messaging.errors import Malformed
from messaging.leaving.keys import take_key
from messaging.leaving.owing import reply_token
from messaging.letters.writing import Letter, write_letter
from messaging.messages import CHAT_LIMIT, LETTER_LIMIT
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from messaging.trust.locks import KeySource
from tests.callbacks import Callbacks
from tests.channels.email.sealing.costly_keys import AS_BAD
from tests.web.hostile import as_form, as_json, as_multipart
from tests.web.sweeps.test_hostile_requests import (
    API_ROUTES,
    FORM,
    JSON,
    PAGE_ROUTES,
    World,
    described,
    form_fields,
    whose,
)
from web.http.guards import BODY_LIMIT


def full(unit: str, size: int = LETTER_LIMIT) -> str:
    """As much of it as a text may have."""
    return (unit * (size // len(unit) + 1))[: size - 1] + "x"


SHAPES: Final = {
    "quotations": full("> a\n\n"),
    "answers": full("> a\nb\n"),
    "paragraphs": full("a\n\n"),
    "marks": full(">"),
    "asides": full("[a]"),
    "astral": full("\U0001f700 "),
}
"""Letters at their limit, of what is dearest to cut, to quote, to escape, to break into lines and to encode."""
JSON_SHAPES: Final = {
    "lists": b"[" + b"[]," * (BODY_LIMIT // 3 - 2) + b"[]]",
    "nested": b'{"text": ' + b"[" * (BODY_LIMIT - 100),
    "objects": b'{"text": [' + b"{}," * (BODY_LIMIT // 3 - 9) + b"{}]}",
    "names": json.dumps({f"{number:x}": 1 for number in range(150_000)}).encode(),
    "one name": b"{" + b'"a":1,' * (BODY_LIMIT // 6 - 9) + b'"a":1}',
}


class Wire:
    """The other end of a socket, which takes everything."""

    clear = True

    def __init__(self) -> None:
        self.frames = 0
        self.heard = asyncio.Event()

    def send_text(self, text: str) -> None:
        self.frames += 1
        self.heard.set()

    def end(self, code: int, reason: str) -> None:
        self.heard.set()

    def pause(self) -> None: ...

    def resume(self) -> None: ...


class Beside(ReadingRoom):
    """Answers come as from a process, and from a thread: a process gives way to all others on a busy machine."""

    async def read(self, question: Read) -> Told:
        answer = await asyncio.to_thread(lambda: encode_frame(read(question)))
        return msgspec.msgpack.decode(answer[4:], type=Told)

    async def judge(self, question: Judge) -> Verdict:
        return Verdict(Dmarc.PASS, aligned=True, how=How.OWN_DKIM, from_address=None)


async def letters(seen: Callbacks, world: World) -> None:
    """Web letters of every shape, both ways; one of the two is mailed with its words."""
    for name, text in SHAPES.items():
        for author in ("ruth", "mira"):
            held, circle = await world.cast.enter(author, "ruth", Deed.WRITE)
            letter = Letter(uuid4(), text)
            await seen.drive(
                f"letter of {name} by {author}", write_letter(world.cast.office, held, circle, letter)
            )


async def mail(seen: Callbacks, world: World) -> None:
    """Letters by mail, kept and read; what a process of the reader's does is done by a thread here."""
    cast = world.cast
    terms = MailIn(domain="quietline.localhost")
    reception = Reception(cast.office, terms)
    _, circle = await cast.enter("ruth", "ruth")
    address = f"reply+{await reply_token(cast.office, circle, cast['ruth'])}@quietline.localhost"
    head = f"From: Ruth <{cast['ruth'].email}>\r\nTo: <{address}>\r\nSubject: s\r\n".encode()
    along = b"Autocrypt: addr=x@y.example; keydata=" + b"A" * 30_000 + b"\r\n"
    many = b"".join(b"DKIM-Signature: v=1; d=a%d.example; b=A\r\n" % number for number in range(900))
    raws = {
        "lines": head + b"\r\n" + b"a\r\n" * 200_000,
        "quotations": head + b"\r\n" + b"> a\r\n\r\n" * 50_000,
        "markup": head + b"Content-Type: text/html\r\n\r\n" + b"<b>a" * 40_000,
        "fields": head + along + many + b"\r\nwords\r\n",
    }
    recipient = await seen.drive("a recipient", reception.recipient(address, "a@b.example"))
    assert isinstance(recipient, Recipient)
    for wrong in (
        "a" * 900 + "@x.example",
        "@" * 900,
        "." * 900 + "@" + "a." * 400,
        address.replace("@", "@" * 100),
    ):
        await seen.drive("a wrong recipient", reception.recipient(wrong, "a@b.example"))
    for name, raw in raws.items():
        (said,) = await seen.drive(
            f"mail of {name}", reception.accept(Mail(Peer("127.0.0.1"), "a@b.example", (recipient,)), raw)
        )
        assert said.startswith("250")
    reader = Reader(cast.office, terms, Beside(1))
    while await seen.drive("reading mail", reader.read_due()):
        pass


async def keys(seen: Callbacks, world: World) -> None:
    """OpenPGP keys made to be dear."""
    person = world.cast["ruth"]
    for name, make in AS_BAD.items():
        raw = make(person.email or "")

        async def taken(raw: bytes = raw) -> None:
            with contextlib.suppress(Malformed):
                await take_key(world.cast.office, person, raw, KeySource.UPLOAD)

        await seen.drive(f"a key of {name}", taken())


async def live(seen: Callbacks, world: World) -> None:
    """Every frame at its limits, and the whole conversation read by two dozen at once."""
    cast, conversation = world.cast, world.cast.conversation("ruth")
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await open_session(cast.office, held)
    ruth = await who(cast.office, world.tokens["ruth"])
    for kind in typing.get_args(frames.FromBrowser):
        for number, text in enumerate(
            (full("\U0001f700", CHAT_LIMIT), full("a ", CHAT_LIMIT), "[" * frames.FRAME_LIMIT)
        ):
            frame = frame_of(kind, conversation, text)
            wire = Wire()
            protocol = Protocol(cast.house.hub, Connection(ruth, wire), cast.house.pacing, time.monotonic)
            await seen.drive(f"frame {kind.__name__} {number}", heard(protocol, wire, frame))
    for broken in ("[" * frames.FRAME_LIMIT, '{"a":' * 10_000, '{"type":"say","text":"' + "\\u00e4" * 10_000):
        wire = Wire()
        protocol = Protocol(cast.house.hub, Connection(ruth, wire), cast.house.pacing, time.monotonic)
        await seen.drive("a broken frame", heard(protocol, wire, broken))
    wires = [Wire() for _ in range(24)]
    opening = frame_of(frames.Open, conversation, "")
    for wire in wires:
        Protocol(cast.house.hub, Connection(ruth, wire), cast.house.pacing, time.monotonic).take(opening)
    await seen.drive("two dozen long reads", everyone(wires))


async def everyone(wires: list[Wire]) -> None:
    """Until each was shown all the letters there are."""
    for wire in wires:
        while wire.frames < 2 * len(SHAPES):
            wire.heard.clear()
            await asyncio.wait_for(wire.heard.wait(), 60)


async def heard(protocol: Protocol, wire: Wire, frame: str) -> None:
    """Hands a frame in, and waits for what follows where something does."""
    protocol.take(frame)
    for _ in range(20):
        await asyncio.sleep(0)
    protocol.gone()


def frame_of(kind: type[Any], conversation: UUID, text: str) -> str:
    """A frame whose fields are as large as they may be. A field of a kind not known here fails."""
    largest: dict[type[Any], Any] = {
        str: text,
        int: 2**31 - 1,
        bool: True,
        frames.Word: frames.Word.TAKE_YOUR_TIME.value,
        frames.Doing: frames.Doing.WRITING.value,
    }
    held: dict[str, Any] = {"type": kind.__struct_config__.tag}
    for name, of in typing.get_type_hints(kind).items():
        if name == "after":
            held[name] = 0
        elif of is UUID:
            held[name] = str(conversation if name == "conversation" else uuid4())
        else:
            held[name] = largest[of]
    return json.dumps(held, ensure_ascii=False)


async def pages(seen: Callbacks, world: World) -> None:
    """Every page and list, of a conversation of letters at their limit."""
    for method, template, _ in (*API_ROUTES, *PAGE_ROUTES):
        if method == "GET":
            await seen.drive(f"GET {template}", world.ask(whose(template), "GET", world.path(template)))


async def requests(seen: Callbacks, world: World) -> None:
    """Every form and every object, each text in it as long as a request may be."""
    for method, template, route in (*API_ROUTES, *PAGE_ROUTES):
        if method == "GET" or template == "/sign-out":
            continue
        api = template.startswith("/api")
        fine = described(method, template) if api else form_fields(route, world)
        large = [name for name, value in fine.items() if value in ("words of eight", "AT", "PT")] or list(
            fine
        )[:1]
        # What is dear to decode is decoded by one function for all; whose words they are matters where they are kept.
        for unit in ("x", "> a\nb\n", "\u00e4") if "text" in fine else ("x",):
            room = BODY_LIMIT // max(len(large), 1) // (7 if unit == "\u00e4" else 3)
            fields = {**fine, **dict.fromkeys(large, full(unit, room))}
            body, kind = (as_json(fields), JSON) if api else (as_form(fields), FORM)
            await seen.drive(
                f"{method} {template}", world.ask(whose(template), method, world.path(template), body, **kind)
            )


async def bodies(seen: Callbacks, world: World) -> None:
    """Bodies that are all structure, to one route of each kind: all others read them by the same function."""
    place = world.path("/api/v1/conversations/{conversation}/messages")
    for name, body in JSON_SHAPES.items():
        await seen.drive(f"JSON of {name}", world.ask("ruth", "POST", place, body, **JSON))
    parts = as_multipart({f"f{number}": "\r\n--" * 8_000 for number in range(39)})
    multipart = {"content-type": "multipart/form-data; boundary=b"}
    for name, body, kind in (
        ("ampersands", b"&" * BODY_LIMIT, FORM),
        ("percents", b"text=" + b"%" * (BODY_LIMIT - 9), FORM),
        ("parts", parts[:BODY_LIMIT], multipart),
        ("boundaries", b"--b\r\n" * (BODY_LIMIT // 5), multipart),
    ):
        await seen.drive(f"form of {name}", world.ask("ruth", "POST", "/me/mail/key", body, **kind))
    for name in ("cookie", "authorization", "content-type", "x-forwarded-for", "origin"):
        for unit in ("a=b; ", ";", "=", '"', ",", "a"):
            header = {name: full(unit, 60_000)}
            await seen.drive(f"header {name}", world.door.ask("GET", "/me", b"", header))
    await seen.drive("a long query", world.ask("ruth", "GET", "/me/letters?" + "before=1&" * 7_000))
