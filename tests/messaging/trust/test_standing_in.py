"""An import stands in for a member, and gets no more than they would."""

from dataclasses import replace
from uuid import uuid4

import pytest

from messaging.conversations import Member
from messaging.errors import NotFound
from messaging.ids import PersonId
from messaging.people import Role
from messaging.trust.access import Deed, stand_in
from tests.cast import Cast


@pytest.mark.parametrize("deed", list(Deed))
async def test_a_stand_in_may_what_its_member_may(cast: Cast, deed: Deed) -> None:
    conversation = cast.conversations["ruth"]
    client = next(m for m in conversation.members if m.role is Role.CLIENT)
    clinician = next(m for m in conversation.members if m.role.is_clinician)
    assert stand_in(conversation, clinician, deed).person == clinician.person
    if deed in (Deed.HOLD_SESSION, Deed.SETTLE, Deed.NOTE, Deed.ASSIGN, Deed.DECIDE):
        with pytest.raises(NotFound):
            stand_in(conversation, client, deed)
    else:
        assert stand_in(conversation, client, deed).person == client.person
    for stranger in (Member(PersonId(uuid4()), Role.THERAPIST), replace(client, role=Role.THERAPIST)):
        with pytest.raises(NotFound):
            stand_in(conversation, stranger, deed)
