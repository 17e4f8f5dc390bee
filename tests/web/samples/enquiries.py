"""A practice's public page, an enquiry by it, and how it stands with those who take them."""

from dataclasses import replace
from typing import Any

from messaging.people import HelpNumber, Profile, PublicPage
from tests.web.samples.cast import BAR, HERE, JO, KEY, MIRA, ROWS, RUTH, RUTHS
from web.pages.admin.public_page_view import PublicPageForm, Taker
from web.pages.parts.views import Named
from web.pages.public.enquiries_view import Asked, Back, Kept, Portrait, PracticePage
from web.pages.staff.enquiries_view import OwnProfile
from web.pages.staff.views import Inbox

SAID = Profile(
    about="I like slow letters. I answer on Thursdays, under your own sentences.",
    way="Letters and live chat.",
    treats="Sleep, grief, what comes after a birth.",
    treats_not="Addiction; danger to your life.",
    languages="English, German",
    licence="Psychotherapist, register no. 14207",
    register="https://www.example.org/register/14207",
    training="Systemic therapy; supervised each month.",
    places="Austria",
    openings="A place from 14 December",
)
PAGE = PublicPage(
    about="Two of us, in letters and in live sessions.",
    unsuitable="Where somebody must be with you at once. Where you cannot write without being watched.",
    questions=("Is there a place where you can write alone?", "Can you wait three days for an answer?"),
    waiting="We answer within three working days.",
)
CHOOSING = PracticePage(
    slug="haus-linde",
    practice="Haus Linde",
    page=PAGE,
    people=(
        Portrait("1", "Dr Mira Berger", "therapist", SAID),
        Portrait(
            "2",
            "Maximiliane Konstantinopoulou-Überreiter",
            "psychiatrist",
            Profile(about="Two people, one page."),
        ),
    ),
    numbers=(HelpNumber("Night line", "+43 1 000 000", "day and night"),),
    whom=(Named("1", "Dr Mira Berger"), Named("2", "Maximiliane Konstantinopoulou-Überreiter")),
    key=KEY,
    open=True,
)
BACK = Back(
    KEY,
    "AAAA",
    state="open",
    practice="Haus Linde",
    slug="haus-linde",
    here=HERE,
    timeline=replace(RUTHS, earlier=None),
)
ENQUIRY_PAGES: dict[str, tuple[str, Any]] = {
    "choosing": ("public/practice_page.html", CHOOSING),
    "choosing-mistake": (
        "public/practice_page.html",
        replace(
            CHOOSING, asked=Asked("Anna", "", "I cannot sleep.", "2"), mistake="There were many enquiries."
        ),
    ),
    "choosing-nobody": ("public/practice_page.html", replace(CHOOSING, open=False, people=())),
    "enquiry-kept": (
        "public/enquiry_kept.html",
        Kept("Haus Linde", "/enquiry#AAAA", "https://quietline.example", mailed=True),
    ),
    "enquiry-code": ("public/enquiry.html", Back(KEY)),
    "enquiry-open": ("public/enquiry.html", BACK),
    "enquiry-claimed": ("public/enquiry.html", replace(BACK, state="claimed", sent=True)),
    "enquiry-declined": ("public/enquiry.html", replace(BACK, state="declined")),
    "conversation-enquiry": (
        "staff/conversation.html",
        Inbox(
            MIRA,
            BAR,
            HERE,
            replace(ROWS, rows=(replace(ROWS.rows[0], enquiry=True), *ROWS.rows[1:])),
            replace(RUTH, enquiry=True, colleagues=(Named("p-eli", "Maximiliane Konstantinopoulou"),)),
        ),
    ),
    "public-profile": (
        "staff/public_profile.html",
        OwnProfile(MIRA, BAR, HERE, KEY, SAID, "haus-linde", done=True),
    ),
    "public-page": (
        "admin/public_page.html",
        PublicPageForm(
            JO,
            BAR,
            HERE,
            KEY,
            "haus-linde",
            True,
            PAGE.about,
            PAGE.unsuitable,
            "\n".join(PAGE.questions),
            PAGE.waiting,
            (
                Taker("1", "Dr Mira Berger", takes=True, shown=True),
                Taker("2", "Eli", takes=False, shown=False),
            ),
        ),
    ),
}
