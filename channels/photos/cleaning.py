"""Which photos are cleaned, and how. Slow for a hostile one, so only ever in the box (`workers.clean_worker`)."""

from collections.abc import Callable, Mapping
from typing import Final

from channels.photos.heif import clean_heif
from channels.photos.jpeg import clean_jpeg
from channels.photos.png import clean_png
from channels.photos.webp import clean_webp

CLEANED: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "image/jpeg": clean_jpeg,
    "image/png": clean_png,
    "image/webp": clean_webp,
    "image/heic": clean_heif,
    "image/avif": clean_heif,
}


def cleaned(kind: str, raw: bytes) -> bytes | None:
    """The photo without what tells of its making; None: it is not what it says, or says it in a way not known here."""
    try:
        return CLEANED[kind](raw)
    except (ValueError, IndexError):
        return None
