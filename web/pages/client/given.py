"""What a client is given: the list, a measure one question a page, a task; each works by plain forms."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from channels.language.speaking import spoken, tag_of
from messaging.assignments.answering import Handed, answer
from messaging.assignments.assignment import Assignment, AssignmentKind
from messaging.assignments.half_done import HalfDone, choose, half_done, key_for
from messaging.assignments.refusals import Changed, NotAsked
from messaging.assignments.standing import assignment_named, standing
from messaging.conversations import Circle
from messaging.errors import Malformed, NotFound, TooLong
from messaging.forms.form import Form
from messaging.forms.writing import OwnForm
from messaging.ids import parse_uuid
from messaging.inbox.listing import InboxLine, inbox
from messaging.measures.measure import Item, Measure, said_in
from messaging.office import Office
from messaging.trust.access import Deed, Pass
from web.http.refusals import status_of
from web.pages.client.filling import answers_in, asked_form, filling
from web.pages.client.given_view import Choice, Chosen, GivenLine, GivenList, Question, Sending, Task
from web.pages.parts.asking import Visit, client_visit, form_of, go, key_of, number_in, page
from web.pages.parts.showing import fresh_key, readers_for_client, signed_in

LIST: Final = "/me/given"


async def show_all(request: Request) -> Response:
    """GET /me/given: what is asked first, then what came back."""
    visit = await client_visit(request)
    found = await given_of(visit, [one for one in await inbox(visit.office, visit.person) if one.given])
    view = GivenList(
        signed_in=signed_in(visit),
        here=visit.here,
        lines=tuple(sorted(found, key=lambda one: not one.asked)),
        sent="sent" in request.query_params,
        raised="first" in request.query_params,
    )
    return page(request, "client/given.html", view)


async def given_of(visit: Visit, lines: list[InboxLine]) -> list[GivenLine]:
    """What stands in these conversations and may be answered, or came back."""
    made = []
    for line in lines:
        held, circle = await visit.enter(line.conversation.id, Deed.READ)
        found = await standing(visit.office, held)
        made += [_line(visit, circle, one) for one in found if one.asked or one.came_back]
    return made


def _line(visit: Visit, circle: Circle, one: Assignment) -> GivenLine:
    by = circle.people.get(one.by)
    last = one.came_back[-1] if one.came_back else None
    return GivenLine(
        id=str(one.id),
        kind=one.kind,
        title=_title(visit.office, one),
        by=by.name if by else "",
        asked=one.asked,
        due=one.due,
        why=one.why,
        state=(last.facts.state or "") if last else "",
        text=last.text if last else "",
        last_at=one.last_at,
    )


def _title(office: Office, one: Assignment) -> str:
    measure = office.measures.get(one.what) if one.kind is AssignmentKind.MEASURE else None
    return said_in(measure.title, _language(measure)) if measure else one.title or one.what


async def show(request: Request) -> Response:
    """GET /me/given/{assignment}?q=: the first question without an answer, or the one that is named; or the task."""
    visit, held, circle, one = await _entered(request)
    if not one.asked:
        return go(LIST)
    own = await asked_form(visit, one)
    if own is not None and own.form is not None:
        return page(request, "client/form.html", filling(visit, circle, _place(one), (own, own.form)))
    measure = _measure_of(visit, one)
    if measure is None:
        return page(request, "client/task.html", _task(visit, circle, one))
    so_far = await half_done(visit.office, held, one, measure)
    wanted = number_in(request.query_params.get("q"), 0)
    raised = "first" in request.query_params
    if wanted > len(measure.items):
        raise NotFound
    if wanted == 0:
        open_ones = [n for n, item in enumerate(measure.items, 1) if item.id not in so_far.answers]
        wanted = open_ones[0] if open_ones else 0
    if wanted == 0:
        return page(request, "client/question_send.html", _sending(visit, circle, one, measure, so_far))
    return page(
        request, "client/question.html", _question(visit, one, (measure, wanted), so_far, raised=raised)
    )


async def hand_in(request: Request) -> Response:
    """POST /me/given/{assignment}: one answer chosen, everything sent, or how a task went."""
    visit, held, circle, one = await _entered(request)
    fields = await form_of(request)
    own = await asked_form(visit, one)
    if own is not None and own.form is not None:
        return await _fill(request, (visit, held, circle, one), (own, own.form), fields)
    measure = _measure_of(visit, one)
    if measure is not None and "item" in fields:
        return await _choose(visit, held, one, measure, fields)
    try:
        return await _send(visit, held, circle, one, fields)
    except NotAsked:
        return go(f"{LIST}?sent=1")
    except (Malformed, TooLong) as refusal:
        if measure is not None:
            return go(_place(one))
        view = _task(visit, circle, one, text=fields.get("text", ""), mistake=refusal.detail)
        return page(request, "client/task.html", view, status_of(refusal))


async def _fill(
    request: Request,
    entered: tuple[Visit, Pass, Circle, Assignment],
    asked: tuple[OwnForm, Form],
    fields: Mapping[str, str],
) -> Response:
    """All of a form at once; what is refused comes back with what was entered."""
    visit, held, circle, one = entered
    handed = Handed(key_for(one), answers_in(asked[1], fields), version=number_in(fields.get("version"), 0))
    try:
        await answer(visit.office, held, circle, one, handed)
    except (Malformed, TooLong, Changed) as refusal:
        view = filling(visit, circle, _place(one), asked, fields, refusal.detail)
        return page(request, "client/form.html", view, status_of(refusal))
    except NotAsked:
        pass  # another window was faster: what it sent stands
    return go(f"{LIST}?sent=1")


async def _choose(
    visit: Visit, held: Pass, one: Assignment, measure: Measure, fields: Mapping[str, str]
) -> Response:
    """One tap goes on: to the next question, and after the last of them to what is sent."""
    if not one.asked:
        return go(LIST)
    raw = fields.get("value", "")
    value = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else None
    await choose(visit.office, held, one, measure, (fields["item"], value))
    place = 1 + next(n for n, item in enumerate(measure.items, 1) if item.id == fields["item"])
    first = "&first=1" if _is_raised(measure, fields["item"], value) else ""
    return go(f"{_place(one)}?q={place}{first}" if place <= len(measure.items) else _place(one))


async def _send(
    visit: Visit, held: Pass, circle: Circle, one: Assignment, fields: Mapping[str, str]
) -> Response:
    measure = _measure_of(visit, one)
    if measure is None:
        handed = Handed(key_of(fields), state=fields.get("state"), text=fields.get("text", ""))
    else:
        so_far = await half_done(visit.office, held, one, measure)
        handed = Handed(key_for(one), so_far.answers)
    came, _ = await answer(visit.office, held, circle, one, handed)
    return go(f"{LIST}?sent=1{'&first=1' if came.facts.alerts else ''}")


async def _entered(request: Request) -> tuple[Visit, Pass, Circle, Assignment]:
    visit = await client_visit(request)
    named = parse_uuid(request.path_params["assignment"])
    held, circle, one = await assignment_named(visit.office, visit.person, named, Deed.WRITE)
    return visit, held, circle, one


def _measure_of(visit: Visit, one: Assignment) -> Measure | None:
    """None of a task or resource. Raises NotFound where its pack is gone."""
    if one.kind is not AssignmentKind.MEASURE:
        return None
    found = visit.office.measures.get(one.what)
    if found is None:
        raise NotFound
    return found


def _question(
    visit: Visit, one: Assignment, at: tuple[Measure, int], so_far: HalfDone, *, raised: bool
) -> Question:
    measure, place = at
    item, language = measure.items[place - 1], _language(measure)
    chosen = so_far.answers.get(item.id)
    return Question(
        signed_in=signed_in(visit),
        here=visit.here,
        action=_place(one),
        key=fresh_key(),
        language=language,
        intro=said_in(measure.intro, language),
        text=said_in(item.text, language),
        item=item.id,
        choices=tuple(
            Choice(option.value, said_in(option.text, language), option.value == chosen)
            for option in measure.options
        ),
        place=place,
        total=len(measure.items),
        answered=len(so_far.answers),
        licence=said_in(measure.licence, language),
        raised=raised,
    )


def _sending(visit: Visit, circle: Circle, one: Assignment, measure: Measure, so_far: HalfDone) -> Sending:
    language = _language(measure)
    said = {option.value: said_in(option.text, language) for option in measure.options}

    def chosen(place: int, item: Item) -> Chosen:
        return Chosen(place, said_in(item.text, language), said.get(so_far.answers.get(item.id, -1), ""))

    return Sending(
        signed_in=signed_in(visit),
        here=visit.here,
        action=_place(one),
        key=fresh_key(),
        language=language,
        title=said_in(measure.title, language),
        chosen=tuple(chosen(place, item) for place, item in enumerate(measure.items, 1)),
        readers=readers_for_client(circle, visit.person.id),
        licence=said_in(measure.licence, language),
        raised=any(_is_raised(measure, item, value) for item, value in so_far.answers.items()),
    )


def _task(visit: Visit, circle: Circle, one: Assignment, *, text: str = "", mistake: str = "") -> Task:
    return Task(
        signed_in=signed_in(visit),
        here=visit.here,
        action=_place(one),
        key=fresh_key(),
        line=_line(visit, circle, one),
        text=text,
        mistake=mistake,
    )


def _is_raised(measure: Measure, item: str, value: int | None) -> bool:
    return value is not None and any(one.item == item and value >= one.at_least for one in measure.alerts)


def _language(measure: Measure) -> str:
    """Of the page where the measure is published in it, else English."""
    tag = tag_of(spoken())
    return next((one for one in (tag, tag.partition("-")[0]) if one in measure.title), "en")


def _place(one: Assignment) -> str:
    return f"{LIST}/{one.id}"
