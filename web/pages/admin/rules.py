"""What a practice sets for itself: the days it works, how its sessions are held, what its mail is called."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import SessionRules
from messaging.ending.retention import TERMS
from messaging.entrance.own_choices import USUAL
from messaging.errors import Malformed
from messaging.leaving.notices import SUBJECT
from messaging.people import ExitPage, Identity
from messaging.practice.said_settings import language_said
from messaging.practice.settings import MAIL_NAME, MAIL_SUBJECT, PracticeChanges, change_practice
from messaging.sessions.rules import rules_of, set_rules
from web.pages.admin.days import days_in, days_of_calendar, lines_of
from web.pages.admin.rules_view import MailFields, RulesPage, SessionFields
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, administrator_visit, form_of, form_whole, go, key_of, page, texts_of
from web.pages.parts.showing import fresh_key, signed_in

PLACE: Final = "/admin/rules"
HOUR: Final = 60
HOURS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")


async def show(request: Request) -> Response:
    """GET /admin/rules"""
    visit = await administrator_visit(request)
    return page(request, "admin/rules.html", await _view(visit, done=request.query_params.get("done", "")))


async def days(request: Request) -> Response:
    """POST /admin/rules/days: on which weekdays somebody works, and on which days nobody does."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    workdays, typed = tuple(day for day in range(7) if fields.get(f"day{day}")), fields.get("holidays", "")
    try:
        holidays = await visit.aside(days_in, typed)
        changes = PracticeChanges(workdays=workdays, holidays=holidays)
        await change_practice(visit.office, visit.person, changes)
    except Malformed as refusal:
        view = replace(await _view(visit), workdays=workdays, holidays=typed)
        return _refused(request, view, "days", refusal)
    return go(f"{PLACE}?done=days")


async def import_days(request: Request) -> Response:
    """POST /admin/rules/calendar: the whole days of a calendar's file are added to those there are."""
    visit = await administrator_visit(request)
    try:
        async with form_whole(request, files=1) as held:
            key_of(texts_of(held))
            file = held.get("file")
            raw = await file.read() if isinstance(file, UploadFile) else b""
        found = await visit.aside(days_of_calendar, raw, visit.here.now.astimezone(visit.here.zone).date())
        changes = PracticeChanges(holidays={**visit.practice.holidays, **found})
        await change_practice(visit.office, visit.person, changes)
    except Malformed as refusal:
        return _refused(request, await _view(visit), "calendar", refusal)
    return go(f"{PLACE}?done=days")


async def sessions(request: Request) -> Response:
    """POST /admin/rules/sessions: how long to wait, when the phone is used, where clients may be."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    typed = SessionFields(
        grace=fields.get("grace", ""),
        plan_b=fields.get("plan_b", ""),
        reminder=fields.get("reminder", ""),
        cancel=fields.get("cancel", "0"),
        code_word=fields.get("code_word") == "yes",
        regions=fields.get("regions", ""),
    )
    try:
        await set_rules(visit.office, visit.person, _wanted(typed))
    except Malformed as refusal:
        return _refused(request, replace(await _view(visit), sessions=typed), "sessions", refusal)
    return go(f"{PLACE}?done=sessions")


async def mail(request: Request) -> Response:
    """POST /admin/rules/mail: who our mail is from, its one subject, and the language. Empty is the server's own."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    typed = MailFields(
        fields.get("mail_name", ""), fields.get("mail_subject", ""), fields.get("language", "")
    )
    try:
        changes = PracticeChanges(
            mail_name=typed.name,
            mail_subject=typed.subject,
            language=language_said({"language": typed.language}),
        )
        await change_practice(visit.office, visit.person, changes)
    except Malformed as refusal:
        return _refused(request, replace(await _view(visit), mail=typed), "mail", refusal)
    return go(f"{PLACE}?done=mail")


async def exits(request: Request) -> Response:
    """POST /admin/rules/exits: the pages clients can choose Exit to lead to, one a line, its address last."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    typed = fields.get("exits", "")
    try:
        await change_practice(visit.office, visit.person, PracticeChanges(exits=_pages(typed)))
    except Malformed as refusal:
        return _refused(request, replace(await _view(visit), exits=typed), "exits", refusal)
    return go(f"{PLACE}?done=exits")


async def identity(request: Request) -> Response:
    """POST /admin/rules/identity: how much is known of a new client, where nobody says otherwise."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    chosen = fields.get("identity", "")
    if chosen not in set(Identity):
        return _refused(request, await _view(visit), "identity", Malformed("Please choose one of these."))
    await change_practice(visit.office, visit.person, PracticeChanges(identity=Identity(chosen)))
    return go(f"{PLACE}?done=identity")


async def keeping(request: Request) -> Response:
    """POST /admin/rules/keeping: for how long records are kept after care has ended."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    typed = fields.get("years", "").strip()
    try:
        years = (
            int(typed or "0") if typed.isascii() and (typed.isdigit() or not typed) and len(typed) < 4 else -1
        )
        await change_practice(visit.office, visit.person, PracticeChanges(keep_years=years))
    except Malformed as refusal:
        return _refused(request, replace(await _view(visit), keep_years=typed), "keeping", refusal)
    return go(f"{PLACE}?done=keeping")


def _pages(typed: str) -> tuple[ExitPage, ...]:
    lines = (line.strip() for line in typed.splitlines())
    parted = (line.rpartition(" ") for line in lines if line)
    return tuple(ExitPage(name.strip() or place, place) for name, _, place in parted)


def _wanted(typed: SessionFields) -> Mapping[str, Any]:
    """Raises Malformed."""
    return {
        "grace_minutes": _number(typed.grace),
        "plan_b_minutes": _number(typed.plan_b),
        "reminder_minutes": _hours(typed.reminder),
        "cancel_minutes": _hours(typed.cancel),
        "code_word": typed.code_word,
        "regions": [line.strip() for line in typed.regions.splitlines() if line.strip()],
    }


def _number(typed: str) -> int:
    text = typed.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise Malformed("Minutes and hours are whole numbers; 0 where there is to be none.")
    return int(text)


def _hours(typed: str) -> int:
    """In minutes: what a program has set may be an hour and a half."""
    if not HOURS.fullmatch(typed.strip()):
        raise Malformed("Hours are a number like 24 or 1.5; 0 where there is to be none.")
    return round(float(typed) * HOUR)


def _typed(rules: SessionRules) -> SessionFields:
    return SessionFields(
        grace=str(rules.grace_minutes),
        plan_b=str(rules.plan_b_minutes),
        reminder=f"{rules.reminder_minutes / HOUR:g}",
        cancel=f"{rules.cancel_minutes / HOUR:g}",
        code_word=rules.code_word,
        regions="\n".join(rules.regions),
    )


def _refused(request: Request, view: RulesPage, where: str, refusal: Malformed) -> Response:
    return page(request, "admin/rules.html", replace(view, mistakes={where: refusal.detail}), 422)


async def _view(visit: Visit, *, done: str = "") -> RulesPage:
    practice = visit.practice
    return RulesPage(
        signed_in=signed_in(visit),
        bar=parts.StaffBar("rules"),
        here=visit.here,
        key=fresh_key(),
        workdays=practice.workdays,
        holidays=lines_of(practice.holidays),
        sessions=_typed(await rules_of(visit.office, visit.person)),
        mail=MailFields(practice.mail_name or "", practice.mail_subject or "", practice.language or ""),
        identity=practice.identity,
        keep_years=str(practice.keep_years or ""),
        terms=tuple((one.where, one.years, one.source) for one in TERMS.values()),
        practice_name=practice.name,
        plain_subject=SUBJECT,
        name_most=MAIL_NAME,
        subject_most=MAIL_SUBJECT,
        exits="\n".join(f"{one.name} {one.place}" for one in practice.exits),
        usual_exits=", ".join(one.name for one in USUAL),
        done=done,
    )
