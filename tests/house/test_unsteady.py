"""Few failures are tried again and named; many are no chance."""

from pathlib import Path

import pytest

from tests.house.unsteady import MOST, main


@pytest.mark.parametrize("count", range(MOST + 3))
def test_only_a_few_are_tried_again(count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = "".join(
        f'<testcase classname="tests.web.test_x" name="a{number}"><failure message="x"/></testcase>'
        f'<testcase classname="tests.web.test_x" name="a{number}"><error message="x"/></testcase>'
        f'<testcase classname="tests.web.test_x" name="b{number}"/>'
        for number in range(count)
    )
    results = tmp_path / "tests.xml"
    results.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    assert main(str(results)) == (0 if 0 < count <= MOST else 1)
    named = capsys.readouterr().out
    assert named.count("tests.web.test_x::a") == count
    assert "::b" not in named
