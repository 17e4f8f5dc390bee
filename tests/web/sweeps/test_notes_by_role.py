"""Who may do what with a note: every role, in every relation to a conversation, each kind and each verb, by one table."""

from dataclasses import dataclass

import pytest

from messaging.people import Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import join_circle, leave_circle
from tests.cast import Cast
from tests.web.api.test_notes_api import Notes
from tests.web.hostile import as_json


@pytest.fixture
def notes(cast: Cast) -> Notes:
    return Notes(cast)


VERBS = (
    ("GET", "", None),
    ("POST", "", {"text": "x"}),
    ("GET", "/{note}", None),
    ("PUT", "/{note}", {"text": "y"}),
    ("DELETE", "/{note}", None),
)
HOW = ("member", "colleague", "former", "let go", "stranger")


@dataclass(frozen=True)
class May:
    """The table: who may do what with whose note. `theirs`: the note is the asker's own."""

    role: Role
    how: str
    kind: str
    method: str
    place: str
    theirs: bool

    @property
    def statuses(self) -> set[int]:
        """What is right."""
        if self.how == "let go":
            return {401}
        if not self.role.is_clinician or self.how not in ("member", "colleague"):
            return {404}
        if self.place == "":
            return {201} if self.method == "POST" else {200}
        if self.theirs or (self.kind == "progress" and self.method == "GET"):
            return {204} if self.method == "DELETE" else {200}
        return {404}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("how", HOW)
async def test_each_role_does_with_each_kind_by_each_verb_what_the_table_says(
    notes: Notes, role: Role, how: str
) -> None:
    cast, office = notes.cast, notes.cast.office
    kim, conversation = await notes.colleague("kim", role), cast.conversation("ruth")
    if how in ("member", "former", "let go") and role is not Role.ADMINISTRATOR:
        await join_circle(office, cast["nour"], conversation, kim.id)
    if how == "colleague":
        if not role.is_clinician:
            return
        await join_circle(office, cast["nour"], conversation, kim.id)
    token = await cast.token_of(kim)
    if how == "former" and role is not Role.ADMINISTRATOR:
        await leave_circle(office, cast["nour"], conversation, kim.id)
    if how == "let go":
        await change_person(office, cast["nour"], kim.id, Changes(active=False))
    for kind in ("progress", "process"):
        for method, place, body in VERBS:
            own = how == "member" and role.is_clinician
            made = await notes.made("kim" if own else "mira", kind, f"{kind} {method}{place}")
            path = f"/api/v1/conversations/{conversation}/notes/{kind}{place}".replace("{note}", made["id"])
            headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
            sent = b"" if body is None else as_json(body)
            reply = await notes.door.ask(method, path, sent, headers)
            assert reply.status in May(role, how, kind, method, place, own).statuses, (kind, method, place)
            if not own and place and method != "GET":
                assert (await notes.told("mira", f"{kind}/{made['id']}"))["text"] == made["text"]
