"""The acts' values as the templates want them: who reads, sessions, promises, rows of the inbox."""

import math
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any, Final, assert_never
from uuid import uuid4

from messaging.conversations import AnswerRule, Circle, EnquiryState, Session
from messaging.entrance.own_choices import exit_of
from messaging.ids import PersonId
from messaging.inbox.heads import NEVER, RESTING, counts
from messaging.inbox.listing import InboxLine
from messaging.letters.passages import own_words
from messaging.messages import Entry
from messaging.people import EmailMode, Person
from web.http.slips import KeptSlip
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit
from web.pages.parts.boundary import made_apart
from web.pages.parts.dates import day, weekday_name
from web.pages.parts.help_kept import kept_at
from web.pages.parts.inbox_view import Group, InboxRow
from web.pages.parts.saying import _, called, ngettext, pgettext
from web.pages.parts.undoing_view import Undo
from web.pages.parts.views import Failed, Named

OPENING: Final = 160
"""Characters of a letter's first words in a list."""


def fresh_key() -> str:
    """A new form's key: sent twice, it is done once."""
    return str(uuid4())


def signed_in(visit: Visit) -> parts.SignedIn:
    """Who reads this page."""
    person = visit.person
    return parts.SignedIn(
        str(person.id),
        person.name,
        person.role,
        visit.practice.name,
        fresh_key(),
        exit_of(person, visit.practice) or parts.EMPTY_PAGE,
        undo=undo_bar(visit, visit.slips),
        app=person.app,
        help_kept_at=kept_at(visit.practice),
    )


def undo_bar(visit: Visit, slips: Iterable[KeptSlip]) -> tuple[Undo, ...]:
    """What can still be undone, as the bar says it."""
    return tuple(
        Undo(text, slip.deed, slip.name, math.ceil(slip.left(visit.here.now).total_seconds()))
        for text, slip in slips
    )


def named(circle: Circle) -> tuple[Named, ...]:
    """Everyone of a conversation, as the scripts call them."""
    return tuple(Named(str(person.id), called(person.name)) for person in circle.people.values())


def joined(names: Iterable[str]) -> str:
    """Ben; Ben and Tess; Ben, Tess and Kim."""
    *first, last = list(names) or [""]
    if not first:
        return last
    return _("%(names)s and %(last)s", names=pgettext("between names", ", ").join(first), last=last)


def others(circle: Circle, me: PersonId) -> list[Person]:
    """Everyone else in a conversation, those in care first."""
    return [person for person in (*circle.clients, *circle.clinicians) if person.id != me]


def readers_for_client(circle: Circle, me: PersonId) -> str:
    """Who reads what a client writes here, all of them."""
    names = [called(person.name) for person in others(circle, me)]
    if not names:
        return _("Only you read this")
    if len(names) == 1:
        return _("Only you and %(name)s read this", name=names[0])
    return _("You, %(names)s read this", names=joined(names))


def readers_for_staff(circle: Circle, me: PersonId) -> str:
    """Who reads here, as a list."""
    return ", ".join(["You", *(person.name for person in others(circle, me))])


def with_name(circle: Circle, me: PersonId) -> str:
    """The other side, as the reader calls them: a client's clinicians, a clinician's clients."""
    mine = circle.conversation.member(me)
    side = circle.clinicians if mine is None or not mine.role.is_clinician else circle.clients
    return joined(called(person.name) for person in side) or _("nobody at present")


def session(found: Session, circle: Circle, me: PersonId) -> parts.Session:
    """A session, seen by one side."""
    return parts.Session(
        id=str(found.id),
        conversation_id=str(found.conversation),
        state=found.state,
        starts=found.starts,
        ends=found.ends,
        minutes=found.minutes,
        with_name=with_name(circle, me),
        changed=found.sequence > 0,
    )


def terms(rule: AnswerRule) -> str:
    """When letters are answered here, in words."""
    by = f"{rule.by:%H:%M}"
    if rule.weekday is None:
        return _("Letters, answered %(within)s, by %(time)s", within=within_working_days(rule), time=by)
    return _("Letters, answered %(weekday)ss by %(time)s", weekday=weekday_name(rule.weekday), time=by)


def within_working_days(rule: AnswerRule) -> str:
    """In words: within two working days."""
    said = counted(rule.days)
    return ngettext("within one working day", "within %(count)s working days", rule.days, count=said)


def counted(num: int) -> str:
    """A small number as a word."""
    words = (
        _("no"),
        _("one"),
        _("two"),
        _("three"),
        _("four"),
        _("five"),
        _("six"),
        _("seven"),
        _("eight"),
        _("nine"),
        _("ten"),
    )
    return words[num]


def mail_mode(circle: Circle) -> str:
    """What our mail about a letter here shows: for several readers, the most it shows to any of them.

    `openpgp` goes as a notice while their key cannot be used (see EmailMode); the page says both.
    """
    modes = {person.email_mode for person in circle.clients if person.email}
    if not modes:
        return "none"
    return max(modes, key=_shown)


def _shown(mode: EmailMode) -> int:
    """How much of a letter mail of this kind shows."""
    match mode:
        case EmailMode.NOTICE:
            return 0
        case EmailMode.OPENPGP:
            return 1
        case EmailMode.FULL:
            return 2
        case _:
            assert_never(mode)


def opening(text: str) -> str:
    """The first own words, in one line; a quotation only where there is nothing else."""
    line = own_words(text[: OPENING * 4])
    return line if len(line) <= OPENING else f"{line[:OPENING].rstrip()}…"


def inbox_rows(lines: Iterable[InboxLine], visit: Visit) -> tuple[InboxRow, ...]:
    """The inbox by promise: what must be answered first stands on top, then who waits longest, then the newest."""
    return tuple(sorted((_row_of(line, visit) for line in lines), key=lambda row: row.order))


def _order(due: datetime | None, waits: datetime | None, last: datetime | None) -> str:
    """Seconds since 1970, to the microsecond, of as many digits each; what there is none of comes last."""
    ranks = (
        due.timestamp() if due else NEVER,
        waits.timestamp() if waits else NEVER,
        NEVER - last.timestamp() if last else NEVER,
    )
    return " ".join(f"{rank:019.6f}" for rank in ranks)


def _row_of(line: InboxLine, visit: Visit) -> InboxRow:
    """One that fails still leads to its conversation, and stands where it is seen."""
    made = made_apart("row", lambda one: _row(one, visit), line)
    if not isinstance(made, Failed):
        return made
    return InboxRow(
        str(line.conversation.id),
        "",
        Group.WAITING_FOR_YOU,
        "",
        visit.here.now,
        unread=True,
        due=visit.here.now,
        order=_order(visit.here.now, None, None),
        fault=made,
    )


def _row(line: InboxLine, visit: Visit) -> InboxRow:
    conversation, last, me, awaited = line.conversation, line.last, visit.person.id, line.awaited
    shown, at = awaited.first if awaited else last, last.at if last else conversation.last_at
    return InboxRow(
        conversation_id=str(conversation.id),
        name=line.circle.title(),
        group=_group(line, at or visit.here.now, visit.here.now),
        last_line=opening(shown.body.text) if shown else "",
        at=at,
        mine=last is not None and last.author == me,
        unread=line.unread > 0,
        waiting_since=conversation.waiting_since,
        answer_by=line.promise or line.due,
        live=conversation.live is not None,
        held=line.held is not None,
        after_end=line.after_end,
        due=line.due,
        raised=line.raised_at is not None,
        order=("!" if line.raised_at else "") + _order(line.due, line.since, conversation.last_at),
        day=_("To be read first") if line.raised_at else _day(line.due, visit),
        day_order="" if line.raised_at else _day_order(line.due, visit),
        words=awaited.words if awaited else 0,
        letters=awaited.letters if awaited else 0,
        added=awaited.added if awaited else 0,
        who=_who(line, shown) if shown and shown.author != me else "",
        begun=line.begun,
        new=line.new,
        enquiry=line.conversation.enquiry is EnquiryState.OPEN,
        **_arranged(line, visit),
    )


def _who(line: InboxLine, shown: Entry) -> str:
    """Whose words they are, where the name of the row does not say so."""
    author = line.circle.people.get(shown.author)
    return author.name if author and len(line.circle.clients) > 1 else ""


def _day(due: datetime | None, visit: Visit) -> str:
    """Until which day it is promised; what is late is not of a day any more."""
    if due is None:
        return "Without a promise"
    return "Late" if due < visit.here.now else day(due, visit.here)


def _day_order(due: datetime | None, visit: Visit) -> str:
    """Before all rows of that day, after all rows of those before it."""
    if due is None:
        return f"{NEVER:019.6f}"
    now, zone = visit.here.now, visit.here.zone
    if due < now:
        return ""
    begin = datetime.combine(due.astimezone(zone).date(), time(), zone)
    return f"{max(begin, now).timestamp():019.6f}"


def _arranged(line: InboxLine, visit: Visit) -> dict[str, Any]:
    """What its clinicians have said of it among themselves."""
    arranged, now = line.arranged, visit.here.now
    member = line.conversation.member(visit.person.id)
    until = {"covered_until": member.covers.last if member and member.covers else None}
    if arranged is None:
        return until
    named = line.circle.people.get(arranged.assignee) if arranged.assignee else None
    mine = arranged.assignee == visit.person.id
    return until | {
        "labels": arranged.labels,
        "mine_to_answer": mine,
        "answers": named.name if named and not mine else "",
        "snoozed_until": line.snoozed_until(now),
        "back_since": arranged.snoozed.until if arranged.snoozed and line.back(now) else None,
    }


def _group(line: InboxLine, at: datetime, now: datetime) -> Group:
    waits = line.conversation.waiting_since is not None or line.raised_at is not None
    if waits or line.held is not None or line.after_end:
        return Group.WAITING_FOR_YOU
    if line.conversation.live is not None:
        return Group.LIVE_NOW
    if line.hidden(now):
        return Group.ASIDE
    if line.back(now):
        return Group.BACK
    return Group.RESTING if line.last is None or now - at > RESTING else Group.WAITING_FOR_CLIENT


async def counted_bar(visit: Visit, current: str) -> parts.StaffBar:
    """The counts of the top bar, for a page that shows no list: nothing is opened for them."""
    found = await counts(visit.office, visit.person)
    return parts.StaffBar(current, found.waiting, found.held)
