"""Reports as many mail servers write them, and letters that only look like reports."""

import pytest

from channels.email.mime.bounce_causes import cause_of
from channels.email.mime.bounces import read_report
from tests.channels.email.case_files import Report, reports

EVERY = list(reports())
REPORTS = [one for one in EVERY if one.status_class != "none"]
LETTERS = [one for one in EVERY if one.status_class == "none"]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_names_whom_it_did_not_reach_and_whether_for_good(report: Report) -> None:
    read = read_report(report.raw)
    assert read is not None
    assert set(read.recipients) == set(report.recipients)
    assert read.status_class.value == report.status_class


@pytest.mark.parametrize("report", [one for one in REPORTS if one.cause], ids=lambda report: report.name)
def test_it_says_why_whatever_number_stands_beside_the_words(report: Report) -> None:
    read = read_report(report.raw)
    assert read is not None
    assert read.cause.value == report.cause


@pytest.mark.parametrize(
    "status", ["5.0.0", "5.1.1", "5.1.2", "5.1.10", "5.2.1", "5.4.1", "5.4.4", "5.7.1", "4.4.7"]
)
@pytest.mark.parametrize(
    "report", [one for one in REPORTS if "words alone" in one.name], ids=lambda one: one.name
)
def test_words_that_leave_no_doubt_stand_above_any_number(report: Report, status: str) -> None:
    """Said in nine languages, behind whatever number a server chose."""
    words = " ".join(report.raw.decode().partition("\r\n\r\n")[2].split())
    assert cause_of(f"{status} smtp; 550 {status} {words}").value == report.cause


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.name)
def test_a_letter_that_is_no_report_is_not_taken_for_one(letter: Report) -> None:
    assert read_report(letter.raw) is None


def test_only_a_server_that_still_tries_is_waited_for() -> None:
    trying = {report.name for report in REPORTS if (read := read_report(report.raw)) and read.still_trying}
    assert trying == {report.name for report in REPORTS if report.name.startswith("delayed:")}
