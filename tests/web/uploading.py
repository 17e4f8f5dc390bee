"""Files as browsers send them, and photos as phones make them."""

import struct
from uuid import uuid4

LIVED_AT = b"GPS-48.2082N-16.3738E"
"""Stands for the place in every way a photo can say it."""


def form(*parts: tuple[str, str | None, bytes]) -> tuple[bytes, str]:
    """A multipart form of (name, file name, content), and its content type."""
    boundary = uuid4().hex
    body = b""
    for name, file_name, content in parts:
        named = "" if file_name is None else f'; filename="{file_name}"'
        kind = "" if file_name is None else "Content-Type: application/octet-stream\r\n"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{kind}\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def exif(orientation: int = 6) -> bytes:
    """A TIFF structure with an orientation, and a place."""
    entries = struct.pack("<HHHIHH", 2, 0x0112, 3, 1, orientation, 0)
    entries += struct.pack("<HHII", 0x010E, 2, len(LIVED_AT), 38) + bytes(4)
    return b"II*\x00\x08\x00\x00\x00" + entries + LIVED_AT


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


PICTURE = segment(0xC0, bytes(15)) + segment(0xDA, bytes(10)) + b"\x11\xff\x00\x22\xff\xd0\x33" * 40
"""Of a JPEG, what is drawn."""


def jpeg(orientation: int = 6) -> bytes:
    """With Exif, XMP, IPTC, a comment, a thumbnail, and a further picture behind the end."""
    told = segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x48\x00\x48\x01\x01" + b"thm")
    told += segment(0xE1, b"Exif\x00\x00" + exif(orientation))
    told += segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + LIVED_AT)
    told += segment(0xE2, b"ICC_PROFILE\x00\x01\x01profile") + segment(0xE2, b"MPF\x00" + LIVED_AT)
    told += segment(0xED, b"Photoshop 3.0\x00" + LIVED_AT) + segment(0xFE, LIVED_AT)
    return b"\xff\xd8" + told + PICTURE + b"\xff\xd9" + b"\xff\xd8" + LIVED_AT + b"\xff\xd9"
