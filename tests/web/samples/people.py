"""People: lists, somebody's page in each state, adding them, the card, and the practice itself."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from messaging.ending.retention import TERMS, Stage
from tests.web.samples.cast import BAR, HERE, JO, KEY, MIRA, PEOPLE, at
from web.pages.admin import views as admin_views
from web.pages.admin.mail_health_view import MailPage, QueueRow
from web.pages.admin.numbers import COLUMNS, bars
from web.pages.admin.numbers_view import MonthRow, NumbersPage, OverdueRow
from web.pages.admin.rules_view import MailFields, RulesPage, SessionFields
from web.pages.parts import views as parts
from web.pages.parts.circles_view import (
    AnswerFields,
    Asked,
    CirclePage,
    EndingPage,
    MemberRow,
    Picked,
    PlannedRow,
    TogetherPage,
)
from web.pages.parts.people_view import AddPerson, Card, CircleRow, GonePage, HelpLine, PersonPage, Typed
from web.pages.parts.qr import qr_of
from web.pages.parts.stages import Standing

STANDINGS = {
    "leaving": Standing(Stage.LEAVING, at(4), at(-26)),
    "kept": Standing(Stage.KEPT, at(100), at(-3500)),
    "kept-without-a-term": Standing(Stage.KEPT, at(100)),
    "due": Standing(Stage.DUE, at(4000), at(300)),
}
GONE = GonePage(
    signed_in=JO, bar=parts.StaffBar("admin"), here=HERE, back="/admin", what="person", since=at(40)
)
MONTHS = tuple(
    MonthRow(
        date(2026 - (month > 11), 12 - month % 12, 1),
        dict.fromkeys(COLUMNS, None if month == 2 else 12 + month) | {"late": None if month % 3 else 0},
        None if month == 2 else 20.5,
    )
    for month in range(12)
)
NUMBERS = NumbersPage(
    JO,
    parts.StaffBar("admin"),
    HERE,
    (OverdueRow("p-mira", "Dr Mira Engel", 3, at(2)), OverdueRow("p-eli", "Eli Sommer", 1, at(hours=3))),
    MONTHS,
    bars(MONTHS, "letters"),
    bars(MONTHS, "sessions"),
)
LINK = "https://haus-linde.example/invitation#Vt1bX0gzTnqg0b0mU0l6b2xkZXItdGhhbi10aGUtaGlsbHMtYW5kLXNlYQ=="
CARD = Card(
    name="Omar",
    username="omar",
    practice="Practice at the Canal",
    link=LINK,
    qr=qr_of(LINK),
    expires=at(-3),
    help_at="haus-linde.example/help-now",
    words_at="haus-linde.example/in",
    words="lusab babad gutih",
    cared_by="Dr Mira Engel",
    answered="within two working days",
    numbers=(HelpLine("Crisis line Styria", "0800 449 933", "day and night"),),
)
OMAR = PersonPage(
    signed_in=JO,
    bar=parts.StaffBar("admin"),
    here=HERE,
    key=KEY,
    base="/admin/people",
    id="p-omar",
    back="/admin",
    name="Omar",
    role="client",
    username="omar",
    typed=Typed(name="Omar"),
    state="waiting",
    state_at=at(-3),
    by_administrator=True,
    others=("Dr Mira Engel",),
    circles=(CircleRow("c-omar", "individual", "Dr Mira Engel · Omar"),),
)
HERS = replace(
    OMAR,
    signed_in=MIRA,
    bar=replace(BAR, current=""),
    base="/clients",
    back="/inbox",
    by_administrator=False,
    conversation="c-omar",
)
ADDING = AddPerson(
    signed_in=JO,
    bar=parts.StaffBar("admin"),
    here=HERE,
    key=KEY,
    place="/admin/people/add",
    back="/admin",
    typed=Typed(),
    by_administrator=True,
    carers=(parts.Named("p-mira", "Dr Mira Engel"), parts.Named("p-eli", "Eli Sommer")),
)
ADDING_STAFF = replace(
    ADDING,
    place="/admin/people/add-staff",
    is_client=False,
    carers=(),
    roles=("therapist", "psychiatrist", "supervisor", "administrator"),
)
LEAVING = replace(
    OMAR,
    id="p-eli",
    name="Eli Sommer",
    role="therapist",
    username="eli",
    typed=Typed(name="Eli Sommer", email="eli@linde.example"),
    state="in",
    state_at=None,
    others=("Ben", "Tess"),
    circles=(
        CircleRow("c-couple", "couple", "Ben · Eli Sommer · Tess"),
        CircleRow("c-selma", "individual", "Eli Sommer · Selma"),
    ),
    successors=ADDING.carers,
)
COUPLE = CirclePage(
    signed_in=MIRA,
    bar=replace(BAR, current=""),
    here=HERE,
    key=KEY,
    place="/clients/circles/c-couple",
    back="/inbox",
    title="Ben and Wilhelmine Charlotte von Hohenzollern-Sigmaringen",
    kind="couple",
    members=(
        MemberRow("p-ben", "Ben", "client"),
        MemberRow("p-tess", "Wilhelmine Charlotte von Hohenzollern-Sigmaringen", "client", later=True),
        MemberRow("p-mira", "Dr Mira Engel", "therapist", is_reader=True),
        MemberRow("p-ada", "Ada", "psychiatrist", later=True, asked=Asked(HERE.now)),
        MemberRow("p-paul", "Paul", "psychiatrist", later=True, asked=Asked(HERE.now, refused=True)),
    ),
    others=(parts.Named("p-eli", "Eli Sommer"), parts.Named("p-omar", "Omar")),
    answer=AnswerFields("3", "2", "18:00"),
    conversation="c-couple",
    done="begun",
)
ENDING = EndingPage(
    signed_in=MIRA,
    bar=replace(BAR, current=""),
    here=HERE,
    key=KEY,
    place="/clients/circles/c-couple",
    title="Ben and Wilhelmine Charlotte von Hohenzollern-Sigmaringen",
    sessions=(HERE.now + timedelta(days=2), HERE.now + timedelta(days=9)),
    waiting=2,
    held=True,
    planned=(PlannedRow("Dr Mira Engel", HERE.now + timedelta(days=1)),),
    conversation="c-couple",
    reason="Moved to another town.",
    mistake="Somebody waits for an answer here. Please answer first, or say that you end it nonetheless.",
)
ALONE = replace(
    COUPLE,
    signed_in=JO,
    bar=parts.StaffBar("admin"),
    place="/admin/people/circles/c-omar",
    back="/admin",
    title="Omar",
    kind="individual",
    members=(MemberRow("p-omar", "Omar", "client"), MemberRow("p-mira", "Dr Mira Engel", "therapist")),
    others=(),
    answer=AnswerFields(),
    conversation="",
    by_administrator=True,
    done="answer",
)
TOGETHER = TogetherPage(
    signed_in=JO,
    bar=parts.StaffBar("admin"),
    here=HERE,
    key=KEY,
    place="/admin/people/together",
    back="/admin",
    clients=tuple(
        parts.Named(f"p-{name.lower()}", name) for name in ("Ada", "Ben", "Omar", "Ruth", "Selma", "Tess")
    ),
    carers=ADDING.carers,
    picked=Picked(frozenset({"p-ben", "p-tess"})),
    kinds=("couple", "family", "group"),
    by_administrator=True,
)
WRONG = {
    "name": "A name has 1 to 200 characters.",
    "email": "This is not an address that mail can be sent to.",
    "mode": "Whole letters go by mail only if they know what that means and want it. Please tick that they do.",
    "username": "Somebody here has this username already. Please choose another, or leave it empty.",
}
PRACTICE = admin_views.PracticePage(
    signed_in=JO,
    bar=parts.StaffBar("practice"),
    here=HERE,
    key=KEY,
    name="Practice at the Canal",
    zone="Europe/Vienna",
    time_zones=("Europe/Vienna", "UTC"),
    numbers=(
        admin_views.NumberRow("Crisis line Styria", "0800 449 933", "day and night"),
        admin_views.NumberRow(),
        admin_views.NumberRow(),
    ),
    done=True,
)
RULES = RulesPage(
    signed_in=JO,
    bar=parts.StaffBar("rules"),
    here=HERE,
    key=KEY,
    workdays=(0, 1, 2, 3, 4),
    holidays="2026-12-24 – 2027-01-06 Winter\n2027-05-01 Labour Day\n",
    sessions=SessionFields(regions="Austria\nBavaria"),
    mail=MailFields("Linde", ""),
    practice_name="Practice at the Canal",
    plain_subject="You have a new message",
    name_most=80,
    subject_most=80,
    keep_years="10",
    terms=tuple((one.where, one.years, one.source) for one in TERMS.values()),
    done="days",
)
TYPED = Typed(name="", username="omar", email="omar at home", mode="full")

PEOPLE_PAGES: dict[str, tuple[str, Any]] = {
    "admin-quiet": (
        "admin/admin.html",
        admin_views.Admin(JO, parts.StaffBar("admin"), HERE, KEY, PEOPLE, clients=36, staff=3),
    ),
    "admin-numbers": ("admin/numbers.html", NUMBERS),
    "admin-numbers-calm": ("admin/numbers.html", replace(NUMBERS, overdue=())),
    "admin-mail": (
        "admin/mail_health.html",
        MailPage(
            JO,
            parts.StaffBar("admin"),
            HERE,
            KEY,
            (QueueRow("mail.example", "owed", 4, 3, at(hours=-1)), QueueRow("", "in_doubt", 1, 1, None)),
            held=2,
            unarrived=1,
            cut=True,
            done=True,
        ),
    ),
    "admin-mail-empty": (
        "admin/mail_health.html",
        MailPage(JO, parts.StaffBar("admin"), HERE, KEY, (), 0, 0),
    ),
    "admin-empty": ("admin/admin.html", admin_views.Admin(JO, parts.StaffBar("admin"), HERE)),
    "add-client": ("parts/add_person.html", ADDING),
    "add-client-wrong": ("parts/add_person.html", replace(ADDING, typed=TYPED, mistakes=WRONG)),
    "add-client-before": (
        "parts/add_person.html",
        replace(ADDING, typed=replace(TYPED, mode="notice"), mistakes={"": "Somebody was added from here."}),
    ),
    "add-staff": ("parts/add_person.html", ADDING_STAFF),
    "add-own-client": (
        "parts/add_person.html",
        replace(
            ADDING,
            signed_in=MIRA,
            bar=replace(BAR, current=""),
            place="/clients/add",
            back="/inbox",
            by_administrator=False,
            carers=(),
        ),
    ),
    "person": ("parts/person.html", OMAR),
    "person-card": ("parts/person.html", replace(OMAR, card=CARD)),
    "person-mailed": (
        "parts/person.html",
        replace(OMAR, card=CARD, by_mail=True, mailed=True, typed=Typed("Omar", email="omar@mail.example")),
    ),
    "person-by-mail": (
        "parts/person.html",
        replace(OMAR, by_mail=True, typed=Typed("Omar", email="omar@mail.example")),
    ),
    "person-expired": ("parts/person.html", replace(OMAR, state="expired", state_at=at(2))),
    "person-withdrawn": ("parts/person.html", replace(OMAR, state="withdrawn", done="withdrawn")),
    "person-in": (
        "parts/person.html",
        replace(OMAR, state="in", state_at=None, typed=Typed(name="Omar", mode="openpgp"), done="changed"),
    ),
    "person-left": ("parts/person.html", replace(OMAR, state="left", state_at=None, done="let-go")),
    "person-unreachable": (
        "parts/person.html",
        replace(OMAR, state="in", unreachable=True, done="let-in", username=""),
    ),
    "person-wrong": ("parts/person.html", replace(OMAR, state="in", typed=TYPED, mistakes=WRONG)),
    "person-last": (
        "parts/person.html",
        replace(
            OMAR,
            name="Jo Haber",
            role="administrator",
            username="jo",
            typed=Typed(name="Jo Haber"),
            state="in",
            is_reader=True,
            others=(),
            mistakes={
                "let-go": "Nobody else administers this practice. Please add somebody who does first.",
            },
        ),
    ),
    "person-left-invited": (
        "parts/person.html",
        replace(OMAR, state="left", mistakes={"invitation": "They have left. Let them in again first."}),
    ),
    "own-client": ("parts/person.html", HERS),
    "own-client-card": ("parts/person.html", replace(HERS, card=replace(CARD, numbers=()))),
    "staff-card": (
        "parts/person.html",
        replace(
            OMAR,
            name="Eli Sommer",
            role="therapist",
            username="eli",
            others=(),
            card=replace(CARD, name="Eli Sommer", username="eli", is_client=False, cared_by="", answered=""),
        ),
    ),
    "clinician-leaves": ("parts/person.html", LEAVING),
    "circle": ("parts/circle.html", COUPLE),
    **{
        f"circle-{stage}": ("parts/circle.html", replace(COUPLE, standing=standing))
        for stage, standing in STANDINGS.items()
    },
    "gone-person": (
        "parts/gone.html",
        GONE,
    ),
    "gone-conversation": (
        "parts/gone.html",
        replace(GONE, what="conversation", since=at(3)),
    ),
    "gone-for-who-cared": (
        "parts/gone.html",
        replace(GONE, signed_in=MIRA, bar=BAR, back="/inbox", since=None),
    ),
    "circle-over": (
        "parts/circle.html",
        replace(COUPLE, standing=Standing(Stage.LEAVING, HERE.now, HERE.now), done="ended"),
    ),
    "ending": ("parts/ending.html", ENDING),
    "ending-quiet": (
        "parts/ending.html",
        replace(ENDING, sessions=(), waiting=0, held=False, planned=(), live=True, mistake="", reason=""),
    ),
    "circle-alone": ("parts/circle.html", ALONE),
    "circle-wrong": (
        "parts/circle.html",
        replace(
            COUPLE,
            answer=AnswerFields("days", "40", ""),
            mistakes={
                "": "Nothing is changed yet.",
                "answer": "Working days are a number from 1 to 10.",
                "join": "Please choose who joins, and say that the others have agreed.",
                "leave": "Without them nobody would be in care here, or nobody would care. Please add somebody else first.",
            },
        ),
    ),
    "together": ("parts/together.html", TOGETHER),
    "together-wrong": (
        "parts/together.html",
        replace(
            TOGETHER,
            picked=Picked(frozenset({"p-ada"})),
            mistake="Please choose at least two who are in care together.",
        ),
    ),
    "together-own": (
        "parts/together.html",
        replace(TOGETHER, signed_in=MIRA, bar=replace(BAR, current=""), carers=(), by_administrator=False),
    ),
    "together-nobody": ("parts/together.html", replace(TOGETHER, clients=())),
    "practice": ("admin/practice.html", PRACTICE),
    "rules": ("admin/rules.html", RULES),
    "rules-wrong": (
        "admin/rules.html",
        replace(
            RULES,
            done="",
            holidays="tomorrow\n",
            mistakes={
                "days": "Line 1 does not begin with a day, like 2026-12-24 or 24.12.2026.",
                "calendar": "This is not a calendar's file (.ics), or it cannot be read.",
                "sessions": "Minutes and hours are whole numbers; 0 where there is to be none.",
                "mail": "What mail is called has at most 80 characters on one line.",
            },
        ),
    ),
    "practice-wrong": (
        "admin/practice.html",
        replace(
            PRACTICE,
            done=False,
            name="",
            mistakes={
                "name": "A name has 1 to 200 characters.",
                "zone": "Please choose one of the list.",
                "numbers": "Each number has a name beside it, and each name a number.",
            },
        ),
    ),
}
