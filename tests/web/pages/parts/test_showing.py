"""The small decisions between the acts and the templates, and how sheets and scripts are served."""

import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from channels.email.sealing.opening import Signed
from messaging.conversations import AnswerRule
from messaging.fact_forms import OpenPgp
from messaging.facts import LetterFacts
from messaging.ids import ConversationId, EntryId, MailId, PersonId
from messaging.leaving.delivering import Delivery
from messaging.memory.leaving import MailForm, MailState
from messaging.messages import Body, Channel, Entry, EntryKind
from messaging.people import EmailMode
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.http.handing_out import disposition
from web.pages.parts import views as parts
from web.pages.parts.asking import local_path
from web.pages.parts.carriages import carriage
from web.pages.parts.facts import size
from web.pages.parts.rendering import asset
from web.pages.parts.showing import joined, mail_mode, opening, terms
from web.pages.parts.signatures import openpgp_notes
from web.pages.public.arriving import slug_of

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "place",
    [
        "/me",
        "/me/letters/write",
        "/c/8a1c9e0e-0000-4000-8000-000000000000?before=12",
        "/inbox?open=x",
        "/admin",
    ],
)
def test_our_own_places_may_follow_a_sign_in(place: str) -> None:
    assert local_path(place) == place


@pytest.mark.parametrize(
    "place",
    [None, "", "/", "//c", "/c/%2e%2e", "/c/../x", "/cx", "/me#x", "/me\n", " /me", "/exit", "/set-up"],
)
def test_no_other_place_does(place: str | None) -> None:
    assert local_path(place) == ""


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Praxis für Ruhe", "praxis-fur-ruhe"),
        ("  A & B  ", "a-b"),
        ("静かな", "practice"),
        ("x" * 80, "x" * 63),
    ],
)
def test_a_practice_gets_a_short_name_in_plain_letters(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_names_are_joined_as_one_says_them() -> None:
    assert [joined(n) for n in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A and B", "A, B and C"]


def test_the_first_words_are_one_line_cut_with_a_sign() -> None:
    assert opening("I  walked\n\nby the   lake.") == "I walked by the lake."
    assert opening("Dear  M,\n\nI  wrote.") == "I wrote.", "everybody begins so"
    assert opening("word " * 100).endswith("word…")


def test_sizes_are_said_plainly() -> None:
    assert [size(n) for n in (999, 214_000, 3_140_000)] == ["999 B", "214 kB", "3.1 MB"]


def test_when_letters_are_answered_is_said_in_words() -> None:
    assert terms(AnswerRule()) == "Letters, answered within two working days, by 18:00"
    assert terms(AnswerRule(3)) == "Letters, answered Thursdays by 18:00"


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ('a"; filename="b.exe', "a__ filename__b.exe"),
        ("C:\\x\\y.doc", "y.doc"),
        ("line\r\nX-Evil: 1", "lineX-Evil_ 1"),
        ("\u202etxt.exe", "txt.exe"),
        ("...", "attachment"),
        ("日記.txt", "__.txt"),
    ],
)
def test_a_file_is_saved_under_a_name_that_can_do_nothing(name: str, saved_as: str) -> None:
    header = disposition(name)
    assert header.startswith(f"attachment; filename=\"{saved_as}\"; filename*=UTF-8''")
    assert "\r" not in header
    assert "\n" not in header


async def test_of_several_mails_about_a_letter_the_gravest_truth_is_shown(cast: Cast) -> None:
    _, circle = await cast.enter("mira", "ben")
    mails = [
        Delivery(MailId(uuid4()), 1, state, NOW, 550)
        for state in (MailState.SENT, MailState.FAILED, MailState.OWED)
    ]
    truth = carriage(mails, circle)
    assert truth is not None
    assert (truth.state, truth.reason, truth.whole) == (
        parts.Delivery.FAILED,
        "the mail server answered 550",
        False,
    )
    assert carriage([], circle) is None
    for state in MailState:
        assert carriage([Delivery(MailId(uuid4()), 1, state, NOW, None)], circle) is not None


async def test_a_receipt_that_was_not_wanted_any_more_is_no_failure(cast: Cast) -> None:
    _, circle = await cast.enter("mira", "ruth")
    for state in MailState:
        for form in (*MailForm, None):
            mail = Delivery(MailId(uuid4()), 1, state, NOW, None, form=form)
            needless = (form, state) == (MailForm.RECEIPT, MailState.STOPPED)
            # What tells a clinician that a letter waits is about no delivery of it.
            about_none = form is MailForm.WAITING
            assert (carriage([mail], circle, waits=False) is None) == (needless or about_none)
            assert (carriage([mail], circle, waits=True) is None) == about_none


async def test_what_is_said_of_mail_is_what_is_mailed(cast: Cast) -> None:
    _, full = await cast.enter("mira", "ruth")
    _, notice = await cast.enter("mira", "linden")
    person = notice.clients[0]
    without = replace(notice, people={person.id: replace(person, email=None)})
    locked = replace(notice, people={person.id: replace(person, email_mode=EmailMode.OPENPGP)})
    assert [mail_mode(circle) for circle in (full, notice, without, locked)] == [
        "full",
        "notice",
        "none",
        "openpgp",
    ]


async def test_sheets_named_by_their_content_are_kept_for_ever_others_asked_for_again(site: str) -> None:
    browser = Visitor(site)
    named = await browser.get(asset("css/tokens.css"))
    assert "immutable" in named.headers["cache-control"]
    assert named.headers["content-type"].startswith("text/css")
    for place in ("/static/js/stream.js", "/static/css/tokens.css?v=000000000000"):
        plain = await browser.get(place)
        assert (plain.status, plain.headers["cache-control"]) == (200, "no-cache")
        again = await browser.get(place, If_None_Match=plain.headers["etag"])
        assert (again.status, again.raw) == (304, b"")
    packed = await browser.get(asset("css/tokens.css"), Accept_Encoding="gzip")
    assert gzip.decompress(packed.raw) == named.raw
    assert hashlib.sha256(named.raw).hexdigest()[:12] in asset("css/tokens.css")


@pytest.mark.parametrize(
    "name", ["", "../app.py", "%2e%2e/app.py", "js", "js/../../app.py", "vendor/README.md", "nothing.css"]
)
async def test_nothing_else_is_served_as_a_sheet(site: str, name: str) -> None:
    assert (await Visitor(site).get(f"/static/{name}")).status == 404


def test_what_openpgp_says_of_a_letter_is_one_sentence() -> None:
    def noted(fact: OpenPgp | None) -> tuple[str, ...]:
        body = Body(text="A letter.", facts=LetterFacts(openpgp=fact))
        who = (ConversationId(uuid4()), 1, EntryId(uuid4()), PersonId(uuid4()))
        return openpgp_notes(Entry(*who, EntryKind.MESSAGE, Channel.EMAIL, NOW, body))

    assert noted(None) == ()
    assert noted(OpenPgp("by_their_key")) == ("Signed by their key.",)
    assert noted(OpenPgp("not_signed", opened=True)) == ("It came encrypted; not signed.",)
    assert {fact for fact in Signed if not noted(OpenPgp(fact))} == set(), "each has its words"
