"""Writes Outlook's wrapper (MS-OXTNEF), so that ours can be read back, damaged and exaggerated."""

from channels.email.mime.tnef import SIGNATURE

STRING8, UNICODE, OBJECT, BINARY, LONG = 0x1E, 0x1F, 0x0D, 0x102, 0x03
MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")


def attribute(name: int, data: bytes, level: int = 1) -> bytes:
    """One attribute with its checksum."""
    head = bytes([level]) + name.to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return head + data + (sum(data) & 0xFFFF).to_bytes(2, "little")


def prop(name: int, kind: int, value: bytes | int) -> bytes:
    """One property; one that has a name of its own is given it."""
    head = kind.to_bytes(2, "little") + name.to_bytes(2, "little")
    if name >= 0x8000:
        head += bytes(16) + (1).to_bytes(4, "little") + _counted("Klänge\0".encode("utf-16-le"))
    if isinstance(value, int):
        return head + value.to_bytes(4, "little")
    return head + (1).to_bytes(4, "little") + _counted(value)


def props(*each: bytes) -> bytes:
    """Several, counted."""
    return len(each).to_bytes(4, "little") + b"".join(each)


def of_message(*each: bytes) -> bytes:
    """The properties of the message."""
    return attribute(0x00069003, props(*each))


def file(name: str, content: bytes, *more: bytes) -> bytes:
    """A file: a short name as in the days of DOS, and its true one among the properties."""
    long_name = prop(0x3707, UNICODE, f"{name}\0".encode("utf-16-le"))
    return (
        attribute(0x00069002, bytes(14), 2)
        + attribute(0x00018010, b"SHORT~1.DAT\0", 2)
        + attribute(0x0006800F, content, 2)
        + attribute(0x00069005, props(long_name, *more), 2)
    )


def wrapper(*attributes: bytes) -> bytes:
    """The whole, from a computer in Vienna."""
    code_page = attribute(0x00069007, (1252).to_bytes(4, "little") + bytes(4))
    return SIGNATURE.to_bytes(4, "little") + b"\1\0" + code_page + b"".join(attributes)


def _counted(value: bytes) -> bytes:
    return len(value).to_bytes(4, "little") + value + bytes(-len(value) % 4)
