"""The pictures of the README, taken from the running demonstration: python -m tests.web.screenshot [--help]

Starts it in a data directory of its own and on a free port, signs in as one of its people, and takes what they see.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.async_api import Page

from tests.web.browsing import chromium
from web.demo.people import PASSWORD

ROOT = Path(__file__).parents[2]
LARGEST = 300_000
"""Bytes of a picture: a README is read on slow lines, too."""


@dataclass(frozen=True)
class Shot:
    """A picture: whose, of what, how large; and who else is there, where."""

    who: str
    place: str
    width: int
    height: int
    beside: tuple[str, str] | None = None


SHOTS = {
    "screenshot": Shot("mira", "Ruth", 1280, 820),
    "session": Shot("linden", "session", 390, 844, beside=("mira", "Linden")),
}


@asynccontextmanager
async def running_demo(data_dir: Path) -> AsyncIterator[str]:
    """The base address of a demonstration in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QUIETLINE_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.cli", "demo", "--json", "--http", f"127.0.0.1:{free_port()}"),
        env={**environment, "QUIETLINE_DATA_DIR": str(data_dir)},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = await process.stdout.readline()
        if not line:
            raise RuntimeError(f"the demonstration did not start (exit {await process.wait()})")
        yield json.loads(line)["ready"]["http"]
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def sign_in(page: Page, site: str, who: str) -> None:
    """As people do."""
    await page.goto(f"{site}/")
    await page.get_by_label("Username").fill(who)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: not url.endswith(("/", "/sign-in")))


async def go_to(page: Page, place: str) -> None:
    """Where the picture is taken, fully drawn."""
    if place == "session":
        await page.locator("a[href^='/me/session/']").first.click()
    else:
        await page.get_by_role("link", name="Inbox").click()
        await page.locator("a[href^='/c/']", has_text=place).first.click()
    await page.wait_for_load_state("networkidle")
    await page.evaluate("document.fonts.ready")
    await page.evaluate("document.activeElement?.blur()")


async def take(site: str, shot: Shot, into: Path, *, dark: bool) -> None:
    """One picture."""
    async with chromium() as browser:
        page = await browser.new_page(
            viewport={"width": shot.width, "height": shot.height}, color_scheme="dark" if dark else "light"
        )
        await sign_in(page, site, shot.who)
        await go_to(page, shot.place)
        if shot.beside is not None:
            other = await browser.new_page()
            await sign_in(other, site, shot.beside[0])
            await go_to(other, shot.beside[1])
            await page.locator("[data-presence].here").wait_for()
        await page.screenshot(path=into)


def report(picture: Path) -> None:
    """What was made."""
    size = picture.stat().st_size
    print(f"{picture}: {size} bytes" + ("" if size < LARGEST else f", more than {LARGEST}"))


async def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Pictures of the running demonstration.")
    parser.add_argument("shots", nargs="*", default=list(SHOTS), help=f"some of {', '.join(SHOTS)}")
    parser.add_argument("--dark", action="store_true", help="in the dark scheme; into NAME-dark.png")
    parser.add_argument("--phone", action="store_true", help="at 390 x 844; into NAME-phone.png")
    parser.add_argument("--into", type=Path, default=ROOT / "docs", help="the directory; docs/ by default")
    given = parser.parse_args()
    if unknown := set(given.shots) - SHOTS.keys():
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as data_dir:
        async with running_demo(Path(data_dir) / "var") as site:
            for name in given.shots:
                shot = SHOTS[name]
                if given.phone:
                    shot = replace(shot, width=390, height=844)
                marks = ("-phone" if given.phone else "") + ("-dark" if given.dark else "")
                into = given.into / f"{name}{marks}.png"
                await take(site, shot, into, dark=given.dark)
                report(into)


if __name__ == "__main__":
    asyncio.run(main())
