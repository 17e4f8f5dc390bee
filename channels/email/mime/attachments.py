"""What came with a letter: every file kept, under a name that is safe to show and to save."""

import re
import unicodedata
from dataclasses import dataclass, field

from channels.email.mime import charsets
from channels.email.mime.parts import Part

NAME_LIMIT = 120

# Direction marks let "exe.txt" read as "txt.exe"; the rest are reserved on one system or another.
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff<>:"|?*]')
_BLANKS = re.compile(r"\s+")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,100}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
_ENDINGS = {
    "application/ms-tnef": "dat",
    "application/octet-stream": "bin",
    "application/pdf": "pdf",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "message/delivery-status": "txt",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/vcard": "vcf",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a letter. `inline` says that the text or the HTML shows it in its place."""

    name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)
    content_id: str | None = field(default=None, repr=False)
    inline: bool = False

    @property
    def size(self) -> int:
        """The length in bytes."""
        return len(self.content)


def as_attachment(part: Part, number: int) -> Attachment:
    """Take a part as a file; `number` names it when it has no name."""
    content_type = part.content_type if _TYPE.fullmatch(part.content_type) else "application/octet-stream"
    content_id = part.headers.text("content-id").strip().strip("<>").strip() or None
    inline = part.disposition != "attachment" and content_id is not None
    name = safe_name(part.file_name) or f"attachment-{number}.{_ENDINGS.get(content_type, 'bin')}"
    return Attachment(name, content_type, part.content, content_id, inline)


def _without_path(name: str) -> str:
    return name[max(name.rfind("/"), name.rfind("\\")) + 1 :]


def safe_name(name: str) -> str:
    """Make a file name that has no path, no control or direction marks and a bounded length; may be empty."""
    name = charsets.clean(unicodedata.normalize("NFC", name[: 10 * NAME_LIMIT]))
    name = _BLANKS.sub(" ", _UNSAFE.sub("_", _without_path(name))).strip(" .")
    if len(name) <= NAME_LIMIT:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:NAME_LIMIT]
    return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"
