"""Markup that may become nodes: pages and parts of ours pass as they are, whatever people wrote; what could run does not."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.web.preview import ELSEWHERE, templates
from tests.web.samples.pages import PAGES
from tests.web.sweeps.test_templates import HOSTILE, made_hostile

PASSES = """
async pages => {
  const { ours } = await import('/static/js/markup.js');
  return pages.filter(html => { try { return ours(html) !== html; } catch { return true; } }).length;
}
"""
BARRED = """
async (parts) => {
  const { ours } = await import('/static/js/markup.js');
  return parts.filter(html => { try { ours(html); return true; } catch (error) { return !(error instanceof TypeError); } });
}
"""


@pytest.fixture(scope="module")
def shown(window: Browser, base: str) -> Iterator[Page]:
    """One page for all: it is only asked."""
    page = window.new_page()
    page.goto(f"{base}/left")
    yield page
    page.close()


@pytest.mark.parametrize("name", [name for name in PAGES if name != ELSEWHERE])
def test_what_we_send_passes_as_it_is(shown: Page, name: str) -> None:
    template, view = PAGES[name]
    as_it_is = templates().get_template(template).render(view=view)
    written = templates().get_template(template).render(view=made_hostile(view, f"/{HOSTILE}"))
    assert HOSTILE not in written
    assert shown.evaluate(PASSES, [as_it_is, written, f"<template>{as_it_is}</template>"]) == 0


RUNS = [
    "<script>alert(1)</script>",
    "<SCRIPT src=//evil.example/x.js></SCRIPT>",
    '<script src="https://evil.example/static/x.js"></script>',
    "<img src=x onerror=alert(1)>",
    "<img src=x\nonerror\n=\nalert(1)>",
    "<img/onerror=alert(1)/src=x>",
    '<p title="a>b" onclick="x">',
    "<p title='\"' ONCLICK=x>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java&#115;cript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    "<a href=javascript&colon;alert(1)>x</a>",
    '<svg><use xlink:href="data:image/svg+xml;base64,x"></svg>',
    '<form action="data:text/html,x">',
    '<button formaction="javascript:x">',
    "<iframe srcdoc='x'></iframe>",
    "<iframe src='/c/1'></iframe>",
    "<object data='/x'></object>",
    "<embed src='/x'>",
    "<base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>*{}</style>",
    '<p style="background:url(//evil.example)">',
    "<div hx-on:click='x'>",
    "<div hx-on::load='x'>",
    "<div hx-vals='js:{x:1}'>",
    "<template onload=x>",
    "<template hx type='x'>",
    "<math><mi>x</mi></math>",
    "<p title='unclosed onclick=x>",
    "<img src=x onerror=alert(1)//",
    "<p <script>alert(1)</script>",
    "text < text",
]


def test_what_could_run_does_not_pass(shown: Page) -> None:
    assert shown.evaluate(BARRED, RUNS) == []
    surrounded = [f"<ul><li class='entry'>Dear Mira</li>{one}</ul>" for one in RUNS]
    assert shown.evaluate(BARRED, surrounded) == []
