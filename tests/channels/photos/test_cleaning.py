"""Photos of each kind without what their camera wrote; and what is no photo, in every way it can be none."""

import struct
import zlib
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.workers.parse_worker import NOT_CLEANED, Read, read
from channels.photos.cleaning import CLEANED, cleaned
from channels.photos.orientation import orientation_in
from tests.web.uploading import LIVED_AT, PICTURE, exif, jpeg

UPRIGHT = (1, 6)


def chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def png(orientation: int) -> bytes:
    told = (
        chunk(b"IHDR", bytes(13))
        + chunk(b"eXIf", exif(orientation))
        + chunk(b"tEXt", b"where\x00" + LIVED_AT)
    )
    told += chunk(b"iTXt", LIVED_AT) + chunk(b"tIME", bytes(7)) + chunk(b"prVt", LIVED_AT)
    return b"\x89PNG\r\n\x1a\n" + told + chunk(b"IDAT", PICTURE) + chunk(b"IEND", b"") + LIVED_AT


def riff(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


def webp(orientation: int) -> bytes:
    body = b"WEBP" + riff(b"VP8X", b"\x0c" + bytes(9)) + riff(b"VP8 ", PICTURE)
    body += riff(b"EXIF", exif(orientation)) + riff(b"XMP ", LIVED_AT) + riff(b"PRIV", LIVED_AT)
    return b"RIFF" + len(body).to_bytes(4, "little") + body + LIVED_AT


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def infe(item: int, kind: bytes, more: bytes = b"\x00") -> bytes:
    return box(b"infe", b"\x02\x00\x00\x00" + struct.pack(">HH", item, 0) + kind + more)


def heic() -> bytes:
    """Three items in one box: the picture, Exif, XMP."""
    items = (PICTURE, bytes(4) + exif(), LIVED_AT)
    infos = infe(1, b"hvc1") + infe(2, b"Exif") + infe(3, b"mime", b"\x00application/rdf+xml\x00")
    iinf = box(b"iinf", bytes(4) + (3).to_bytes(2, "big") + infos)
    head = box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic")

    def meta(at: int) -> bytes:
        places = b""
        for number, item in enumerate(items, 1):
            places += struct.pack(">HHHII", number, 0, 1, at, len(item))
            at += len(item)
        iloc = box(b"iloc", bytes(4) + b"\x44\x00" + (3).to_bytes(2, "big") + places)
        return box(b"meta", bytes(4) + iinf + iloc)

    at = len(head) + len(meta(0)) + 8
    return head + meta(at) + box(b"mdat", b"".join(items)) + box(b"mpvd", LIVED_AT) + box(b"free", LIVED_AT)


def photos() -> dict[str, bytes]:
    return {"image/jpeg": jpeg(), "image/png": png(6), "image/webp": webp(6), "image/heic": heic()}


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "image/heic"])
def test_a_photo_keeps_its_picture_and_nothing_else(kind: str) -> None:
    raw = photos()[kind]
    assert raw.count(LIVED_AT) > 1
    clean = cleaned(kind, raw)
    assert clean is not None
    assert LIVED_AT not in clean
    assert PICTURE in clean
    assert cleaned(kind, clean) == clean, "once more: nothing is left to take out"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_it_stays_as_upright_as_it_was(orientation: int) -> None:
    for kind, raw in (
        ("image/jpeg", jpeg(orientation)),
        ("image/png", png(orientation)),
        ("image/webp", webp(orientation)),
    ):
        clean = cleaned(kind, raw) or b""
        place = clean.find(b"MM\x00*")
        assert (orientation_in(clean[place:]) if place >= 0 else 1) == orientation, kind
    assert orientation_in(b"Exif\x00\x00" + exif(9)) == 1
    assert orientation_in(b"MM\x00*\xff\xff\xff\xff") == 1


def test_a_heic_keeps_its_length_so_that_every_place_in_it_holds() -> None:
    assert len(cleaned("image/heic", heic()) or b"") == len(heic())
    assert cleaned("image/heic", heic() + box(b"moov", LIVED_AT)) is None, "a film is not cleaned"


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_it_is_there_is_an_answer(data: st.DataObject) -> None:
    """Cut, changed, or anything at all: None, or a photo; never an accident."""
    kind = data.draw(st.sampled_from(sorted(CLEANED)))
    raw = bytearray(photos().get(kind, heic()))
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    cleaned(kind, bytes(raw[:cut]))
    cleaned(kind, data.draw(st.binary(max_size=60)))


def test_photos_that_come_by_mail_are_shown_without_and_one_that_cannot_be_is_named() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ruth@mail.example", "x"
    mail.set_content("Look.")
    mail.add_attachment(jpeg(), maintype="image", subtype="jpeg", filename="lake.jpg")
    mail.add_attachment(jpeg()[:90], maintype="image", subtype="jpeg", filename="half.jpg")
    told = read(Read(mail.as_bytes())).letter
    whole, half = told.attachments
    assert (whole.name, half.name) == ("lake.jpg", "half.jpg")
    assert LIVED_AT not in whole.content
    assert PICTURE in whole.content
    assert half.content == jpeg()[:90]
    assert NOT_CLEANED in told.problems
