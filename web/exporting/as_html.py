"""A record to be read: one page with everything on it, and the files beside it, in one zip.

The page runs nothing and fetches nothing (its policy forbids both), and opens from a folder without any program of ours. The
record is gone through twice, for a zip is written one file after the other: the page first, then what it leads to.
"""

import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from messaging.exporting.notes import notes_in
from messaging.exporting.record import Line, Record, file_of, lines_of, original_of
from messaging.office import Office
from messaging.trust.access import Way
from web.exporting.names import original_path, path_of
from web.exporting.notes import said_note
from web.exporting.octets import sliced
from web.exporting.words import Words, ours, pages
from web.exporting.zipping import Out, entry
from web.pages.parts.rendering import environment

PAGE: Final = "index.html"


async def as_html(office: Office, way: Way, record: Record) -> AsyncIterator[bytes]:
    """Written piece by piece: an entry, or a file. Raises Busy."""
    out = Out()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        with packed.open(entry(PAGE, record.at), "w", force_zip64=True) as page:
            async for piece in _page(office, way, record):
                page.write(piece.encode())
                yield out.taken()
        async for line in lines_of(office, way, record):
            async for path, content in _contents(office, way, record, line):
                info = entry(path, record.at, ZIP_STORED)
                info.file_size = len(content)
                with packed.open(info, "w") as file:
                    for slice_ in sliced(content):
                        file.write(slice_)
                        yield out.taken()
    yield out.taken()


async def _page(office: Office, way: Way, record: Record) -> AsyncIterator[str]:
    words, made = Words(record), _template()
    yield _opening(words) + str(made.head(record, words))
    async for line in lines_of(office, way, record):
        said = words.said(line)
        paths: dict[object, str] = {
            file.place: await _at_hand(office, way, line, file.place) for file in said.files
        }
        paths["original"] = await _original_at_hand(office, way, record, line)
        yield str(made.line(said, paths, ours().labels, ours().told["missing"]))
    async for note in notes_in(office, way, record):
        yield str(made.note(said_note(words, note)))
    yield "</main>\n</body>\n</html>\n"


async def _at_hand(office: Office, way: Way, line: Line, place: int) -> str:
    """Where a file will lie, if it can be had: a link to nothing would look like a loss."""
    note = line.files[place]
    if note.id in line.held_back or await file_of(office, way, note) is None:
        return ""
    return path_of(line.entry.number, place, note.name)


async def _original_at_hand(office: Office, way: Way, record: Record, line: Line) -> str:
    found = await original_of(office, way, record, line)
    return "" if found is None else original_path(line.entry.number)


async def _contents(office: Office, way: Way, record: Record, line: Line) -> AsyncIterator[tuple[str, bytes]]:
    for place, note in enumerate(line.files):
        if note.id not in line.held_back:
            content = await file_of(office, way, note)
            if content is not None:
                yield path_of(line.entry.number, place, note.name), content
    original = await original_of(office, way, record, line)
    if original is not None:
        yield original_path(line.entry.number), original


def _opening(words: Words) -> str:
    """Up to the first word. The style is in the page, and named by its hash: nothing else may dress it."""
    style = _style()
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>Quietline, {words.record.at:%Y-%m-%d}</title>\n<style>{style}</style>\n"
        "</head>\n<body>\n<main>\n"
    )


@cache  # bound: one
def _style() -> str:
    return (Path(__file__).parent / "record.css").read_text("utf-8")


@cache  # bound: one
def _template() -> Any:
    told = {"roles": pages().roles, "states": pages().sessions}
    return environment().get_template("exporting/_record.html", globals=told).module
