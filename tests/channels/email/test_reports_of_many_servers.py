"""Reports as many mail servers write them, and letters that only look like reports."""

import pytest

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


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.name)
def test_a_letter_that_is_no_report_is_not_taken_for_one(letter: Report) -> None:
    assert read_report(letter.raw) is None


def test_only_a_server_that_still_tries_is_waited_for() -> None:
    trying = {report.name for report in REPORTS if (read := read_report(report.raw)) and read.still_trying}
    assert trying == {report.name for report in REPORTS if report.name.startswith("delayed:")}
