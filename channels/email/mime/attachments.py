"""What came with a letter: every file kept, under a name that is safe to show and to save."""

import re
from dataclasses import dataclass, field

from channels.email.mime import charsets
from channels.email.mime.parts import Part
from messaging.record.file_names import safe_name

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
    name = (
        safe_name(charsets.clean(part.file_name))
        or f"attachment-{number}.{_ENDINGS.get(content_type, 'bin')}"
    )
    return Attachment(name, content_type, part.content, content_id, inline)
