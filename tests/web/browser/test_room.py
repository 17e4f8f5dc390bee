"""The pages' scripts in a real browser, against a stand-in for /live that says what the test tells it to."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.web.samples.cast import NOW

AT = NOW.isoformat()
LIVE = {
    "id": "s-1",
    "state": "live",
    "starts": AT,
    "ends": NOW.replace(minute=49).isoformat(),
    "server_time": AT,
}


class Far:
    """The server's end of the page's connection."""

    def __init__(self) -> None:
        self.session: dict[str, Any] | None = LIVE
        self.heard: list[dict[str, Any]] = []
        self.lines: list[WebSocketRoute] = []

    def take(self, line: WebSocketRoute) -> None:
        self.lines.append(line)
        line.on_message(lambda words: self.hear(line, json.loads(words)))

    def hear(self, line: WebSocketRoute, frame: dict[str, Any]) -> None:
        self.heard.append(frame)
        if frame["type"] == "open":
            line.send(
                json.dumps(
                    {
                        "type": "opened",
                        "conversation": frame["conversation"],
                        "last": frame["after"],
                        "session": self.session,
                    }
                )
            )

    def say(self, **frame: Any) -> None:
        self.lines[-1].send(json.dumps({"conversation": "c-linden", "at": AT, **frame}))

    def message(self, number: int, text: str) -> None:
        self.say(
            type="message",
            number=number,
            id=f"m{number}",
            channel="chat",
            author={"id": "p-mira", "name": "Dr Mira"},
            text=text,
        )

    def said(self, number: int, key: str) -> None:
        self.say(type="said", number=number, key=key, id=f"m{number}")

    def words(self) -> list[dict[str, Any]]:
        return [frame for frame in self.heard if frame["type"] == "say"]


def enter(page: Page, name: str = "room", far: Far | None = None) -> Far:
    """The page, with its connection open and answered."""
    far = far or Far()
    page.route_web_socket("**/live*", far.take)
    page.goto(f"/{name}")
    expect(page.locator("html")).to_be_visible()
    wait_until(page, lambda: any(frame["type"] == "open" for frame in far.heard))
    return far


def wait_until(page: Page, true: Any) -> None:
    """Until what the stand-in has heard is so; Playwright's own loop runs meanwhile."""
    for _ in range(500):
        if true():
            return
        page.wait_for_timeout(10)
    raise AssertionError("it did not come to be")


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Control+Enter")


def test_what_is_said_stands_at_once_and_is_sent_when_the_server_says_so(page: Page) -> None:
    far = enter(page)
    write(page, "and then [a long breath] <b>it</b>")
    bubble = page.locator(".bubble").last
    expect(bubble).to_contain_text("<b>it</b>")
    expect(bubble.locator("em")).to_have_text("[a long breath]")
    expect(bubble).to_contain_text("sending")
    expect(page.get_by_label("Your message")).to_have_value("")
    wait_until(page, far.words)
    far.said(28, far.words()[0]["key"])
    expect(page.locator("#n28")).to_contain_text("sent")


def test_enter_is_a_new_line(page: Page) -> None:
    far = enter(page)
    page.get_by_label("Your message").fill("one")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_have_value("one\n")
    assert far.words() == []


def test_words_go_one_by_one_and_again_with_the_same_key_after_a_break(page: Page) -> None:
    far = enter(page)
    write(page, "first")
    write(page, "second")
    wait_until(page, far.words)
    expect(page.locator(".bubble").last).to_contain_text("waiting")
    far.lines[-1].close(code=1011)
    expect(page.locator("[data-state=away]")).to_contain_text("No connection since")
    page.get_by_label("Your message").fill("still writing")
    wait_until(page, lambda: len(far.words()) == 2)
    assert [frame["text"] for frame in far.words()] == ["first", "first"]
    assert far.words()[0]["key"] == far.words()[1]["key"]
    assert [frame["after"] for frame in far.heard if frame["type"] == "open"] == [27, 27]
    far.said(28, far.words()[0]["key"])
    wait_until(page, lambda: len(far.words()) == 3)
    assert far.words()[2]["text"] == "second"
    expect(page.get_by_label("Your message")).to_have_value("still writing")


def test_own_words_that_come_back_by_replay_stand_once(page: Page) -> None:
    far = enter(page)
    write(page, "a single time")
    wait_until(page, far.words)
    key = far.words()[0]["key"]
    far.say(
        type="message",
        number=28,
        id="m28",
        channel="chat",
        author={"id": "p-linden", "name": "Linden"},
        text="a single time",
    )
    far.said(28, key)
    expect(page.get_by_text("a single time")).to_have_count(1)
    expect(page.locator("#n28")).to_contain_text("sent")


def test_after_the_end_nothing_is_sent_by_itself_and_the_field_writes_a_letter(page: Page) -> None:
    far = enter(page)
    write(page, "too late")
    wait_until(page, far.words)
    far.say(type="refused", key=far.words()[0]["key"], code="no_session", detail="")
    expect(page.locator(".bubble").last).to_contain_text("Not sent")
    expect(page.get_by_role("alert").filter(has_text="One message was not sent")).to_be_visible()
    expect(page.locator("[data-composer]").get_by_role("button", name="Send as a letter")).to_be_visible()
    page.get_by_role("button", name="Keep in the field").click()
    expect(page.get_by_label("Your message")).to_have_value("too late")
    expect(page.locator(".bubble").last).not_to_contain_text("too late")


def test_signed_out_elsewhere_keeps_the_text_and_does_not_come_back(page: Page) -> None:
    page.clock.install()
    far = enter(page)
    page.get_by_label("Your message").fill("half a sentence")
    far.lines[-1].close(code=4401)
    expect(page.get_by_text("You are signed out")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("half a sentence")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(60_000)
    assert len(far.lines) == 1
    expect(page.get_by_text("You are signed out")).to_be_visible()


def test_a_reader_above_is_not_moved_and_is_told_what_is_new(page: Page) -> None:
    far = enter(page)
    for number in range(28, 40):
        far.message(number, f"line {number}")
    expect(page.locator("#n39")).to_be_in_viewport()
    page.locator("[data-log]").evaluate("log => log.scrollTop = 0")
    far.message(40, "further down")
    expect(page.get_by_role("button", name="1 new below")).to_be_visible()
    assert page.locator("[data-log]").evaluate("log => log.scrollTop") == 0
    page.get_by_role("button", name="1 new below").click()
    expect(page.locator("#n40")).to_be_in_viewport()
    expect(page.get_by_role("button", name="1 new below")).to_be_hidden()


def test_a_message_is_announced_once_with_name_and_time_and_the_list_is_not_live(page: Page) -> None:
    far = enter(page)
    far.message(28, "with you")
    expect(page.get_by_role("log")).to_have_text("Dr Mira, 18:18: with you")
    assert page.locator("[data-list], [data-log]").evaluate_all("all => all.every(one => !one.ariaLive)")


def test_presence_and_typing_are_shown_and_typing_goes_when_the_message_comes(page: Page) -> None:
    far = enter(page)
    far.say(type="presence", person="p-mira", here=True)
    expect(page.get_by_role("heading", name="Dr Mira is here")).to_be_visible()
    far.say(type="typing", person="p-mira")
    expect(page.get_by_text("Dr Mira is writing …")).to_be_visible()
    far.message(28, "there")
    expect(page.get_by_text("Dr Mira is writing …")).to_be_hidden()


@pytest.mark.parametrize("way", ["button", "shift"])
def test_leaving_signs_out_and_replaces_the_page(page: Page, way: str) -> None:
    enter(page)
    page.get_by_label("Your message").fill("half")
    with page.expect_request("**/sign-out") as asked:
        if way == "button":
            page.get_by_role("button", name="Exit").click(no_wait_after=True)
        else:
            for _ in range(3):
                page.keyboard.press("Shift")
    assert asked.value.method == "POST"
    page.wait_for_url("**/exit")
    expect(page.get_by_text("This page is empty")).to_be_visible()


def test_a_session_that_opens_is_offered_not_forced_on_a_half_written_letter(page: Page) -> None:
    far = Far()
    far.session = None
    enter(page, "conversation", far)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("r")
    page.get_by_label("Your letter to Ruth").fill("Dear Ruth")
    far.say(type="session", conversation="c-ruth", session=LIVE)
    expect(page.get_by_role("link", name="Enter it")).to_be_visible()
    expect(page.get_by_label("Your letter to Ruth")).to_have_value("Dear Ruth")


def test_a_changed_entry_asks_for_the_rows_and_keys_walk_them(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    far = enter(page, "conversation")
    with page.expect_request("**/inbox/rows?open=c-ruth"):
        far.say(type="inbox", conversation="c-ada")
    page.keyboard.press("j")
    expect(page.locator("#row-c-tove a")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#row-c-ruth a")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_earlier_entries_come_above_without_moving_what_is_read(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    enter(page, "conversation")
    before = page.locator(".timeline > li").count()
    page.get_by_role("link", name="Earlier").scroll_into_view_if_needed()
    with page.expect_response("**/c/c-ruth/entries?before=8"):
        page.get_by_role("link", name="Earlier").click()
    expect(page.locator(".timeline > li")).to_have_count(2 * before - 1)
    assert page.locator("[data-log]").evaluate("log => log.scrollTop") > 0


def test_who_is_at_the_end_stays_there_when_the_field_grows(page: Page) -> None:
    far = enter(page)
    for number in range(28, 40):
        far.message(number, f"line {number}")
    expect(page.locator("#n39")).to_be_in_viewport()
    page.get_by_label("Your message").fill("one\n\n\n\nsix lines\n")
    expect(page.locator("#n39 .said")).to_be_in_viewport(ratio=1)
