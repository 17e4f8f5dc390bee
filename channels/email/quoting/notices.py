"""What we send by ourselves, as it may come back in a quotation: fixed words, with gaps for links and hours."""

from typing import Final

from channels.email.composing.mail import DEFAULT_WORDS, FILES, REMINDER, NoticeWords
from channels.email.composing.promising import CLOSING, LATE, RECEIVED, PromiseWords
from channels.email.composing.words import _, said
from channels.email.quoting.sent import GAP
from channels.language.speaking import speaking
from messaging.people import Language


def _notice(words: NoticeWords) -> str:
    return "\n".join((words.opening, words.invitation, GAP, words.closing))


def _promise(words: PromiseWords) -> str:
    return "\n".join(
        (words.opening, words.time, GAP, words.after, words.link, GAP, words.help_line, GAP, _(CLOSING))
    )


def _notices(language: Language) -> tuple[str, ...]:
    with speaking(language):
        return (
            _notice(said(DEFAULT_WORDS)),
            _notice(said(REMINDER)),
            _promise(said(RECEIVED)),
            _promise(said(LATE)),
            f"{_(FILES)}\n{GAP}",
        )


NOTICES: Final = tuple(one for language in Language for one in dict.fromkeys(_notices(language)))
"""All that a client may find of ours in a quotation of such a mail."""
