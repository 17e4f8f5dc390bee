"""How much is known of new clients: said once for a practice, by page, API and provisioning, and otherwise for each."""

from collections.abc import Callable

import pytest

from messaging.people import Identity
from messaging.practice.said_settings import changes_said, settings_said
from messaging.practice.settings import changed
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import call
from tests.web.visitor import Visitor


@pytest.mark.parametrize("policy", Identity)
async def test_it_is_kept_and_holds_for_who_is_added_without_another_word(
    server: RunningServer, cast: Cast, policy: Identity
) -> None:
    nour = await cast.token("nour")
    status, practice = await call(server, nour, "PUT", "/practice", {"identity": policy.value})
    assert (status, practice["identity"]) == (200, policy.value)
    assert (await call(server, nour, "PUT", "/practice", {"name": "Other"}))[1]["identity"] == policy.value
    added = (await call(server, nour, "POST", "/people", {"role": "client", "name": "Heron"}))[1]
    assert added["identity"] == policy.value
    assert (added["name"] == "Heron") is (policy is not Identity.SEALED)
    said = {"role": "client", "name": "Plover", "identity": "identified"}
    assert (await call(server, nour, "POST", "/people", said))[1]["identity"] == "identified"
    staff = {"role": "therapist", "name": "Dr Wren"}
    assert (await call(server, nour, "POST", "/people", staff))[1]["identity"] == "identified"
    assert (await call(server, nour, "PUT", "/practice", {"identity": "known"}))[0] == 422


@pytest.mark.parametrize("policy", Identity)
def test_what_provisioning_and_the_api_say_is_read_back(cast: Cast, policy: Identity) -> None:
    now = changed(cast.practice, changes_said({"identity": policy.value}))
    assert settings_said(now)["identity"] == policy


async def test_the_page_keeps_it_and_folds_the_choice_away_while_it_is_the_practices_own(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    nour = visitor()
    await nour.enter(people, "nour")
    closed = '<details class="identity-choice">'
    assert closed in (await nour.get("/admin/people/add")).text
    assert (await nour.submit("/admin/rules", "/admin/rules/identity", identity="what")).status == 422
    done = await nour.submit("/admin/rules", "/admin/rules/identity", identity="sealed")
    assert done.place == "/admin/rules?done=identity"
    assert '<option value="sealed" selected>' in (await nour.get(done.place)).text
    shown = await nour.get("/admin/people/add")
    assert closed in shown.text
    assert 'value="sealed" checked' in shown.text
    wrong = await nour.submit("/admin/people/add", "/admin/people/add", name="", identity="identified")
    assert wrong.status == 422
    assert closed not in wrong.text, "another choice than the usual one is in sight"
