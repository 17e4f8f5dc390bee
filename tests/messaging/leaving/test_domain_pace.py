"""The pace of mail to one domain: slower when asked, well again by and by, and never at the cost of others."""

from hypothesis import given
from hypothesis import strategies as st

from messaging.leaving.pacing import (
    AT_ONCE,
    FIRST,
    FORGOTTEN,
    HORIZON,
    MOMENT,
    MOST,
    REMEMBERED,
    DomainPace,
    domain_of,
)

THERE = "mail.example"


def complained(times: int = 1) -> DomainPace:
    """A pace after so many complaints, all at the beginning of time."""
    pace = DomainPace()
    for _ in range(times):
        pace.begin(THERE, 0.0)
        pace.ended(THERE, 0.0, slow=True, taken=False)
    return pace


def test_nobody_waits_where_nobody_complains() -> None:
    pace = DomainPace()
    for second in range(1000):
        assert pace.begin(THERE, second / 1000) == 0.0
        pace.ended(THERE, second / 1000, slow=False, taken=True)
    assert pace.pause(THERE) == 0.0


def test_so_many_are_in_hand_at_once_and_no_more() -> None:
    pace = DomainPace()
    assert [pace.begin(THERE, 0.0) for _ in range(AT_ONCE + 1)] == [0.0] * AT_ONCE + [MOMENT]
    pace.ended(THERE, 0.5, slow=False, taken=True)
    assert pace.begin(THERE, 0.5) == 0.0


def test_after_a_complaint_one_at_a_time_goes_there_with_a_pause_and_others_go_on() -> None:
    pace = complained()
    assert pace.pause(THERE) == FIRST
    assert pace.begin(THERE, 1.0) > 0
    assert [pace.begin("else.example", 1.0) for _ in range(5)] == [0.0] * 5
    assert pace.begin(THERE, FIRST) == 0.0
    assert pace.begin(THERE, FIRST + 0.1) > 0, "while one is in hand no other goes"


def test_those_that_wait_come_again_one_after_the_other() -> None:
    pace = complained()
    waits = [pace.begin(THERE, 0.0) for _ in range(4)]
    assert waits == [2 * FIRST, 3 * FIRST, 4 * FIRST, 5 * FIRST]
    for _ in range(1000):
        pace.begin(THERE, 0.0)
    assert pace.begin(THERE, 0.0) == HORIZON


def test_letters_that_are_taken_make_it_well_again() -> None:
    pace, now = complained(3), 0.0
    seen = [pace.pause(THERE)]
    while pace.pause(THERE):
        now += pace.pause(THERE)
        assert pace.begin(THERE, now) == 0.0
        pace.ended(THERE, now, slow=False, taken=True)
        seen.append(pace.pause(THERE))
    assert seen == [4 * FIRST, 2 * FIRST, FIRST, FIRST / 2, FIRST / 4, 0.0]


def test_a_letter_that_fails_for_itself_says_nothing_about_the_domain() -> None:
    pace = complained()
    assert pace.begin(THERE, FIRST) == 0.0
    pace.ended(THERE, FIRST, slow=False, taken=False)
    assert pace.pause(THERE) == FIRST


def test_a_complaint_is_forgotten_and_the_pause_has_a_bound() -> None:
    pace = complained(50)
    assert pace.pause(THERE) == MOST
    assert pace.begin(THERE, MOST + FORGOTTEN + 1) == 0.0
    assert pace.pause(THERE) == 0.0


def test_of_many_domains_the_longest_unseen_are_forgotten() -> None:
    pace = complained()
    for number in range(REMEMBERED):
        pace.begin(f"d{number}.example", 0.0)
    assert pace.pause(THERE) == 0.0


def test_a_domain_is_compared_as_dns_does() -> None:
    assert domain_of("Ruth@Mail.EXAMPLE.") == THERE


@given(st.lists(st.tuples(st.floats(0, 400), st.booleans(), st.booleans()), max_size=80))
def test_whatever_comes_every_letter_goes_within_its_time(steps: list[tuple[float, bool, bool]]) -> None:
    """Asked again when told to be, a letter goes after a few tries; the pause never passes its bound."""
    pace, now = DomainPace(), 0.0
    for after, slow, taken in steps:
        now += after
        for _ in range(20):
            wait = pace.begin(THERE, now)
            assert 0 <= wait <= HORIZON
            if wait == 0:
                break
            now += wait
        else:
            raise AssertionError("it never goes")
        pace.ended(THERE, now, slow=slow, taken=taken and not slow)
        assert pace.pause(THERE) <= MOST
