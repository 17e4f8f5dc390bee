"""What we send by ourselves, as it may come back in a quotation: fixed words, with gaps for links and hours."""

from typing import Final

from channels.email.composing.mail import DEFAULT_WORDS, FILES, REMINDER, NoticeWords
from channels.email.composing.promising import CLOSING, LATE, RECEIVED, PromiseWords
from channels.email.quoting.sent import GAP


def _notice(words: NoticeWords) -> str:
    return "\n".join((words.opening, words.invitation, GAP, words.closing))


def _promise(words: PromiseWords) -> str:
    return "\n".join(
        (words.opening, words.time, GAP, words.after, words.link, GAP, words.help_line, GAP, CLOSING)
    )


NOTICES: Final = (
    _notice(DEFAULT_WORDS),
    _notice(REMINDER),
    _promise(RECEIVED),
    _promise(LATE),
    f"{FILES}\n{GAP}",
)
"""All that a client may find of ours in a quotation of such a mail."""
