"""The pages of agreements, filled: nothing asked, something new, agreed to, withdrawn; and the practice's documents."""

from dataclasses import replace
from typing import Any

from tests.web.samples.cast import HERE, JO, KEY, LINDEN, MIRA, at
from web.pages.admin.documents_view import DocumentFields, DocumentPage, DocumentRow, Documents, VersionShown
from web.pages.client.agreements_view import Agreement, AgreementRow, Agreements, Earlier, Stopping
from web.pages.parts.exchange_view import ExchangeCard, TermRow
from web.pages.parts.markdown import as_html, marked_html
from web.pages.parts.views import StaffBar
from web.pages.staff.agreements_view import Agreements as Kept
from web.pages.staff.agreements_view import OfOne, ReplyRow, Text

PLACE = "/me/agreements/c-ruth/d-1"
BEFORE = (
    "## When I answer\n\nI answer your letter on Wednesdays by 18:00. It should reach me by noon on Tuesday.\n\n"
    "## How long words are kept\n\nTen years after our last letter, as the law says here."
)
NEW = (
    "## When I answer\n\nI answer your letter on \ue002Wednesdays\ue003 \ue000Thursdays\ue001 by 18:00. It should reach me "
    "by \ue002noon on Tuesday.\ue003 \ue000eight o\u2019clock on Wednesday evening.\ue001\n\n"
    "## When I am away\n\n\ue000My colleague Eli Sommer answers for me.\ue001\n\n"
    "## How long words are kept\n\nTen years after our last letter, as the law says here."
)
ASKED = AgreementRow("How we write", PLACE, "letters", 4, at(2), needed=True, ended=False)
AGREED = replace(ASKED, needed=False, agreed_at=at(1), agreed_version=4, name="Ruth Adler")
SOON = replace(AGREED, needed=True, binds_from=at(-20), version=5, title="All of our work", way="all")
GONE = replace(ASKED, title="Sessions", way="chat", withdrawn_at=at(1), agreed_version=4)
OLD = replace(AGREED, title="By mail", way="email", ended=True)
ALL = Agreements(LINDEN, HERE, (ASKED, SOON, GONE, AGREED, OLD))
READ = Agreement(LINDEN, HERE, KEY, ASKED, 4, as_html(BEFORE), "/me/stop/c-ruth", "Ruth Adler")
CHANGED = replace(READ, text=marked_html(NEW), places=3, earlier=(Earlier(3, f"{PLACE}?version=3"),))
STOPPING = Stopping(
    LINDEN, HERE, KEY, "/me/stop/c-ruth", "Only you and Dr Mira read this.", "I want to stop."
)
ROW = DocumentRow("How we write", "/admin/documents/d-1", "en", "letters", 4, at(2))
FIELDS = DocumentFields("How we write", "en", "letters", BEFORE, "2027-01-01", "d-1")
DOCUMENTS = Documents(JO, StaffBar("practice"), HERE, KEY)
SHOWN = tuple(VersionShown(n, at(9 - n), at(9 - n), "0f" * 32, as_html(BEFORE, below=2)) for n in (4, 3))
DOCUMENT = DocumentPage(JO, StaffBar("practice"), HERE, KEY, ROW, SHOWN, FIELDS)
MISTAKE = "There is a newer version of this by now, so nothing was agreed to. Please read that one."

OF_RUTH = OfOne("Ruth", needed=True, version=3, name="Ruth Adler", at=at(40))
TEXT = Text(
    title="How we write",
    way="letters",
    language="en",
    version=4,
    binds_from=at(2),
    ended=False,
    html=as_html(BEFORE, below=2),
    people=(OF_RUTH, OfOne("Ben", needed=True), replace(OF_RUTH, called="Tess", withdrawn_at=at(1))),
)
TERMS = (
    TermRow(
        "When",
        "Letters, answered within two working days, by 18:00",
        "Letters, answered Thursdays by 17:30",
    ),
    TermRow("How long", "about 600 words a letter", "about 600 words a letter"),
    TermRow("How many answers", "8 answers", "12 answers"),
)
CARD = ExchangeCard(
    conversation_id="c-ruth",
    name="Dr Mira",
    rows=TERMS,
    agreed=True,
    exchanges=8,
    used=8,
    proposal="p-2",
    by="Dr Mira",
    at=at(1),
    goes_on=True,
)
STANDS = replace(CARD, proposal="", used=3, rows=tuple(replace(one, then="") for one in TERMS))
REPLIES = (
    ReplyRow(31, at(1), "therapeutic", 3),
    ReplyRow(28, at(2), "administrative"),
    ReplyRow(20, at(9), "clarification"),
)
OF_CONVERSATION = Kept(MIRA, StaffBar("inbox"), HERE, "c-ruth", "Ruth")

AGREEMENT_PAGES: dict[str, tuple[str, Any]] = {
    "agreements-none": ("client/agreements.html", replace(ALL, rows=(), done="agreed")),
    "agreements": ("client/agreements.html", replace(ALL, kept=True)),
    "exchange": ("client/agreements.html", replace(ALL, rows=(), cards=(STANDS,), done="exchange")),
    "exchange-proposed": ("client/agreements.html", replace(ALL, rows=(AGREED,), cards=(CARD,), key=KEY)),
    "exchange-half": (
        "client/agreements.html",
        replace(ALL, cards=(replace(CARD, yes=True),), mistake="It was replaced meanwhile."),
    ),
    "agreements-withdrawn": ("client/agreements.html", replace(ALL, rows=(GONE,), done="withdrawn")),
    "agreement-first": ("client/agreement.html", READ),
    "agreement": ("client/agreement.html", CHANGED),
    "agreement-mistake": ("client/agreement.html", replace(CHANGED, mistake=MISTAKE)),
    "agreement-soon": ("client/agreement.html", replace(READ, row=SOON)),
    "agreement-agreed": ("client/agreement.html", replace(READ, row=AGREED, earlier=CHANGED.earlier)),
    "agreement-ended": ("client/agreement.html", replace(READ, row=OLD)),
    "agreement-old": ("client/agreement.html", replace(READ, row=AGREED, shown=3, old=True)),
    "stopping": ("client/stopping.html", STOPPING),
    "stopping-mistake": ("client/stopping.html", replace(STOPPING, mistake="There is no text.")),
    "documents-none": ("admin/documents.html", DOCUMENTS),
    "documents": (
        "admin/documents.html",
        replace(
            DOCUMENTS,
            rows=(ROW, replace(ROW, ended_at=at(1))),
            originals=(("d-1", "How we write"),),
            fields=FIELDS,
            done="ended",
            mistake="There is no such day.",
        ),
    ),
    "document": ("admin/document.html", replace(DOCUMENT, done="1")),
    "document-mistake": ("admin/document.html", replace(DOCUMENT, mistake="There is no such day.")),
    "agreed-none": ("staff/agreements.html", OF_CONVERSATION),
    "agreed": ("staff/agreements.html", replace(OF_CONVERSATION, texts=(TEXT, replace(TEXT, ended=True)))),
    "exchange-staff": (
        "staff/agreements.html",
        replace(OF_CONVERSATION, card=STANDS, replies=REPLIES, may_propose=True, key=KEY, texts=(TEXT,)),
    ),
    "exchange-staff-used": (
        "staff/agreements.html",
        replace(
            OF_CONVERSATION,
            card=CARD,
            replies=REPLIES,
            may_propose=True,
            done="proposed",
            key=KEY,
            mistake="An hour is written like 18:00.",
        ),
    ),
    "exchange-staff-none": (
        "staff/agreements.html",
        replace(
            OF_CONVERSATION,
            card=replace(STANDS, rows=(), agreed=False, exchanges=0),
            may_propose=True,
            key=KEY,
        ),
    ),
    "document-ended": ("admin/document.html", replace(DOCUMENT, row=replace(ROW, ended_at=at(1)))),
}
