"""What programs look for on every site: whom to tell of a weakness, and where a password is changed."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import Cast
from tests.web.conftest import Said
from tests.web.hostile import Door
from tests.web.visitor import Visitor
from web.pages.public.well_known import SECURITY, security_text
from web.settings import Listen, WebSettings, read_settings
from web.state import House

NOW = datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)


async def asked(house: House, contact: str) -> tuple[int, str, str]:
    settings = replace(house.settings, web=replace(house.settings.web, security_contact=contact or None))
    reply = await Door(replace(house, settings=settings)).ask("GET", SECURITY, b"", {})
    return reply.status, reply.headers["content-type"], reply.text


async def test_whom_to_tell_of_a_weakness_is_said_to_everybody(built: House) -> None:
    status, kind, text = await asked(built, "mailto:security@praxis.example")
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    assert text.startswith("Contact: mailto:security@praxis.example\n")


async def test_without_anybody_to_tell_there_is_no_such_file(built: House) -> None:
    assert (await asked(built, ""))[0] == 404


def test_the_file_has_the_fields_of_the_standard() -> None:
    web = WebSettings(
        Listen("127.0.0.1", 1), "https://praxis.example", security_contact="https://a.example/s"
    )
    text = security_text(web, NOW)
    assert text == (
        "Contact: https://a.example/s\nExpires: 2028-08-27T00:00:00Z\nPreferred-Languages: en\n"
        "Canonical: https://praxis.example/.well-known/security.txt\n"
    )


@pytest.mark.parametrize("days", range(0, 800, 13))
def test_it_is_always_good_for_a_while_and_for_less_than_a_year(days: int) -> None:
    now = NOW + timedelta(days=days)
    text = security_text(WebSettings(Listen("127.0.0.1", 1), "http://127.0.0.1:1", security_contact="x"), now)
    found = re.search(r"^Expires: (\S+)$", text or "", re.MULTILINE)
    assert found is not None
    assert timedelta(days=100) < datetime.fromisoformat(found[1]) - now < timedelta(days=365)


@pytest.mark.parametrize(
    "contact",
    [
        "mailto:security@praxis.example",
        "https://praxis.example",
        "https://praxis.example:8443/report?to=us&a=b",
    ],
)
def test_a_contact_is_a_mail_address_or_a_page(contact: str) -> None:
    assert read_settings({"QUIETLINE_SECURITY_CONTACT": contact}).web.security_contact == contact


@pytest.mark.parametrize(
    "contact",
    [
        "security@praxis.example",
        "http://praxis.example/report",
        "javascript:alert(1)",
        "mailto:",
        "mailto:a@b",
        "mailto:a@praxis.example?bcc=b@evil.example",
        "mailto:a@praxis.example\nContact: mailto:evil@evil.example",
        "https://praxis.example/\nExpires: 2020-01-01T00:00:00Z",
        "https://praxis.example/\r",
        "https://praxis.example/ report",
        "https://me:secret@praxis.example/",
        "https://",
        "https:///report",
        "https://praxis.example/<script>",
        "https://pr\u0430xis.example/",
        f"https://praxis.example/{'x' * 300}",
    ],
)
def test_any_other_contact_is_refused_at_the_start_in_one_line(said: Said, contact: str) -> None:
    line = said("serve", QUIETLINE_SECURITY_CONTACT=contact)
    assert line == "QUIETLINE_SECURITY_CONTACT: write it as mailto:name@host or https://host/path"


async def test_a_password_manager_is_led_to_the_account(people: Cast, ruth: Visitor, site: str) -> None:
    """https://w3c.github.io/webappsec-change-password-url: a redirect, and no 200 where there is nothing."""
    led = await ruth.get("/.well-known/change-password")
    assert (led.status, led.place) == (303, "/account")
    assert (await ruth.get(led.place)).status == 200
    assert (await Visitor(site).get("/account")).place == "/?next=/account"
    nothing = await ruth.get(
        "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"
    )
    assert nothing.status == 404
