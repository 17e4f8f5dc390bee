"""Letters in each state of their delivery, with files held back, and a screener that remembers an address."""

from dataclasses import replace
from typing import Any

from tests.web.samples import BAR, CASELOAD, HELD, HERE, INBOX, MIRA, RUTH, STRANGER, THURSDAY, at
from web import shown, views_screener
from web.shown import Attachment, Carriage, Delivery, Letter

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
LETTERS = shown.Timeline(
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
            answer_by=THURSDAY,
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
    views_screener.Remembered(
        "a-1", "c-ruth", "p-ruth", "Ruth", "ruth.at.work@department.example.org", at(9)
    ),
    views_screener.Remembered("a-2", "c-linden", "p-linden", "Linden", "l@example.org", at(30)),
)

LETTER_PAGES: dict[str, tuple[str, Any]] = {
    "letters-carried": ("conversation.html", replace(INBOX, open=replace(RUTH, timeline=LETTERS))),
    "screener-remembered": (
        "screener.html",
        views_screener.Screener(
            MIRA,
            replace(BAR, current="screener"),
            HERE,
            (replace(HELD, may_remember=True), STRANGER),
            CASELOAD,
            REMEMBERED,
        ),
    ),
}
