"""Letters in each state of their delivery, with files held back, and a screener that remembers an address."""

from dataclasses import replace
from typing import Any

from tests.web.samples.cast import (
    BAR,
    CASELOAD,
    HELD,
    HERE,
    INBOX,
    KEY,
    KITCHEN,
    LINDEN,
    MIRA,
    NOW,
    RUTH,
    STRANGER,
    THURSDAY,
    TO_MIRA,
    at,
)
from web.pages.client import views as client_views
from web.pages.client.views import Answered
from web.pages.parts import views as parts
from web.pages.parts.views import Attachment, Carriage, Delivery, Folding, Letter, Origin
from web.pages.staff import screening_view as screener_views
from web.pages.staff.views import ToAnswer

DEEDS = "/c/c-ruth/mail/"
CARRIED = (
    Carriage(Delivery.OWED),
    Carriage(Delivery.OWED, tries=3),
    Carriage(Delivery.SENT, at(3, 2), whole=True),
    Carriage(Delivery.IN_DOUBT, at(2, 1), whole=True, deeds_at=f"{DEEDS}23", may_say_arrived=True),
    Carriage(Delivery.FAILED, at(1, 1), "The mailbox is full.", whole=True, deeds_at=f"{DEEDS}24"),
    Carriage(Delivery.FAILED, at(1, 0), "No such address.", whole=True),
)
FILES = (
    Attachment("the-table.jpg", "214 kB", "/c/c-ruth/attachments/30/1"),
    Attachment("voice note.m4a", "1.2 MB", "", waiting=True),
    Attachment(
        "a-very-long-name-of-a-file-that-somebody-once-saved-and-never-renamed.pdf.exe",
        "88 kB",
        "",
        found="Win.Test.EICAR_HDB-1",
    ),
)
LETTERS = parts.Timeline(
    "c-ruth",
    (
        *(
            Letter(
                20 + i,
                at(5 - i, 3),
                "Dr Mira Engel",
                True,
                "Dear Ruth,\n\nI have read it twice.",
                carriage=one,
            )
            for i, one in enumerate(CARRIED)
        ),
        Letter(
            30,
            at(0, 3),
            "Ruth",
            False,
            "Three files, and my signature.",
            channel="email",
            folded="On Thu, 19 Nov 2026, the practice wrote:\nYou have a letter.",
            folding=Folding(2, "Mira Hale", mine=True, at=THURSDAY),
            answer_by=NOW,
            owed=True,
            attachments=FILES,
            also_received_by=("h.brandt@example.org", "somebody.with.a.long.address@department.example.org"),
            notes=("The letter is signed; the signature was not checked here.",),
        ),
        Letter(
            31,
            at(0, 1),
            "Ruth",
            False,
            "And this came whole.",
            channel="email",
            original_url="/c/c-ruth/original/31",
            answer_by=THURSDAY,
        ),
    ),
    last=31,
)
REMEMBERED = (
    screener_views.Remembered(
        "a-1", "c-ruth", "p-ruth", "Ruth", "ruth.at.work@department.example.org", at(9)
    ),
    screener_views.Remembered("a-2", "c-linden", "p-linden", "Linden", "l@example.org", at(30)),
)

NIGHT = "لم أنم مرة أخرى الليلة، لكن العدّ إلى أربعة ساعدني قليلا نحو الثالثة."
CLOCK = (
    "I keep going back to that evening. Not the shouting, the part after, when the kitchen was so quiet that I could \
hear the clock over the stove."
)
DIALOGUE = f"""Dear Ruth,

> {CLOCK}

[pausing with you there] What strikes me is that you remember the clock.

> My sister says I should just tell him.
>
>> What did you do with your hands in that quiet?

Might you write to me about the night? Not what it means, only how it was.

> {NIGHT}

شكرا لك على هذه الكلمات. أقرأها وأبقى معك.

Mira"""
ORIGINS = (
    Origin(1, "Ruth", mine=False, at=at(0, 20), url="#n41"),
    Origin(5, "Ruth", mine=False, at=at(0, 14), url="#n42"),
)
TO_ANSWER = (
    ToAnswer("41.1", CLOCK, done=True),
    ToAnswer("41.3", "I held the edge of the table. I had not known that until you asked."),
    ToAnswer("42.0", NIGHT),
)
HERS = (
    Letter(41, at(0, 20), "Ruth", False, KITCHEN, channel="email", answer_by=THURSDAY),
    Letter(
        42,
        at(0, 14),
        "Ruth",
        False,
        f"{NIGHT}\n\n> ماذا فعلت يداك؟\n\nأمسكت بحافة الطاولة.",
        answer_by=THURSDAY,
    ),
)
ANSWERING = replace(
    RUTH,
    timeline=parts.Timeline("c-ruth", HERS, last=42),
    field=parts.Field(KEY, DIALOGUE[: DIALOGUE.index("> My sister")], 3, at(minutes=1)),
    answering=True,
    to_answer=TO_ANSWER,
)
ANSWERED = parts.Timeline(
    "c-ruth", (*HERS, Letter(43, at(0, 2), "Dr Mira Engel", True, DIALOGUE, origins=ORIGINS)), last=43
)
OWN_ANSWER = Letter(
    43,
    at(0, 2),
    "Dr Mira Engel",
    False,
    DIALOGUE,
    origins=tuple(replace(one, who="You", mine=True) for one in ORIGINS),
)

LETTER_PAGES: dict[str, tuple[str, Any]] = {
    "letters-carried": ("staff/conversation.html", replace(INBOX, open=replace(RUTH, timeline=LETTERS))),
    "answering": ("staff/conversation.html", replace(INBOX, open=ANSWERING)),
    "dialogue": ("staff/conversation.html", replace(INBOX, open=replace(RUTH, timeline=ANSWERED))),
    "letters-dialogue": (
        "client/letters.html",
        client_views.Letters(LINDEN, HERE, (OWN_ANSWER, *(replace(one, mine=True) for one in HERS[::-1]))),
    ),
    "write-answering": (
        "client/letter_write.html",
        client_views.LetterWriting(
            LINDEN, HERE, parts.Field(KEY), (TO_MIRA,), answers=Answered("Dr Mira Engel", at(4), DIALOGUE)
        ),
    ),
    "screener-remembered": (
        "staff/screener.html",
        screener_views.Screener(
            MIRA,
            replace(BAR, current="screener"),
            HERE,
            (replace(HELD, may_remember=True), STRANGER),
            CASELOAD,
            REMEMBERED,
        ),
    ),
}
