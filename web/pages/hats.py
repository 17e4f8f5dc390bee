"""The other hat: whoever cares in a practice of their own goes over to administering it, and back."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.hats import put_on_other_hat
from messaging.errors import StepUp
from web.http.entrance import let_in
from web.pages.account import PLACE
from web.pages.parts.asking import form_of, go, home_of, key_of, own_visit


async def change(request: Request) -> Response:
    """POST /account/hat: signed in as what else one is. To the second hat the password is said once more."""
    visit, asking = await own_visit(request)
    key_of(await form_of(request))
    try:
        entered = await put_on_other_hat(visit.office, asking)
    except StepUp:
        return go(f"{PLACE}/again?do=hat")
    answer = go(home_of(entered.person.role))
    let_in(answer, request, entered)
    return answer
