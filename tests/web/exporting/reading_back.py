"""What another program reads in each form: of every entry its words, and the files with their octets."""

import asyncio
import io
import json
import mailbox
import tempfile
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile

from fhir.resources.R4B.bundle import Bundle

from messaging.exporting.notes import NoteLine
from messaging.exporting.record import ExportFormat, Line, Record
from messaging.messages import AttachmentNote
from web.exporting.writing import written


@dataclass
class Found:
    """What stands under one number: all text, and what the files hold."""

    text: str = ""
    files: list[bytes] = field(default_factory=list)


async def pieces(given: AsyncIterator[bytes], sizes: list[int] | None = None) -> bytes:
    """Together; and how long each was."""
    found = [piece async for piece in given]
    if sizes is not None:
        sizes += [len(one) for one in found]
    return b"".join(found)


def in_memory(
    form: ExportFormat,
    record: Record,
    lines: Sequence[Line],
    files: Mapping[Any, bytes] | None = None,
    sizes: list[int] | None = None,
    notes: Sequence[NoteLine] = (),
) -> bytes:
    """A record as it would be handed out if its memory held these lines, these files and these notes."""

    async def lines_of(*_: object) -> AsyncIterator[Line]:
        for one in lines:
            yield one

    async def file_of(_: object, __: object, note: AttachmentNote) -> bytes | None:
        return (files or {}).get(note.id)

    async def original_of(_: object, __: object, ___: object, line: Line) -> bytes | None:
        return (files or {}).get(line.original)

    async def notes_in(*_: object) -> AsyncIterator[NoteLine]:
        for one in notes:
            yield one

    stubs = (
        ("lines_of", lines_of),
        ("file_of", file_of),
        ("original_of", original_of),
        ("notes_in", notes_in),
    )
    with ExitStack() as stack:
        for one in ("as_json", "as_mbox", "as_html", "as_fhir"):
            for name, stub in stubs:
                stack.enter_context(patch(f"web.exporting.{one}.{name}", stub))
        return asyncio.run(pieces(written(None, None, record, form), sizes))  # type: ignore[arg-type]


def read_back(form: ExportFormat, octets: bytes) -> dict[int, Found]:
    """By number."""
    return {
        ExportFormat.JSON: _json,
        ExportFormat.MBOX: _mbox,
        ExportFormat.HTML: _html,
        ExportFormat.FHIR: _fhir,
    }[form](octets)


def strings(value: object) -> list[str]:
    """All text in it, keys aside."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in strings(one)]


def _json(octets: bytes) -> dict[int, Found]:
    document = json.loads(octets)
    names = {one["id"]: one["name"] for one in document["people"]}
    found = {}
    for entry in document["entries"]:
        held = [one["data"] for one in entry["attachments"] if "data" in one]
        held += [entry["original"]] if entry["original"] else []
        text = "\n".join([names[entry["author"]], *strings(entry)])
        found[entry["number"]] = Found(text, [b64decode(one) for one in held])
    return found


def _mbox(octets: bytes) -> dict[int, Found]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "record.mbox")
        path.write_bytes(octets)
        box = mailbox.mbox(path, create=False)
        found = {int(mail["X-Quietline-Number"]): _mail(mail) for mail in box if "X-Quietline-Number" in mail}
        box.close()
    return found


def _mail(mail: mailbox.mboxMessage) -> Found:
    text = [str(make_header(decode_header(mail[name]))) for name in ("From", "Subject")]
    first, *rest = list(mail.walk())[1:]
    text.append(octets_of(first).decode())
    files = list[bytes]()
    for part in rest:
        name = part.get_filename()
        content = octets_of(part)
        text.append(name or content.decode())
        files += [content] if name else []
    return Found("\n".join(text), files)


def octets_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[int, Found] = {}
        self.at: Found | None = None
        self.links: list[tuple[int, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = dict(attrs)
        self.tags.add(tag)
        if tag == "article" and have.get("class") != "note":
            self.number = int((have["id"] or "n0")[1:])
            self.at = self.found.setdefault(self.number, Found())
        if tag == "a":
            self.links.append((self.number, have["href"] or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self.at = None

    def handle_data(self, data: str) -> None:
        if self.at is not None:
            self.at.text += data


def page_of(octets: bytes) -> str:
    with ZipFile(io.BytesIO(octets)) as packed:
        return packed.read("index.html").decode()


def parsed(octets: bytes) -> _Page:
    page = _Page()
    page.feed(page_of(octets))
    page.close()
    return page


def _html(octets: bytes) -> dict[int, Found]:
    page = parsed(octets)
    with ZipFile(io.BytesIO(octets)) as packed:
        assert packed.testzip() is None
        assert set(packed.namelist()) == {"index.html", *(path for _, path in page.links)}
        for number, path in page.links:
            page.found[number].files.append(packed.read(path))
    return page.found


def _fhir(octets: bytes) -> dict[int, Found]:
    Bundle.model_validate_json(octets)
    document = json.loads(octets)
    resources = {one["fullUrl"]: one["resource"] for one in document["entry"]}
    assert len(resources) == len(document["entry"])
    assert document["entry"][0]["resource"]["resourceType"] == "Composition"
    assert not {text for text in references(document) if text not in resources}
    found = {}
    for one in resources.values():
        if one["resourceType"] == "Communication":
            found[int(one["topic"]["text"])] = _communication(one, resources)
    return found


def references(value: object) -> list[str]:
    """All that is referred to within."""
    if isinstance(value, dict):
        own = [text for name, text in value.items() if name == "reference"]
        return own + [text for one in value.values() for text in references(one)]
    return [text for one in value for text in references(one)] if isinstance(value, list) else []


def _communication(one: dict[str, Any], resources: Mapping[str, Any]) -> Found:
    text, files = strings(resources[one["sender"]["reference"]]) + strings(one["note"]), list[bytes]()
    for part in one.get("payload", ()):
        if "contentString" in part:
            text.append(part["contentString"])
        elif "contentAttachment" in part:
            text.append(b64decode(part["contentAttachment"]["data"]).decode())
        else:
            document = resources[part["contentReference"]["reference"]]
            attachment = document["content"][0]["attachment"]
            text.append(attachment["title"])
            files.append(b64decode(resources[attachment["url"]]["data"]))
    return Found("\n".join(text), files)
