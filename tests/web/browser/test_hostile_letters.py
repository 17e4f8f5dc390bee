"""Hostile letters in a real browser: nothing of them runs, nothing is fetched, wherever they are shown."""

from typing import Final

from playwright.async_api import Browser, Page, Route

from channels.email.reading.as_read import as_reading
from channels.email.workers.parse_worker import Read, read
from messaging.arriving import originals
from messaging.arriving.arrival import Arrival, Destination
from messaging.arriving.screening import attach
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import sign_in

TRACKER: Final = "https://tracker.example"
PAYLOADS: Final = (
    f"<img src='{TRACKER}/p.gif' width=1 height=1>",
    f"<img srcset='{TRACKER}/p.gif 2x'><picture><source srcset={TRACKER}/q.gif><img src=x></picture>",
    "<script>hit()</script><scr<script>ipt>hit()</scr</script>ipt>",
    "<img src=x onerror=hit()><svg onload=hit()><body onload=hit()><details open ontoggle=hit()>",
    "<svg><script>hit()</script><animate onbegin=hit() attributeName=x dur=1s></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hit()></style></mglyph></table></mtext></math>",
    "<a href='javascript:hit()'>j</a><a href='&#106;avascript&colon;hit()'>k</a><a href=' \tjava\nscript:hit()'>l</a>",
    f"<iframe src='{TRACKER}/f'></iframe><iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    f"<object data='{TRACKER}/o'></object><embed src='{TRACKER}/e'><video src={TRACKER}/v autoplay><audio src={TRACKER}/a>",
    f"<link rel=stylesheet href='{TRACKER}/c.css'><style>@import '{TRACKER}/i';p{{background:url({TRACKER}/b)}}</style>",
    f"<p style=\"background:url('{TRACKER}/s')\">x</p><table background='{TRACKER}/t'><tr><td>x</table>",
    f"<form action='{TRACKER}/f'><input name=p><button autofocus onfocus=hit()>x</button></form>",
    f"<meta http-equiv=refresh content='0;url={TRACKER}/m'><base href='{TRACKER}/'>",
    f"<link rel=dns-prefetch href='{TRACKER}'><link rel=preload as=image href='{TRACKER}/l'>",
    "<noscript><p title='</noscript><img src=x onerror=hit()>'></noscript>",
    "<textarea></textarea><img src=x onerror=hit()></textarea><title></title><img src=x onerror=hit()>",
    "]]></script></style></textarea></template><img src=x onerror=hit()>{{7*7}}${7*7}<template><img src=x onerror=hit()>",
    "\"'><img src=x onerror=hit()><!--><img src=x onerror=hit()>--><![CDATA[<img src=x onerror=hit()>]]>",
    "<div hx-get='/me' hx-trigger=load hx-on:load='hit()' data-hx-get=/x onclick=hit()>x</div>",
    f"![x]({TRACKER}/md.gif) [x](javascript:hit()) <{TRACKER}/auto> data:text/html,<script>hit()</script>",
)  # fmt: skip
WHERE: Final = ".letter, .entry, .message, main"


def letters(email: str) -> list[bytes]:
    """Each payload as a page, as plain words, and wherever else a letter is shown from."""
    made = []
    for number, payload in enumerate(PAYLOADS):
        flat = payload.replace("\n", " ")
        for kind in ("html", "plain"):
            made.append(
                f"From: {flat.replace('<', '').replace('>', '')[:30]} <{email}>\r\nSubject: {flat}\r\n"
                f"Cc: <{number}@mail.example>\r\nMessage-ID: <{number}.{kind}@mail.example>\r\nMIME-Version: 1.0\r\n"
                f"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\nContent-Type: text/{kind}\r\n\r\n"
                f"Letter {number} {kind}. {payload}\r\n--bb\r\n"
                f'Content-Type: text/html; name="{flat[:60].replace(chr(34), "")}.html"\r\n'
                f"Content-Disposition: attachment\r\n\r\n{payload}\r\n--bb--\r\n".encode()
            )
    return made


async def hold(people: Cast, raw: bytes) -> None:
    """Into the screener, read as any letter is."""
    practice, conversation, ruth = people.practice.id, people.conversation("ruth"), people["ruth"]
    arrival = Arrival("reply@x.example", str(ruth.email), "x", None)
    kept = await originals.keep(people.office, Destination(practice, conversation, ruth.id), arrival, raw)
    stored = await people.office.memory.mailbox.original(practice, kept)
    assert stored is not None
    await originals.hold(people.office, stored, "unverified", as_reading(read(Read(raw))))


class Watch:
    """What a page asks for, and what ran in it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.strange: list[str] = []
        self.asked = 0

    async def begin(self) -> None:
        await self.page.context.route("**/*", self._asked)
        await self.page.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1 }")
        self.page.on("dialog", lambda dialog: self.strange.append(dialog.message))
        self.page.on("websocket", lambda one: self._note(one.url.replace("ws", "http", 1)))

    async def _asked(self, route: Route) -> None:
        self._note(route.request.url)
        await route.continue_() if route.request.url.startswith(self.site) else await route.abort()

    def _note(self, url: str) -> None:
        self.asked += 1
        if not url.startswith(self.site):
            self.strange.append(url)

    async def look(self, place: str) -> str:
        """Opens a page, unfolds and hovers over everything in it; its words."""
        await self.page.goto(f"{self.site}{place}", wait_until="networkidle")
        await self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        await self.page.mouse.wheel(0, 20_000)
        await self.page.wait_for_load_state("networkidle")
        assert await self.page.evaluate("window.hits") == 0
        assert self.strange == []
        assert await self.page.evaluate(ACTIVE) == []
        return await self.page.inner_text("body")


# An address that somebody wrote can be pressed, in what was let in: as it stands there, and it learns nothing from that.
ACTIVE: Final = """() => { const pressed = one => one.localName === 'a' && one.closest('[data-part=text]')
    && one.href.startsWith('https://') && one.textContent === one.getAttribute('href')
    && one.rel === 'noopener noreferrer nofollow';
  return [...document.querySelectorAll('main *')].filter(one =>
    ['IFRAME', 'OBJECT', 'EMBED', 'IMG', 'VIDEO', 'AUDIO', 'STYLE', 'META', 'BASE', 'MATH'].includes(one.tagName)
    || (one.tagName === 'SCRIPT' && !one.src && one.type !== 'application/json')
    || [...one.attributes].some(a => a.name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(a.value)
        || (a.value.includes('tracker.example') && !pressed(one)))).map(one => one.outerHTML.slice(0, 200)) }"""


async def test_no_letter_runs_or_fetches_anything_wherever_it_is_shown(
    site: str, people: Cast, browser: Browser
) -> None:
    raws = letters(str(people["ruth"].email))
    for raw in raws:
        await hold(people, raw)
    page = await (await browser.new_context()).new_page()
    mira = Watch(page, site)
    await mira.begin()
    await sign_in(page, site, people, "mira")
    conversation = people.conversation("ruth")
    assert "Letter 0 plain" in await mira.look("/screener")
    admitted, _ = await people.enter("mira", "ruth", Deed.SETTLE)
    for one in await people.office.memory.mailbox.held(people.practice.id, [conversation]):
        await attach(people.office, admitted, one.id)
    for place in (f"/c/{conversation}", f"/c/{conversation}?before=20", "/inbox"):
        words = await mira.look(place)
    words = await mira.look(f"/c/{conversation}")
    assert f"Letter {len(PAYLOADS) - 1} plain" in words
    assert "onerror=hit()" in words, "plain words are shown as they were written"
    client = await (await browser.new_context()).new_page()
    ruth = Watch(client, site)
    await ruth.begin()
    await sign_in(client, site, people, "ruth")
    assert f"Letter {len(PAYLOADS) - 1} plain" in await ruth.look("/me/letters")
    assert mira.asked > 10


async def test_an_original_and_its_files_are_saved_and_never_rendered(
    site: str, people: Cast, browser: Browser
) -> None:
    await hold(people, letters(str(people["ruth"].email))[3])
    conversation = people.conversation("ruth")
    admitted, _ = await people.enter("mira", "ruth", Deed.SETTLE)
    (one,) = await people.office.memory.mailbox.held(people.practice.id, [conversation])
    await attach(people.office, admitted, one.id)
    page = await (await browser.new_context(accept_downloads=True)).new_page()
    watch = Watch(page, site)
    await watch.begin()
    await sign_in(page, site, people, "mira")
    await watch.look(f"/c/{conversation}")
    links = await page.locator(f"a[href*='/c/{conversation}/original/'], a[href*='/attachments/']").all()
    assert len(links) >= 2
    for link in links:
        headers = (await page.request.get(site + str(await link.get_attribute("href")))).headers
        assert headers["content-disposition"].startswith("attachment;")
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
        assert not headers["content-type"].startswith("text/html")
        await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        async with page.expect_download() as saved:
            await link.evaluate("one => one.click()")
        assert await (await saved.value).failure() is None
        assert page.url == f"{site}/c/{conversation}"
    assert watch.strange == []
