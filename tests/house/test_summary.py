"""The closing table counts every test once, on its floor."""

import xml.etree.ElementTree as ET

from tests.house.summary import floor, summarize

RESULTS = """<testsuites><testsuite>
<testcase classname="tests.threads.test_order" name="a" time="1.5"/>
<testcase classname="tests.threads.test_order" name="b" time="0.5"><failure message="x"/></testcase>
<testcase classname="tests.web.pages.test_pages.TestInbox" name="c" time="0.25"><skipped message="y"/></testcase>
</testsuite></testsuites>"""


def test_the_floor_is_the_folder_below_tests() -> None:
    assert floor("tests.threads.test_order.TestGaps") == "threads"
    assert floor("tests.test_alone") == "elsewhere"


def test_each_floor_tells_what_passed_failed_and_was_skipped() -> None:
    heading, threads, web, slowest = summarize(ET.fromstring(RESULTS).iter("testcase"))
    assert heading.split() == ["floor", "passed", "failed", "skipped", "seconds"]
    assert threads.split() == ["threads", "1", "1", "0", "2.0"]
    assert web.split() == ["web", "0", "0", "1", "0.2"]
    assert slowest.startswith("slowest: tests.threads.test_order::a 1.5 s")
