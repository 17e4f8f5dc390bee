"""What an entry says beside its words is kept and told exactly as by every program before, and outlives the next one."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.fact_forms import OpenPgp, Quoted
from messaging.facts import (
    NO_FACTS,
    AgreementFacts,
    AppointmentFacts,
    AutomaticMailFacts,
    AwaitedFacts,
    AwayFacts,
    BreakFacts,
    CareFacts,
    CheckInFacts,
    ClosingFacts,
    CoverFacts,
    Facts,
    FailedMailFacts,
    HandedOverFacts,
    IdentityFacts,
    LetterFacts,
    NumberFacts,
    PromiseFacts,
    ReadsFromStartFacts,
    SessionFacts,
    SettledFacts,
    as_texts,
    person_of,
    read_facts,
    session_of,
)
from messaging.facts_given import (
    AnsweredFacts,
    AssignedFacts,
    ContractAgreedFacts,
    ContractProposedFacts,
    EndingFacts,
    NotAskedFacts,
    NotEndingFacts,
    PlanFacts,
    ReplyKindFacts,
)
from messaging.ids import PersonId, SessionId
from messaging.messages import Body, EventName, decode_body, encode_body, facts_kind
from messaging.releases import ReleaseEndedFacts, ReleaseFacts

SESSION: Final = SessionId(UUID("5e551011-0000-4000-8000-000000000001"))
GIVEN: Final = UUID("a5516000-0000-4000-8000-000000000003")
RUTH: Final = PersonId(UUID("a0710000-0000-4000-8000-000000000002"))
NAMED: Final = f'"session":"{SESSION}"'
WHO: Final = f'"person":"{RUTH}"'
AT: Final = datetime(2026, 11, 23, 17, 20, 3, 456789, UTC)
VIENNA: Final = timezone(timedelta(hours=1))
AGREED: Final = (
    (
        AppointmentFacts(SESSION, AT.replace(microsecond=0).astimezone(VIENNA), 50, RUTH),
        f'{{{NAMED},"starts":"2026-11-23T17:20:03Z","minutes":"50",{WHO}}}',
    ),
    (
        AppointmentFacts(SESSION, AT, 50),
        f'{{{NAMED},"starts":"2026-11-23T17:20:03.456789Z","minutes":"50"}}',
    ),
    (
        AppointmentFacts(SESSION, AT, 50, RUTH, late=True),
        f'{{{NAMED},"starts":"2026-11-23T17:20:03.456789Z","minutes":"50",{WHO},"late":"yes"}}',
    ),
)
TEXT_AGREED: Final = (
    (
        AgreementFacts(RUTH, RUTH, 2, "How we write", "0f" * 32),
        f'{{{WHO},"document":"{RUTH}","version":"2","title":"How we write","digest":"{"0f" * 32}"}}',
    ),
)
CHECKED: Final = (CheckInFacts(SESSION, RUTH), f"{{{NAMED},{WHO}}}")
KEPT: Final[dict[EventName | None, tuple[tuple[Facts, str], ...]]] = {
    EventName.SESSION_BOOKED: AGREED,
    EventName.SESSION_MOVED: AGREED,
    EventName.SESSION_CANCELLED: AGREED,
    EventName.SESSION_RESTORED: AGREED,
    EventName.SESSION_MISSED: (
        (SessionFacts(SESSION, 50, "clinician"), f'{{{NAMED},"minutes":"50","by":"clinician"}}'),
    ),
    EventName.SESSION_OPENED: ((SessionFacts(SESSION, 50), f'{{{NAMED},"minutes":"50"}}'),),
    EventName.SESSION_EXTENDED: ((SessionFacts(SESSION, 60, "10"), f'{{{NAMED},"minutes":"60","by":"10"}}'),),
    EventName.SESSION_ENDED: (
        (SessionFacts(SESSION, 50, "time"), f'{{{NAMED},"minutes":"50","by":"time"}}'),
    ),
    EventName.CHECK_IN_ASKED: (CHECKED,),
    EventName.CHECK_IN_WAIVED: (CHECKED,),
    EventName.CHECKED_IN: (
        (CheckInFacts(SESSION, RUTH, complete=True), f'{{{NAMED},{WHO},"complete":"yes"}}'),
        (CheckInFacts(SESSION, RUTH, complete=False), f'{{{NAMED},{WHO},"complete":"no"}}'),
    ),
    EventName.CONNECTION_LOST: (
        (BreakFacts(SESSION, RUTH, AT), f'{{{NAMED},{WHO},"since":"2026-11-23T17:20:03.456Z"}}'),
    ),
    EventName.CONNECTION_BACK: (
        (
            BreakFacts(SESSION, RUTH, AT, AT + timedelta(seconds=40)),
            f'{{{NAMED},{WHO},"since":"2026-11-23T17:20:03.456Z","until":"2026-11-23T17:20:43.456Z"}}',
        ),
    ),
    EventName.CLOSING: (
        (
            ClosingFacts(SESSION, "Vier Atemzüge.\nAbends.", AT.replace(microsecond=0).astimezone(VIENNA)),
            f'{{{NAMED},"homework":"Vier Atemzüge.\\nAbends.","next":"2026-11-23T18:20:03+01:00"}}',
        ),
        (ClosingFacts(SESSION), f"{{{NAMED}}}"),
    ),
    EventName.CORRECTED: ((NumberFacts(12), '{"number":"12"}'),),
    EventName.WITHDRAWN: ((NumberFacts(12), '{"number":"12"}'),),
    EventName.WAITS_AGAIN: ((NumberFacts(12), '{"number":"12"}'),),
    EventName.AUTOMATIC_MAIL: (
        (
            AutomaticMailFacts("calendar", "declined", AT.replace(microsecond=0), RUTH),
            f'{{"kind":"calendar","calendar":"declined","starts":"2026-11-23T17:20:03+00:00",{WHO}}}',
        ),
        (AutomaticMailFacts("absence"), '{"kind":"absence"}'),
    ),
    EventName.MAIL_FAILED: (
        (
            FailedMailFacts(7, "The address does not exist."),
            '{"number":"7","cause":"The address does not exist."}',
        ),
        (FailedMailFacts(7, code=0), '{"number":"7","code":"0"}'),
    ),
    EventName.NEEDS_NO_ANSWER: (
        (SettledFacts(AT.astimezone(VIENNA)), '{"since":"2026-11-23T17:20:03.456789+00:00"}'),
        (SettledFacts(), ""),
    ),
    EventName.PROMISE_PASSED: ((PromiseFacts(AT), '{"promised":"2026-11-23T17:20:03.456789Z"}'),),
    EventName.UNREAD_TOLD: ((PromiseFacts(AT), '{"promised":"2026-11-23T17:20:03.456789Z"}'),),
    EventName.HANDED_OVER: ((HandedOverFacts(RUTH, RUTH), f'{{{WHO},"former":"{RUTH}"}}'),),
    EventName.READS_FROM_START: ((ReadsFromStartFacts(RUTH), f"{{{WHO}}}"),),
    EventName.CARE_ENDED: (
        (CareFacts(RUTH, "Mira", "As agreed."), f'{{{WHO},"name":"Mira","reason":"As agreed."}}'),
        (CareFacts(RUTH, "Mira"), f'{{{WHO},"name":"Mira"}}'),
    ),
    EventName.CARE_BEGUN_AGAIN: ((CareFacts(RUTH, "Mira"), f'{{{WHO},"name":"Mira"}}'),),
    EventName.ENDING_PLANNED: (
        (
            EndingFacts(date(2026, 12, 7), True, 2, 0, date(2026, 12, 21), "Haus Linde."),
            '{"day":"2026-12-07","by_itself":"yes","letters":"2","sessions":"0",'
            '"write_until":"2026-12-21","elsewhere":"Haus Linde."}',
        ),
        (EndingFacts(date(2026, 12, 7), False), '{"day":"2026-12-07","by_itself":"no"}'),
    ),
    EventName.ENDING_CALLED_OFF: ((NotEndingFacts(date(2026, 12, 7)), '{"day":"2026-12-07"}'),),
    EventName.AGREEMENT_ACCEPTED: TEXT_AGREED,
    EventName.AGREEMENT_WITHDRAWN: TEXT_AGREED,
    EventName.AGREEMENT_AWAITED: ((AwaitedFacts(RUTH), f"{{{WHO}}}"),),
    EventName.IDENTITY_OPENED: (
        (IdentityFacts(RUTH, "Nour", "At risk."), f'{{{WHO},"name":"Nour","reason":"At risk."}}'),
    ),
    EventName.ASSIGNED: (
        (
            AssignedFacts("measure", "phq-9", "3 weeks", date(2026, 12, 7), "Wie es geht."),
            '{"kind":"measure","what":"phq-9","every":"3 weeks","due":"2026-12-07","why":"Wie es geht."}',
        ),
        (AssignedFacts("task"), '{"kind":"task"}'),
    ),
    EventName.ASSIGNMENT_ENDED: ((NotAskedFacts(GIVEN), f'{{"assignment":"{GIVEN}"}}'),),
    EventName.ANSWERED: (
        (
            AnsweredFacts(GIVEN, "phq-9", (("1", 2), ("9", 1)), 3, "none", (("9", 1),)),
            f'{{"assignment":"{GIVEN}","what":"phq-9","answers":"1=2\\n9=1","score":"3","band":"none","alerts":"9=1"}}',
        ),
        (AnsweredFacts(GIVEN, state="partly"), f'{{"assignment":"{GIVEN}","state":"partly"}}'),
    ),
    EventName.CONTRACT_PROPOSED: (
        (
            ContractProposedFacts("18:00", "thursday", None, 600, 8, 4),
            '{"by":"18:00","weekday":"thursday","words":"600","exchanges":"8","counted_from":"4"}',
        ),
        (ContractProposedFacts("17:30", working_days=3), '{"by":"17:30","working_days":"3"}'),
    ),
    EventName.CONTRACT_AGREED: (
        (ContractAgreedFacts(GIVEN, whole=True), f'{{"proposal":"{GIVEN}","whole":"yes"}}'),
        (ContractAgreedFacts(GIVEN), f'{{"proposal":"{GIVEN}"}}'),
    ),
    EventName.REPLY_KIND_SAID: (
        (ReplyKindFacts(3, "clarification"), '{"number":"3","kind":"clarification"}'),
    ),
    EventName.PLAN_CHANGED: (
        (
            PlanFacts(2, (("signs", "Die Küchenuhr."),), (("signs", str(RUTH), "Ja."),)),
            '{"version":"2","parts":"[[\\"signs\\",\\"Die Küchenuhr.\\"]]",'
            f'"remarks":"[[\\"signs\\",\\"{RUTH}\\",\\"Ja.\\"]]"}}',
        ),
    ),
    EventName.RELEASED: (
        (
            ReleaseFacts(
                RUTH,
                "Nour",
                "A review.",
                release=RUTH,
                parts=("chat", "letter"),
                since=AT,
                expires=AT,
                until=AT,
            ),
            f'{{{WHO},"name":"Nour","reason":"A review.","release":"{RUTH}","parts":"chat\\nletter",'
            '"since":"2026-11-23T17:20:03.456789Z","expires":"2026-11-23T17:20:03.456789Z",'
            '"until":"2026-11-23T17:20:03.456789Z"}',
        ),
    ),
    EventName.RELEASE_ENDED: (
        (
            ReleaseEndedFacts(RUTH, "Nour", "It was read.", release=RUTH, back=True),
            f'{{{WHO},"name":"Nour","reason":"It was read.","release":"{RUTH}","back":"yes"}}',
        ),
        (ReleaseEndedFacts(RUTH, "Nour", release=RUTH), f'{{{WHO},"name":"Nour","release":"{RUTH}"}}'),
    ),
    EventName.CLINICIAN_AWAY: (
        (
            AwayFacts(RUTH, date(2026, 12, 7), AT),
            f'{{{WHO},"first":"2026-12-07","promised":"2026-11-23T17:20:03.456789Z"}}',
        ),
        (AwayFacts(RUTH, date(2026, 12, 7)), f'{{{WHO},"first":"2026-12-07"}}'),
    ),
    **dict.fromkeys(
        (EventName.COVER_ASKED, EventName.COVER_BEGAN),
        (
            (
                CoverFacts(RUTH, "Eli", RUTH, "look_in"),
                f'{{{WHO},"name":"Eli","absent":"{RUTH}","scope":"look_in"}}',
            ),
        ),
    ),
    EventName.COVER_ENDED: (
        (
            CoverFacts(RUTH, "Eli", RUTH, "take_over", AT),
            f'{{{WHO},"name":"Eli","absent":"{RUTH}","scope":"take_over",'
            '"promised":"2026-11-23T17:20:03.456789Z"}',
        ),
    ),
    None: (
        (
            LetterFacts(
                message_id="a@mail.example",
                calendar="accepted",
                starts=datetime(2027, 1, 1, 9, tzinfo=UTC),
                thread_index="AdI=",
                quotes=Quoted(3, RUTH, AT),
                folded_begins="Ruth",
                notes=("A picture was left out.", "It is long."),
                also=("h@example.org", "k@example.org"),
                openpgp=OpenPgp("by_their_key", opened=True),
            ),
            '{"message_id":"a@mail.example","calendar":"accepted","starts":"2027-01-01T09:00:00+00:00",'
            f'"thread_index":"AdI=","quotes":"3 {RUTH} 2026-11-23T17:20:03.456789+00:00",'
            '"folded_begins":"Ruth","notes":"A picture was left out.\\nIt is long.",'
            '"also":"h@example.org\\nk@example.org","openpgp":"encrypted by_their_key"}',
        ),
        (LetterFacts(openpgp=OpenPgp("not_signed")), '{"openpgp":"not_signed"}'),
        (LetterFacts(purpose="administrative"), '{"purpose":"administrative"}'),
        (NO_FACTS, ""),
    ),
}
"""Facts of each event, and the octets in which programs before this one kept them (v0.1 on)."""
EACH: Final = [(event, facts, kept) for event, held in KEPT.items() for facts, kept in held]


def sealed(event: EventName | None, kept: str) -> bytes:
    return ('{"t":""' + f',"e":"{event}"' * bool(event) + f',"x":{kept}' * bool(kept) + "}").encode()


def test_every_event_has_its_facts_here() -> None:
    assert KEPT.keys() == {None, *EventName}
    assert {facts_kind(event) for event in KEPT} == {
        type(facts) for _, facts, _ in EACH if facts is not NO_FACTS
    }


@pytest.mark.parametrize("kind", sorted({facts_kind(event) for event in KEPT}, key=str))
def test_every_fact_is_said_in_one_of_them(kind: type[Facts]) -> None:
    said = {name for _, facts, _ in EACH if isinstance(facts, kind) for name in as_texts(facts)}
    assert said == {one.name for one in fields(kind)} - {"rest"}


@pytest.mark.parametrize(("event", "facts", "kept"), EACH)
def test_what_is_kept_is_what_was_kept(event: EventName | None, facts: Facts, kept: str) -> None:
    octets = sealed(event, kept)
    assert encode_body(Body(event=event, facts=facts)) == octets
    read = decode_body(octets)
    assert as_texts(read.facts) == json.loads(kept or "{}"), "and so it is told"
    assert not read.facts.rest
    assert encode_body(read) == octets
    assert not kept or type(read.facts) is facts_kind(event)


@pytest.mark.parametrize(("event", "facts", "kept"), EACH)
def test_what_a_later_program_adds_is_kept_and_told(event: EventName | None, facts: Facts, kept: str) -> None:
    told = {**json.loads(kept or "{}"), "mood": "calm"}
    read = decode_body(sealed(event, json.dumps(told))).facts
    assert (as_texts(read), read.rest) == (told, {"mood": "calm"})
    written = {one.name for one in fields(facts)} & told.keys()
    assert {name: getattr(read, name) for name in written} == {
        name: getattr(decode_body(sealed(event, kept)).facts, name) for name in written
    }


@pytest.mark.parametrize(("event", "facts", "kept"), EACH)
def test_what_is_in_another_form_is_told_as_it_is(event: EventName | None, facts: Facts, kept: str) -> None:
    """Each fact in turn missing, and said as no program of ours says it: the entry opens all the same."""
    told: dict[str, str] = json.loads(kept or "{}")
    for name in told:
        for one in (
            {k: v for k, v in told.items() if k != name},
            {**told, name: "\N{SNOWMAN}"},
            {**told, name: ""},
        ):
            assert as_texts(decode_body(sealed(event, json.dumps(one))).facts) == one


def test_a_form_that_can_be_read_is_read_and_told_as_it_was_written() -> None:
    told = {"session": str(SESSION), "starts": "2026-11-23T18:20:00+01:00", "minutes": "050"}
    facts = read_facts(AppointmentFacts, told)
    assert isinstance(facts, AppointmentFacts)
    assert (facts.starts, facts.minutes) == (datetime(2026, 11, 23, 17, 20, tzinfo=UTC), 50)
    assert as_texts(facts) == told


@given(st.sampled_from(sorted({facts_kind(event) for event in KEPT}, key=str)), st.data())
def test_whatever_is_kept_is_told_as_it_is(kind: type[Facts], data: st.DataObject) -> None:
    names = st.sampled_from([one.name for one in fields(kind)]) | st.text(max_size=5)
    values = st.sampled_from([str(SESSION), "5", "yes", AT.isoformat(), "", "a\x85b\n"]) | st.text()
    told = data.draw(st.dictionaries(names, values, max_size=6))
    assert as_texts(read_facts(kind, told)) == told


def test_facts_of_another_event_are_not_written() -> None:
    for event in KEPT:
        for _, facts, _ in EACH:
            if facts is not NO_FACTS and type(facts) is not facts_kind(event):
                with pytest.raises(TypeError):
                    encode_body(Body(event=event, facts=facts))


def test_whom_and_which_session_an_entry_is_about() -> None:
    for _, facts, kept in EACH:
        told: dict[str, Any] = json.loads(kept or "{}")
        assert session_of(facts) == (SESSION if "session" in told else None)
        assert person_of(facts) == (RUTH if "person" in told else None)


def test_no_word_of_a_fact_is_printed() -> None:
    for _, facts, _ in EACH:
        assert repr(replace(facts, rest={"a": "b"})) == f"{type(facts).__name__}(***)"
