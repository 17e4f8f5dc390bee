"""The list of a conversation as a reader sees it, so that what came live and what a reload shows can be compared."""

import asyncio
from collections.abc import Sequence
from difflib import unified_diff

import pytest
from playwright.async_api import Page

READ = """
list => {
  const copy = list.cloneNode(true);
  // Not of the record: what is hidden, one's own unsent words' fate, the mark of what is new, the way to earlier entries.
  copy.querySelectorAll('[hidden], [data-fate], .new-line, .earlier').forEach(one => one.remove());
  copy.querySelectorAll('li.past').forEach(li => li.replaceWith(...li.querySelectorAll('ol > li')));
  const told = ['id', 'href', 'dir', 'action', 'open'];
  const say = (node, depth) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/[ \\n\\t]+/g, ' ').trim();
      return text ? [' '.repeat(depth) + text] : [];
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return [];
    const at = node.getAttribute('datetime');
    const attributes = told.filter(name => node.hasAttribute(name)).map(name => `${name}=${node.getAttribute(name)}`);
    if (at) attributes.push(new Date(at).toISOString());
    const line = [node.localName, ...[...node.classList].sort().map(name => '.' + name), ...attributes].join(' ');
    return [' '.repeat(depth) + line, ...[...node.childNodes].flatMap(child => say(child, depth + 1))];
  };
  copy.normalize();
  return [...copy.children].flatMap(li => say(li, 0));
}
"""
SECONDS = 10.0


async def shown(page: Page) -> list[str]:
    """A line for each element and each run of text."""
    lines: list[str] = await page.locator("[data-list]").first.evaluate(READ)
    return lines


def _begun(lines: list[str], last: int) -> list[str]:
    kept = lines[-last:]
    return [kept[0].replace(" .again", ""), *kept[1:]] if kept else kept


async def until_shown(page: Page, expected: Sequence[str]) -> None:
    """Until the page ends with that; else the difference is told. A page that stood open may begin earlier."""
    first = next(place for place, line in enumerate(expected) if " id=n" in line)
    # What begins a page has nothing before it, and so is nobody's second line in a row; on an open page it may be.
    wanted = [expected[first].replace(" .again", ""), *expected[first + 1 :]]
    lines: list[str] = []
    try:
        async with asyncio.timeout(SECONDS):
            while (lines := _begun(await shown(page), len(wanted))) != wanted:
                await page.wait_for_timeout(20)
    except TimeoutError:
        pytest.fail("\n".join(unified_diff(wanted, lines, "fresh", "live", n=8, lineterm="")))
