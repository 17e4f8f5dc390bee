"""For how long records are kept: said by administrators, on the page and by a program; nonsense changes nothing."""

from messaging.ending.retention import TERMS
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import call
from tests.web.visitor import Visitor

PAGE, FORM = "/admin/rules", "/admin/rules/keeping"


async def test_the_page_says_what_others_ask_for_and_keeps_what_is_chosen(nour: Visitor) -> None:
    shown = await nour.get(PAGE)
    assert all(one.source in shown.words for one in TERMS.values())
    assert (await nour.submit(PAGE, FORM, years=" 10 ")).place == f"{PAGE}?done=keeping"
    assert 'name="years" type="number" min="1" max="100" step="1" value="10"' in (await nour.get(PAGE)).text
    for wrong in ("-1", "101", "ten", "1.5", "9999", "１０"):
        refused = await nour.submit(PAGE, FORM, years=wrong)
        assert (refused.status, "1 to 100 years" in refused.words) == (422, True), wrong
    assert 'step="1" value="10"' in (await nour.get(PAGE)).text
    assert (await nour.submit(PAGE, FORM, years="")).place == f"{PAGE}?done=keeping"
    assert 'step="1" value=""' in (await nour.get(PAGE)).text


async def test_programs_say_it_too_and_nobody_else_does(server: RunningServer, cast: Cast) -> None:
    nour, mira = await cast.token("nour"), await cast.token("mira")
    status, practice = await call(server, nour, "PUT", "/practice", {"keep_years": 7})
    assert (status, practice["keep_years"]) == (200, 7)
    assert (await call(server, nour, "PUT", "/practice", {"name": "Other"}))[1]["keep_years"] == 7
    for wrong in (-1, 101, True, "7", 1.5):
        assert (await call(server, nour, "PUT", "/practice", {"keep_years": wrong}))[0] == 422, wrong
    assert (await call(server, mira, "PUT", "/practice", {"keep_years": 1}))[0] == 404
    assert (await call(server, nour, "PUT", "/practice", {"keep_years": 0}))[1]["keep_years"] == 0
