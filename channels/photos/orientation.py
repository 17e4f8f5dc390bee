"""Which side of a photo is up: the one thing of its Exif that is kept (CIPA DC-008, TIFF 6.0)."""

from typing import Final, Literal

EXIF: Final = b"Exif\x00\x00"
TAG: Final = 0x0112
SHORT: Final = 3
AS_IT_IS: Final = 1
HIGHEST: Final = 8
ENTRIES: Final = 512
"""Of a directory that is looked through."""


def orientation_in(exif: bytes) -> int:
    """1 to 8; 1 where it says none, or nothing that can be read."""
    tiff = exif.removeprefix(EXIF)
    order: Literal["little", "big"]
    if tiff[:4] == b"II*\x00":
        order = "little"
    elif tiff[:4] == b"MM\x00*":
        order = "big"
    else:
        return AS_IT_IS

    def number(at: int, octets: int) -> int:
        return int.from_bytes(tiff[at : at + octets], order)

    first = number(4, 4)
    for place in range(min(number(first, 2), ENTRIES)):
        at = first + 2 + 12 * place
        if number(at, 2) == TAG and number(at + 2, 2) == SHORT:
            said = number(at + 8, 2)
            return said if AS_IT_IS < said <= HIGHEST else AS_IT_IS
    return AS_IT_IS


def only_orientation(value: int) -> bytes:
    """A TIFF header with a directory of this one entry."""
    entry = TAG.to_bytes(2, "big") + SHORT.to_bytes(2, "big") + (1).to_bytes(4, "big")
    return b"MM\x00*\x00\x00\x00\x08\x00\x01" + entry + value.to_bytes(2, "big") + bytes(2) + bytes(4)
