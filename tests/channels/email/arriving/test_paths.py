"""Paths of MAIL and RCPT: read quickly where they are ordinary, and then as the library would have read them."""

import pytest
from aiosmtpd.smtp import SMTP

from channels.email.arriving.dialog import Dialog

PATHS = (
    "<reply+abc@quietline.localhost>",
    "<ruth@mail.example> SIZE=10 BODY=8BITMIME",
    "<o'neil.ruth+x=y@sub.mail.example>   ORCPT=rfc822;x",
    "<UPPER@MAIL.EXAMPLE>",
    "<>",
    "<> SIZE=3",
    "ruth@mail.example SIZE=3",
    "<ruth@mail.example> (a comment) SIZE=3",
    '<"ruth lee"@mail.example>',
    "<@relay.example:ruth@mail.example>",
    "<ruth@[127.0.0.1]>",
    "<postmaster>",
    "<ruth@mail.example",
    "<ruth@mail.example>x",
    "<a..b@mail.example>",
    "<ruth@mail.example\n>",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_read_as_the_library_reads_it(path: str) -> None:
    dialog = Dialog.__new__(Dialog)
    try:
        wanted = SMTP._getaddr(dialog, path)
    except Exception:  # its parser raises many things; to a peer each is a malformed address
        wanted = (None, None)
    address, rest = dialog._getaddr(path)
    assert address == wanted[0]
    assert (rest or "").split() == (wanted[1] or "").split()
