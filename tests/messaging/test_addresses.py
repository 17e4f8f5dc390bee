"""What is taken as an address, and what its writer is told where it is not."""

import pytest

from messaging.addresses import checked_address, valid_domain
from messaging.errors import Malformed


@pytest.mark.parametrize("address", ["mara@example.org", "a.b+c@xn--mller-kva.example"])
def test_an_address_mail_can_be_sent_to_is_taken_as_it_is(address: str) -> None:
    assert checked_address(address) == address


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("müller@praxis.example", "ü or é"),
        ("mara@müller.example", "xn--"),
        ("müller@müller.example", "ü or é"),
        ("anna..b@mail.example", "not an address"),
        ("anna@localhost", "not an address"),
        (".anna@mail.example", "not an address"),
        ("anna@mail.example.", "not an address"),
        ("müller", "not an address"),
        ("", "not an address"),
    ],
)
def test_another_is_refused_in_plain_words_without_repeating_it(address: str, says: str) -> None:
    with pytest.raises(Malformed) as refusal:
        checked_address(address)
    assert says in refusal.value.detail
    assert not address or address not in refusal.value.detail


def test_a_domain_of_ours_leaves_room_for_what_is_made_in_it() -> None:
    assert valid_domain("mail.practice.example")
    assert not valid_domain("practice")
    assert not valid_domain(".".join(["a" * 60] * 3))
