"""A filled view for every page: what the previews show and the template tests render."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from messaging.ending.retention import Stage
from messaging.people import AppName
from tests.web.samples.absence import ABSENCE_PAGES
from tests.web.samples.account import ACCOUNT_PAGES, PUSH
from tests.web.samples.agreements import AGREEMENT_PAGES
from tests.web.samples.calendar import PAGES as CALENDAR_PAGES
from tests.web.samples.cast import (
    ANSWER,
    BAR,
    BOOKED,
    CASELOAD,
    CHAT,
    COMPLAINTS,
    DEMO,
    GLANCES,
    HELD,
    HERE,
    HOME,
    INBOX,
    JO,
    KEY,
    LETTERS,
    LINDEN,
    LINDENS,
    LIVE,
    MAIL,
    MIRA,
    MISTAKES,
    PEOPLE,
    ROOM,
    ROWS,
    RUTH,
    RUTHS,
    STRANGER,
    TO_BOTH,
    TO_MIRA,
    at,
)
from tests.web.samples.check_ins import CHECK_IN_PAGES, IDENTITY_OPENING
from tests.web.samples.enquiries import ENQUIRY_PAGES
from tests.web.samples.exports import EXPORT_PAGES
from tests.web.samples.flow import FLOW_PAGES
from tests.web.samples.given import GIVEN_PAGES
from tests.web.samples.inbox import INBOX_PAGES
from tests.web.samples.letters import LETTER_PAGES
from tests.web.samples.mail import MAIL_PAGES
from tests.web.samples.notes import NOTE_PAGES
from tests.web.samples.people import PEOPLE_PAGES
from tests.web.samples.search import SEARCH_PAGES
from tests.web.samples.set_up import SET_UP_PAGES
from tests.web.samples.trail import TRAIL_PAGES
from tests.web.samples.undo import UNDO_PAGES
from tests.web.samples.ways_back import WAY_BACK_PAGES
from web.demo import views as demo_views
from web.pages.admin import views as admin_views
from web.pages.client import views as client_views
from web.pages.client.own_settings_view import OwnSettings
from web.pages.parts import views as parts
from web.pages.parts.people_view import HelpLine
from web.pages.parts.stages import Standing
from web.pages.public import views as public_views
from web.pages.public.help_lines import countries
from web.pages.public.invited import Accepted, Invitation
from web.pages.public.trouble import KeptText
from web.pages.staff import screening_view as screener_views
from web.pages.staff import views as staff_views

BEGUN = parts.Field(
    KEY,
    "Dear Mira, I",
    3,
    at(minutes=1),
    (parts.OtherDraft(LINDEN.person_id, at(minutes=3), "Dear Mira, no"),),
)

SOON = replace(BOOKED, starts=HERE.now + timedelta(minutes=12), ends=HERE.now + timedelta(minutes=62))
TODAY = replace(
    BOOKED, starts=HERE.now + timedelta(hours=3), ends=HERE.now + timedelta(hours=4), changed=True
)
ALONE = replace(HOME, session=None, letters=())
HOMES = {
    "first": client_views.ClientHome(
        LINDEN, HERE, first=True, whom="Dr Mira", readers="Only you and Dr Mira read this"
    ),
    "begun": replace(HOME, begun=BEGUN.others),
    "late": replace(HOME, latest=replace(GLANCES[0], answer_by=at(hours=2))),
    "settled": replace(ALONE, latest=replace(GLANCES[0], answer_by=None, since=None, settled_by="Dr Mira")),
    "arrived": replace(ALONE, latest=replace(GLANCES[0], answer_by=None, since=None)),
    "answered": replace(HOME, latest=replace(GLANCES[2], whom="Dr Mira")),
    "soon": replace(HOME, session=SOON, door=at(minutes=3), begun=BEGUN.others),
    "today": replace(HOME, session=TODAY, door=TODAY.starts - timedelta(minutes=15)),
}
"""The first page in what there can be to say."""
OWN_SETTINGS = OwnSettings(
    LINDEN,
    HERE,
    KEY,
    apps=tuple(AppName),
    exits=(parts.Named("https://www.example.org/weather", "The weather"),),
    exit_page="https://www.example.org/weather",
    countries=(parts.Named("AT", "Austria"), parts.Named("IE", "Ireland")),
    mail="notice",
    push=PUSH,
)

# Page name: (template, view). Every template a handler renders stands here at least once.
PAGES: dict[str, tuple[str, Any]] = {
    "sign-in": ("public/sign_in.html", public_views.SignIn(KEY, demo=DEMO)),
    "sign-in-wrong": ("public/sign_in.html", public_views.SignIn(KEY, "linden", "wrong", "/me")),
    "set-up": (
        "public/set_up.html",
        public_views.SetUp(KEY, "once", name="Dr Mira Engel", mistakes=MISTAKES),
    ),
    "invitation": ("public/invitation.html", Invitation(KEY, "once", "A password has 8 to 1024 characters.")),
    "invitation-somebody": ("public/invitation.html", Invitation(KEY, "once", somebody=True)),
    "invitation-own": ("public/invitation.html", Invitation(KEY, "once", own=True)),
    "invitation-over": ("public/invitation_over.html", None),
    "invitation-accepted": ("public/invitation_accepted.html", Accepted("omar")),
    "invitation-accepted-own": ("public/invitation_accepted.html", Accepted("omar", own=True)),
    "help-now": (
        "public/help_now.html",
        public_views.HelpNow(
            (HelpLine("Crisis line Styria", "0800 449 933", "day and night"),),
            "/me",
            countries()["AT"],
            countries=tuple(countries().values()),
        ),
    ),
    "help-now-kept": (
        "public/help_now.html",
        public_views.HelpNow(countries=tuple(countries().values()), kept=True),
    ),
    "error": ("public/error.html", public_views.Trouble(503)),
    "kept": (
        "public/kept_text.html",
        KeptText(401, "/me/letters/write", KEY, "Dear Mira,\n\nI", LINDEN.person_id),
    ),
    "left": ("public/left.html", None),
    "left-elsewhere": ("public/left.html", public_views.Left("https://www.example.org/weather")),
    "settings": ("client/own_settings.html", OWN_SETTINGS),
    "settings-told": (
        "client/own_settings.html",
        replace(OWN_SETTINGS, push=replace(PUSH, here=True, devices=2)),
    ),
    "settings-not-told": ("client/own_settings.html", replace(OWN_SETTINGS, push=replace(PUSH, key=""))),
    "home": ("client/home.html", HOME),
    "home-live": ("client/home.html", replace(HOME, session=LIVE, latest=GLANCES[1], begun=BEGUN.others)),
    "home-handed-over": (
        "client/home.html",
        replace(HOME, successors=(client_views.Successor("Eli Rosen", at(2)),)),
    ),
    "home-identity-opened": ("client/home.html", replace(HOME, openings=(IDENTITY_OPENING,))),
    "home-empty": ("client/home.html", client_views.ClientHome(LINDEN, HERE)),
    **{f"home-{state}": ("client/home.html", view) for state, view in HOMES.items()},
    "letters": ("client/letters.html", client_views.Letters(LINDEN, HERE, LETTERS, earlier=12, sent=True)),
    "home-over": (
        "client/home.html",
        client_views.ClientHome(LINDEN, HERE, over=(client_views.Over("Dr Mira", HERE.now),)),
    ),
    "home-asked": (
        "client/home.html",
        client_views.ClientHome(
            LINDEN,
            HERE,
            key=KEY,
            asks=(client_views.StartAsk("c-linden", "p-eli", "Eli Sommer", "psychiatrist", HERE.now),),
        ),
    ),
    "letters-over": (
        "client/letters.html",
        client_views.Letters(
            LINDEN,
            HERE,
            tuple(replace(one, after_end=True, answer_by=None) for one in LETTERS),
            sent=True,
            over=(client_views.Over("Dr Mira", HERE.now),),
        ),
    ),
    "room-over": (
        "client/session_room.html",
        replace(ROOM, session=None, answer_by=None, over=client_views.Over("Dr Mira", HERE.now)),
    ),
    "letter-write-over": (
        "client/letter_write.html",
        client_views.LetterWriting(LINDEN, HERE, parts.Field(KEY), (replace(TO_MIRA, answer_by=None),)),
    ),
    "conversation-over": (
        "staff/conversation.html",
        replace(INBOX, open=replace(RUTH, standing=Standing(Stage.LEAVING, HERE.now, HERE.now), terms="")),
    ),
    "letters-empty": ("client/letters.html", client_views.Letters(LINDEN, HERE)),
    "write": (
        "client/letter_write.html",
        client_views.LetterWriting(LINDEN, HERE, parts.Field(KEY, "Dear Mira,\n\nI "), (TO_MIRA,)),
    ),
    "write-two": (
        "client/letter_write.html",
        client_views.LetterWriting(LINDEN, HERE, BEGUN, (TO_MIRA, TO_BOTH)),
    ),
    "room": ("client/session_room.html", ROOM),
    "room-ended": (
        "client/session_room.html",
        replace(ROOM, session=replace(LIVE, state="ended"), timeline=replace(CHAT, last=28)),
    ),
    "room-none": (
        "client/session_room.html",
        replace(ROOM, session=BOOKED, timeline=parts.Timeline("c-linden", ())),
    ),
    "inbox": ("staff/inbox.html", replace(INBOX, open=None)),
    "inbox-empty": ("staff/inbox.html", replace(INBOX, open=None, list=staff_views.InboxRows(HERE, ()))),
    "conversation": ("staff/conversation.html", INBOX),
    "conversation-live": (
        "staff/conversation.html",
        replace(INBOX, open=LINDENS, list=replace(ROWS, open_id="c-linden")),
    ),
    "conversation-writing": (
        "staff/conversation.html",
        replace(INBOX, open=replace(RUTH, field=replace(BEGUN, text=ANSWER), mistake="This is too long.")),
    ),
    "rows": ("staff/_inbox_rows.html", ROWS),
    "entries": ("staff/_timeline.html", staff_views.Earlier(HERE, RUTHS)),
    "single": ("parts/_single.html", parts.Single(HERE, RUTHS.entries[-1])),
    "waits": ("staff/_waits.html", staff_views.Waits(HERE, "c-ruth", KEY, at(hours=20))),
    "screener": (
        "staff/screener.html",
        screener_views.Screener(MIRA, replace(BAR, current="screener"), HERE, (HELD, STRANGER), CASELOAD),
    ),
    "screener-empty": (
        "staff/screener.html",
        screener_views.Screener(MIRA, replace(BAR, current="screener", held=0), HERE),
    ),
    **FLOW_PAGES,
    "admin": (
        "admin/admin.html",
        admin_views.Admin(
            signed_in=JO,
            bar=parts.StaffBar("admin"),
            here=HERE,
            key=KEY,
            people=PEOPLE,
            clients=36,
            staff=3,
            complaints=COMPLAINTS,
            gone=(at(3), at(40)),
        ),
    ),
    "mailbox": (
        "demo/mailbox.html",
        demo_views.DemoMailbox(HERE, "ruth", "Ruth", "ruth@demo.example", KEY, (MAIL,), MAIL),
    ),
    "mailbox-list": (
        "demo/mailbox.html",
        demo_views.DemoMailbox(HERE, "ruth", "Ruth", "ruth@demo.example", KEY, (MAIL,)),
    ),
    **PEOPLE_PAGES,
    **TRAIL_PAGES,
    **MAIL_PAGES,
    **UNDO_PAGES,
    **SEARCH_PAGES,
    **SET_UP_PAGES,
    **WAY_BACK_PAGES,
    **ABSENCE_PAGES,
    **ENQUIRY_PAGES,
    **INBOX_PAGES,
    **LETTER_PAGES,
    **CHECK_IN_PAGES,
    **GIVEN_PAGES,
    **EXPORT_PAGES,
    **NOTE_PAGES,
    **AGREEMENT_PAGES,
    **CALENDAR_PAGES,
    **ACCOUNT_PAGES,
}
