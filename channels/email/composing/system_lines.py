"""What mails say of the lines the server itself writes into a record, in the language of their reader."""

from typing import Final

from babel.dates import format_date

from channels.email.composing.mail import with_files
from channels.email.composing.words import _
from channels.language.saying import N_
from channels.language.speaking import locale_of, spoken
from messaging.office import Sentence, SystemLine

SOMEBODY: Final = N_("A colleague")
WORDS: Final[dict[Sentence, str]] = {
    Sentence.AWAY: N_("%(who)s is away, from %(day)s on. Here you see by when letters are answered."),
    Sentence.COVER_ASKED: N_(
        "May %(who)s stand in for %(absent)s? You are asked on your first page. A no changes nothing in your care."
    ),
    Sentence.COVER_BEGAN: N_("%(who)s stands in here for %(absent)s now."),
    Sentence.COVER_ENDED: N_("%(who)s no longer stands in here."),
    Sentence.CARE_ENDED: N_(
        "Care has ended here. What was written stays readable for you, and Help now stays open."
    ),
    Sentence.CARE_BEGUN_AGAIN: N_("Care goes on here. You can write as before."),
    Sentence.AGREEMENT_AWAITED: N_(
        "Your letter has arrived and is kept. There is an agreement to read before the work goes on: "
        "it stands on your page. Help now stays open."
    ),
    Sentence.HANDED_OVER: N_("From now on %(who)s answers here."),
}


def words_of(text: str | SystemLine, files: str | None = None) -> str:
    """What a mail says in full: a letter's own words, or the line said. `files`: the place of those that came with it."""
    words = said_line(text) if isinstance(text, SystemLine) else text
    return with_files(words, files) if files else words


def said_line(line: SystemLine) -> str:
    """For who has their mail in full: fixed words, with names and a day."""
    return _(
        WORDS[line.sentence],
        who=line.who or _(SOMEBODY),
        absent=line.absent or _(SOMEBODY),
        day=format_date(line.day, "long", locale=locale_of(spoken())) if line.day else "",
    )
