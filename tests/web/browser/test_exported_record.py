"""The readable record, opened from a folder: it runs and fetches nothing, and fits a telephone, whatever was written."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser

from messaging.exporting.record import ExportFormat, Line
from messaging.messages import Body, Channel
from tests.web.exporting.lines import circle, entry, every_line, record
from tests.web.exporting.reading_back import in_memory
from tests.web.exporting.test_every_form import HOSTILE

LIGHTEST = 128
"""Of 255: paper is lighter in the light, darker in the dark."""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record")
    lines = list(every_line())
    texts = (*HOSTILE, "long" * 200, "<meta http-equiv=refresh content='0;url=//x.example'>")
    lines += [
        Line(entry(number, Body(text, text, text), Channel.EMAIL))
        for number, text in enumerate(texts, len(lines) + 1)
    ]
    files = {note.id: b"x" for line in lines for note in line.files}
    whose = circle(2, "Wilhelmine Charlotte " * 9)
    with ThreadPoolExecutor(1) as beside:  # in this thread the browser's loop runs
        packed = beside.submit(in_memory, ExportFormat.HTML, record(lines, whose), lines, files).result()
    with ZipFile(io.BytesIO(packed)) as opened:
        opened.extractall(folder)
    return folder / "index.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_read_without_running_or_fetching(
    window: Browser, page_file: Path, width: int, scheme: str
) -> None:
    context = window.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page, asked, said = context.new_page(), list[str](), list[str]()
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda one: said.append(one.text))
    page.on("dialog", lambda one: said.append(one.message))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (min(paper) > LIGHTEST) is (scheme == "light")
    shown = page.locator("article:last-of-type .own").all_inner_texts()
    assert all("http-equiv=refresh" in text for text in shown)
    assert said == []
    context.close()


def test_its_policy_forbids_what_is_not_in_it(window: Browser, page_file: Path) -> None:
    """Should a word ever become markup, it would still run and fetch nothing."""
    page = window.new_context().new_page()
    broken = page_file.with_name("broken.html")
    inside = "<main><script>document.title='ran'</script><img src='x.png' onerror=\"document.title='ran'\">"
    broken.write_text(page_file.read_text("utf-8").replace("<main>", inside, 1), "utf-8")
    fetched, refused = list[str](), list[str | None]()
    page.on("requestfinished", lambda one: fetched.append(one.url))
    page.on("requestfailed", lambda one: refused.append(one.failure))
    page.goto(broken.as_uri())
    assert page.title() != "ran"
    assert fetched == [broken.as_uri()]
    assert refused == ["csp"]
    page.context.close()
