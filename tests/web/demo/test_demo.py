"""The demonstration keeps what its sign-in page promises, and its mail goes the whole way round."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from channels.email.leaving.relaying import RelayConnection
from channels.email.terms import Relay
from messaging.entrance.signing_in import Credentials, sign_in
from messaging.errors import Conflict
from messaging.leaving.delivering import deliveries
from messaging.letters.writing import Letter, write_letter
from messaging.memory.leaving import MailState
from messaging.messages import Channel, EventName
from messaging.office import Asking, FrozenMail
from messaging.practice.joining import InvitationState, people_of
from messaging.record.reading import enter
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase
from tests.web.demo.demonstrations import RUTH, ZONE, Playing, eventually, pages, playing, serving
from tests.web.screenshot import running_demo
from tests.web.visitor import Visitor
from web.demo import founding
from web.demo.founding import play
from web.demo.history import LIVE
from web.demo.mailroom import MAILS_EACH, Kept, Mailroom
from web.demo.mails import Written, compose
from web.demo.newcomers import keep_one_invited
from web.demo.pages import people
from web.demo.people import FILES, PASSWORD
from web.demo.running import demo_settings, reserved, smtp_of
from web.demo.scenes import answering_day
from web.settings import read_settings
from web.state import House

pytestmark = pytest.mark.xdist_group(
    "demo"
)  # one database of its own: other tests' couriers must not carry its mail
# ---------------------------------------------------------------- what the sign-in page promises


async def test_everyone_named_on_the_sign_in_page_can_sign_in(demo: Playing) -> None:
    async with pages(demo) as site:
        front = await Visitor(site).get("/")
    for person in people(demo.built.settings.web):
        assert person.name in front.words
        assert f"<code>{person.username}</code><code>{person.password}</code>" in front.text
        claimed = Credentials(person.username, person.password, demo.slug)
        entered = await sign_in(demo.built.office, claimed, Asking("test", known=True))
        assert entered.person.name == person.name


async def test_there_are_five_conversations_and_ruths_letter_waits(demo: Playing) -> None:
    lines = await demo.lines()
    assert lines.keys() == {"Ruth", "Linden", "Ben and Tess", "Omar", "Wren"}
    waiting = {name for name, line in lines.items() if line.conversation.waiting_since is not None}
    assert waiting == {"Ruth", "Omar", "Ben and Tess"}
    promise = lines["Ruth"].promise
    assert promise is not None
    assert demo.stage.now < promise < demo.stage.now + timedelta(days=7)
    assert lines["Ruth"].unread == 2
    assert (await demo.lines("eli")).keys() == {"Ben and Tess", "Selma", "Jonas"}


async def test_linden_is_in_a_live_session_with_lines_of_some_minutes_ago(demo: Playing) -> None:
    live = (await demo.lines())["Linden"].conversation.live
    assert live is not None
    assert live.ends > demo.stage.now
    said = [one for one in await demo.record("linden") if one.session == live.id and one.body.text]
    assert [one.body.text for one in said] == [text for _, _, text in LIVE]
    assert all(timedelta() < demo.stage.now - one.at < timedelta(hours=1) for one in said)


async def test_one_letter_is_held_because_it_came_from_an_unknown_address(demo: Playing) -> None:
    [letter] = await demo.held()
    assert letter.reason == "other_address"
    assert letter.sender == "workshop.pc7@post.example"
    assert letter.client == demo.stage.people["ruth"].id


async def test_mailed_letters_came_through_the_real_reader(demo: Playing) -> None:
    mailed = [one for one in await demo.record("ruth") if one.channel is Channel.EMAIL]
    assert len(mailed) == 3
    for letter in mailed:
        assert letter.body.original is not None
        assert not letter.body.weak
        assert "wrote:" in (letter.body.folded or "")
    assert "> Would you write me the sentence from the car?" in mailed[-1].body.text


async def test_no_mail_of_the_past_is_a_failure_and_each_went_when_it_was_written(demo: Playing) -> None:
    times: dict[datetime, datetime] = {}
    for file in FILES:
        letters = [one for one in await demo.record(file.name) if one.is_letter]
        numbers = [one.number for one in letters]
        conversation = demo.stage.files[file.name]
        sent = await deliveries(
            demo.built.office, errand(demo.stage.practice.id, conversation, Work.LEAVING), numbers
        )
        assert {mail.state for mails in sent.values() for mail in mails} <= {MailState.SENT}
        times |= {one.at: mail.since for one in letters for mail in sent.get(one.number, ())}
    assert len(times) > 3
    assert all(timedelta() <= mailed - written < timedelta(minutes=1) for written, mailed in times.items())


async def test_every_record_runs_forward_and_stays_in_the_past(demo: Playing) -> None:
    for file in FILES:
        times = [one.at for one in await demo.record(file.name)]
        assert times
        assert times == sorted(set(times))
        assert times[-1] <= demo.stage.now


@pytest.mark.parametrize("day", range(7))
def test_ruth_is_never_promised_an_answer_on_a_weekend(day: int) -> None:
    today = datetime(2026, 11, 23 + day, tzinfo=UTC).date()
    ahead = answering_day(today)
    assert 3 <= ahead <= 5
    assert (today + timedelta(days=ahead)).weekday() < 5


# ---------------------------------------------------------------- starting again


async def test_a_second_start_adds_nothing(ground: TestDatabase, fresh: Playing) -> None:
    before = {file.name: await fresh.record(file.name) for file in FILES}
    people = await fresh.built.office.memory.people.all(fresh.stage.practice.id)
    async with playing(ground, fresh.slug) as again:
        assert again.stage.practice == fresh.stage.practice
        assert {file.name: await again.record(file.name) for file in FILES} == before
        assert len(await again.built.office.memory.people.all(again.stage.practice.id)) == len(people)
        assert len(await again.held()) == 1


@pytest.mark.parametrize("after", [timedelta(minutes=1), timedelta(hours=30)])
async def test_a_session_whose_time_is_up_ends_and_a_new_one_is_live(
    fresh: Playing, after: timedelta
) -> None:
    first = (await fresh.lines())["Linden"].conversation.live
    assert first is not None
    now = first.ends + after
    later = replace(fresh.built, office=replace(fresh.built.office, clock=lambda: now))
    await play(later, fresh.room, fresh.slug)
    second = (await fresh.lines())["Linden"].conversation.live
    assert second is not None
    assert second.id != first.id
    assert second.ends > now
    record = await fresh.record("linden")
    times = [one.at for one in record]
    assert times == sorted(set(times))
    assert times[-1] <= now
    ended = next(one for one in record if one.body.event is EventName.SESSION_ENDED and one.at >= first.ends)
    assert ended.at == first.ends
    assert sum(one.session == second.id and bool(one.body.text) for one in record) == len(LIVE)


async def test_a_real_practice_is_never_given_people_with_known_passwords(built: House, cast: Cast) -> None:
    with pytest.raises(Conflict, match="real practice"):
        await play(built, Mailroom([]))


async def test_a_real_practice_that_came_later_ends_the_demonstration_beside_it(
    fresh: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await found_cast(fresh.built)
    monkeypatch.setattr(founding, "SLUG", fresh.slug)
    with pytest.raises(Conflict, match="real practice"):
        await play(fresh.built, fresh.room, fresh.slug)


def test_two_demonstrations_on_one_machine_take_two_ports() -> None:
    with reserved(0) as first, reserved(first.getsockname()[1]) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_mail_of_the_demonstration_goes_to_this_machine_whatever_the_settings_say() -> None:
    given = read_settings({"QUIETLINE_RELAY_URL": "smtp+starttls://me:secret@mail.example.net"})
    assert demo_settings(given, 4242, 2525).mail.relay == Relay("127.0.0.1", 4242, "none")
    assert read_settings({}).mail.authserv_id is None


async def test_the_command_starts_on_an_empty_directory_and_again(tmp_path: Path) -> None:
    for _ in range(2):
        async with running_demo(tmp_path / "var") as site:
            answer = await Visitor(site).post("/sign-in", {"username": "mira", "password": PASSWORD})
            assert answer.place == "/today"


# ---------------------------------------------------------------- the mailboxes


def a_mail(number: int, text: str = "Hello") -> bytes:
    written = Written(
        name="<b>Somebody</b>",
        address="post@quietline.localhost",
        to=RUTH,
        subject="<script>alert(1)</script>",
        text=text,
        at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number),
        message_id=f"{number}@quietline.localhost",
    )
    return compose(written, ZONE)


async def test_a_mail_cannot_put_its_own_markup_into_the_mailbox(demo: Playing) -> None:
    demo.room.put(RUTH, a_mail(1, "<img src=x onerror=alert(1)>"), name="bad")
    async with pages(demo) as site:
        shown = await Visitor(site).get("/demo/mailbox/ruth?mail=bad")
    assert shown.status == 200
    assert "<script>alert" not in shown.text
    assert "<img" not in shown.text
    assert "<b>Some" not in shown.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown.text


def test_a_mailbox_keeps_its_newest_mails_and_no_more() -> None:
    room = Mailroom([RUTH])
    for number in range(MAILS_EACH + 5):
        room.put(RUTH, a_mail(number))
    kept = [one.letter.message_id for one in room.mails(RUTH)]
    assert len(kept) == MAILS_EACH
    assert kept[0] == f"{MAILS_EACH + 4}@quietline.localhost"


async def test_there_is_no_mailbox_of_somebody_else(demo: Playing) -> None:
    async with pages(demo) as site:
        for name in ("mira", "nobody"):
            assert (await Visitor(site).get(f"/demo/mailbox/{name}")).status == 404


async def test_an_answer_goes_to_the_mailbox_and_ruths_reply_into_her_conversation(fresh: Playing) -> None:
    office, before = fresh.built.office, len(await fresh.record("ruth"))
    async with serving(fresh) as site:
        admitted, circle = await enter(
            office, fresh.stage.people["mira"], fresh.stage.files["ruth"], Deed.WRITE
        )
        await write_letter(office, admitted, circle, Letter(office.new_id(), "Dear Ruth, tomorrow is fine."))

        async def came() -> bool:
            return newest(fresh.room) is not None

        await eventually(came)
        mail = newest(fresh.room)
        assert mail is not None
        browser, place = Visitor(site), "/demo/mailbox/ruth"
        page = await browser.get(f"{place}?mail={mail.id}")
        assert "Dear Ruth, tomorrow is fine." in page.words
        fields = page.hidden(place) | {"text": "Thank you. I have said it."}
        assert (await browser.post(place, fields)).status == 303
        assert (await browser.post(place, fields)).status == 303

        async def arrived() -> bool:
            return len(await fresh.record("ruth")) >= before + 2

        await eventually(arrived)
        read = await (await fresh.browser(site, "mira")).get(f"/c/{fresh.stage.files['ruth']}")
    assert "Thank you. I have said it." in read.words
    record = await fresh.record("ruth")
    assert len(record) == before + 2
    assert record[-1].channel is Channel.EMAIL
    assert record[-1].author == fresh.stage.people["ruth"].id
    assert record[-1].letter == record[-2].letter
    assert record[-1].body.text.strip() == "Thank you. I have said it."


def newest(room: Mailroom) -> Kept | None:
    """Mira's answer, once it is there."""
    return next((one for one in room.mails(RUTH) if "tomorrow is fine" in one.letter.text), None)


async def test_a_mail_nobody_vouches_for_is_held(fresh: Playing) -> None:
    async with serving(fresh):
        to = next(one.letter for one in fresh.room.mails(RUTH) if one.mine).to[0].address
        raw = compose(
            Written("Ruth", RUTH, to, "Hello", "It is really me.", fresh.stage.now, "forged@mail.example"),
            ZONE,
        )
        connection, mail = (
            RelayConnection(smtp_of(fresh.built.settings)),
            FrozenMail(to, RUTH, "forged@mail.example", raw),
        )
        await connection.address(mail)
        await connection.deliver(mail)
        await connection.close()

        async def judged() -> bool:
            return len(await fresh.held()) == 2

        await eventually(judged)
    assert (await fresh.held())[-1].reason == "unverified"


async def test_the_administrator_has_something_to_do(demo: Playing) -> None:
    office, nour = demo.built.office, demo.stage.people["nour"]
    states = {one.person.name: one.invitation for one in await people_of(office, nour) if one.invitation}
    assert {name: found[0] for name, found in states.items()} == {
        "Selma": InvitationState.WAITING,
        "Jonas": InvitationState.EXPIRED,
    }
    later = replace(office, clock=lambda: office.clock() + timedelta(days=30))
    await keep_one_invited(later, demo.stage.people)
    states = {one.person.name: one.invitation for one in await people_of(later, nour) if one.invitation}
    assert states["Selma"][0] is InvitationState.WAITING
