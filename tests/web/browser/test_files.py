"""Files with letters in a browser: chosen, dropped and pasted, taken away, and none of it twice."""

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from messaging.messages import AttachmentNote
from messaging.record.reading import entries_after
from tests.cast import Cast
from tests.web.browser.live_room import therapist_in_room
from tests.web.browsing import sign_in
from tests.web.uploading import jpeg

BRING = """
(given) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(given.octets)], given.name, { type: given.kind }));
  const made = given.how === "paste"
    ? new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
  document.querySelector(given.where).dispatchEvent(made);
}
"""


async def bring(page: Page, how: str, name: str, content: bytes) -> None:
    given = {"how": how, "name": name, "octets": list(content), "kind": "", "where": "textarea.paper"}
    await page.evaluate(BRING, given)


async def sent(people: Cast) -> list[AttachmentNote]:
    held, _ = await people.enter("ruth", "ruth")
    return [note for one in await entries_after(people.office, held, 0) for note in one.body.attachments]


async def test_a_client_brings_files_in_every_way(
    site: str, people: Cast, browser: Browser, tmp_path: Path
) -> None:
    chosen = tmp_path / "words.txt"
    chosen.write_text("words")
    page = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
    await sign_in(page, site, people, "ruth")
    await page.goto(f"{site}/me/letters/write")
    await page.locator("#text").fill("Dear Mira, look.")
    rows = page.locator("[data-brought] li")
    await page.get_by_label("Add a file").set_input_files(chosen)
    await expect(page.locator("[data-files-told]")).to_have_text("words.txt is there")
    await bring(page, "drop", "lake.jpg", jpeg())
    await expect(rows.nth(1)).to_contain_text("place and camera taken out")
    await bring(page, "paste", "half.jpg", jpeg()[:90])
    await expect(rows.nth(2).get_by_role("alert")).to_contain_text("could not be taken out of this photo")
    await bring(page, "drop", "wrong.txt", b"not this one")
    await expect(rows.nth(3).get_by_role("checkbox")).to_be_checked()
    for name in ("half.jpg", "wrong.txt"):
        await rows.filter(has_text=name).get_by_role("button", name="Take it away").click()
    await expect(rows).to_have_count(2)
    await page.reload()
    await expect(rows).to_have_count(2)
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.wait_for_url("**/me/letters?sent=1")
    assert [note.name for note in await sent(people)] == ["words.txt", "lake.jpg"]
    await expect(page.get_by_role("link", name="lake.jpg")).to_be_visible()


async def test_a_therapist_sends_a_file_and_undo_brings_it_back(
    site: str, people: Cast, browser: Browser
) -> None:
    page = await therapist_in_room(browser, site, people)
    await page.locator("summary", has_text="Write a letter").click()
    await page.locator("#answer-text").fill("Dear Ruth, here it is.")
    await expect(page.locator("[data-files][data-ready]")).to_be_attached()
    await bring(page, "drop", "plan.txt", b"words")
    row = page.locator("[data-brought] li")
    await expect(row.get_by_role("checkbox")).to_be_checked()
    await page.get_by_role("button", name="Send the letter").click()
    await page.locator("#pending").get_by_role("button", name="Undo").click()
    await expect(page.locator("#answer-text")).to_have_value("Dear Ruth, here it is.")
    await expect(row).to_contain_text("plan.txt")
    assert await sent(people) == []
