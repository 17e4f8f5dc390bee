"""The pages of measures, tasks and the plan, filled: a question, what is sent, a task, the plan, a measure over time."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from messaging.assignments.standing import Point
from tests.web.samples.cast import BAR, HERE, KEY, LINDEN, MIRA, at
from web.measure_packs import in_the_box
from web.pages.client import given_view as own
from web.pages.parts.planned_ending import EndingFields, EndingShown, OwnEnding, PlanEndingPage
from web.pages.parts.views import Named
from web.pages.staff import given_view as staff
from web.pages.staff.measure_chart import bands_drawn, bracket_of, line_through, points_drawn

PHQ = in_the_box()["phq-9"]
WHO = in_the_box()["who-5"]
TASK = own.GivenLine(
    id="g-2",
    kind="task",
    title="Walk to the gate, once, and look at it.\nNothing more than that.",
    by="Dr Mira",
    asked=True,
    due=date(2026, 12, 7),
    why="To see that it stands open.",
)
MEASURE = own.GivenLine(id="g-1", kind="measure", title="PHQ-9", by="Dr Mira", asked=True)
DONE = replace(TASK, asked=False, state="partly", text="Half the way.", last_at=at(2), due=None)
QUESTION = own.Question(
    signed_in=LINDEN,
    here=HERE,
    action="/me/given/g-1",
    key=KEY,
    language="en",
    intro=PHQ.intro["en"],
    text=PHQ.items[3].text["en"],
    item="4",
    choices=tuple(own.Choice(one.value, one.text["en"], one.value == 2) for one in PHQ.options),
    place=4,
    total=9,
    answered=4,
    licence=PHQ.licence["en"],
)
LONGEST = replace(
    QUESTION,
    language="de",
    intro=PHQ.intro["de"],
    text=PHQ.items[7].text["de"],
    choices=tuple(own.Choice(one.value, one.text["de"]) for one in PHQ.options),
    place=8,
    answered=9,
    raised=True,
)
SENDING = own.Sending(
    signed_in=LINDEN,
    here=HERE,
    action="/me/given/g-1",
    key=KEY,
    language="en",
    title="PHQ-9",
    chosen=tuple(
        own.Chosen(place, item.text["en"], PHQ.options[1].text["en"])
        for place, item in enumerate(PHQ.items, 1)
    ),
    readers="Only you and Dr Mira read this",
    licence=PHQ.licence["en"],
)
PARTS = (
    own.PlanPart("signs", "signs", "I stop answering Hanne.\nI hear the kitchen clock."),
    own.PlanPart("alone", "alone", "Four counts. Cold water.", (("Dr Mira", "The hens belong here."),)),
    own.PlanPart("", "What my sister says", "Come over."),
    own.PlanPart("safer", "safer", ""),
)
PLAN = own.PlanPage(LINDEN, HERE, "/me/plan/change", PARTS, KEY, 2, at(4), written=True)
SCORES = ((110, 17, 2), (82, 15, 1), (54, 16, 1), (33, 12, 0), (12, 11, 0), (0, 9, 0))
COURSE = points_drawn(
    PHQ,
    [
        Point(at(days), score, PHQ.band_of(score).name, (("9", nine),) if nine else ())
        for days, score, nine in SCORES
    ],
    "en",
)
WELL = points_drawn(WHO, [Point(at(30), 24, "low"), Point(at(1), 60, "not low")], "en")
OVER_TIME = staff.MeasurePage(
    signed_in=MIRA,
    bar=BAR,
    here=HERE,
    conversation_id="c-ruth",
    name="Ruth",
    title="PHQ-9",
    licence=PHQ.licence["en"],
    source=PHQ.source,
    bands=bands_drawn(PHQ, "en"),
    points=COURSE,
    line=line_through(COURSE),
    highest=27,
    alert_items=("9",),
)
CHANGED = replace(
    OVER_TIME,
    title="WHO-5",
    bands=bands_drawn(WHO, "en"),
    points=WELL,
    line=line_through(WELL),
    highest=100,
    alert_items=(),
    reliable=10,
    reliable_source="WHO-5, instructions.",
    bracket=bracket_of(WHO, WELL),
)
STANDS = staff.GivenPage(
    signed_in=MIRA,
    bar=BAR,
    here=HERE,
    conversation_id="c-ruth",
    name="Ruth",
    key=KEY,
    given=(
        staff.Given(MEASURE, "3 weeks", ended=False, back=(staff.Back(at(3), score=9, band="mild"),)),
        staff.Given(DONE, "", ended=True, back=(staff.Back(at(2), "partly", "Half the way."),)),
        staff.Given(
            TASK, "session", ended=False, back=tuple(staff.Back(at(4), one) for one in ("done", "not"))
        ),
        staff.Given(replace(TASK, asked=False, due=None), "", ended=False),
    ),
    measures=(Named("gad-7", "GAD-7"), Named("phq-9", "PHQ-9")),
    series=(Named("phq-9", "PHQ-9"),),
    plan=PARTS,
    plan_offered=True,
)
LIST = own.GivenList(LINDEN, HERE, (MEASURE, TASK, DONE), sent=True, raised=True)

ENDS = EndingShown(
    day=HERE.now + timedelta(days=20),
    by="Dr Mira",
    by_itself=True,
    letters=2,
    sessions=1,
    write_until=HERE.now + timedelta(days=50),
    elsewhere="Haus Linde, weekdays from nine.\nHanne.",
    words="We have come a long way.",
)
BARE = EndingShown(day=HERE.now + timedelta(days=20), by="Dr Mira")
ENDING = PlanEndingPage(MIRA, BAR, HERE, "c-ruth", "Ruth", KEY, "2026-11-30", EndingFields())

GIVEN_PAGES: dict[str, tuple[str, Any]] = {
    "given": ("client/given.html", LIST),
    "given-states": (
        "client/given.html",
        replace(
            LIST,
            raised=False,
            lines=tuple(replace(DONE, state=one, text="") for one in ("done", "not", "")),
        ),
    ),
    "given-none": ("client/given.html", own.GivenList(LINDEN, HERE)),
    "question": ("client/question.html", QUESTION),
    "question-first": ("client/question.html", replace(QUESTION, place=1, answered=0)),
    "question-raised": ("client/question.html", LONGEST),
    "question-send": ("client/question_send.html", SENDING),
    "question-send-raised": (
        "client/question_send.html",
        replace(SENDING, raised=True, mistake="Not answered yet, of phq-9: item 9."),
    ),
    "task": ("client/task.html", own.Task(LINDEN, HERE, "/me/given/g-2", KEY, TASK)),
    "task-refused": (
        "client/task.html",
        own.Task(LINDEN, HERE, "/me/given/g-2", KEY, DONE, "Half.", "`state` is one of done, partly, not."),
    ),
    "plan": ("client/plan.html", PLAN),
    "plan-empty": ("client/plan.html", own.PlanPage(LINDEN, HERE, "/me/plan/change", PARTS[3:])),
    "plan-change": ("client/plan_change.html", replace(PLAN, mistake="The plan was changed meanwhile.")),
    "ending": ("client/ending.html", OwnEnding(LINDEN, HERE, (ENDS, BARE, replace(ENDS, ended=at(3))))),
    "ending-none": ("client/ending.html", OwnEnding(LINDEN, HERE)),
    "staff-ending": (
        "staff/ending_planned.html",
        replace(ENDING, fields=EndingFields("2026-12-20", by_itself=True, letters="2"), planned=ENDS),
    ),
    "staff-ending-none": (
        "staff/ending_planned.html",
        replace(ENDING, mistake="Please say which day is the last."),
    ),
    "staff-ending-over": (
        "staff/ending_planned.html",
        replace(ENDING, planned=replace(BARE, ended=at(3)), ended=True),
    ),
    "staff-given": ("staff/given.html", STANDS),
    "staff-given-none": (
        "staff/given.html",
        replace(STANDS, given=(), series=(), plan=None, plan_offered=False, mistake="There is no text."),
    ),
    "staff-given-couple": (
        "staff/given.html",
        replace(STANDS, given=(), measures=(), plan=None, alone=False),
    ),
    "measure": ("staff/measure.html", OVER_TIME),
    "measure-changed": ("staff/measure.html", CHANGED),
    "measure-none": ("staff/measure.html", replace(OVER_TIME, points=(), line="")),
}
