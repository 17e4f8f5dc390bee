"""What exists is written down, and nothing lies at the top level that nobody agreed on."""

import argparse
import fnmatch
import importlib
import re
import tomllib
from collections.abc import Iterable, Iterator

from tests.house.tree import ROOT, is_ours, sources

SETTING = re.compile(r"\bQUIETLINE_[A-Z0-9_]*[A-Z0-9]\b")
TOP_LEVEL = (
    "pyproject.toml", "messaging", "threads", "channels", "web", "tests", "deploy", "docs", "README.md", "LICENSE",
    "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", ".ci", ".gitignore", ".gitattributes", ".dockerignore",
    ".editorconfig", "requirements*.lock",
)  # fmt: skip
# A home or a workplace of one machine. Places every machine has (/etc, /usr, /var, /run, /tmp) are nobody's.
MACHINE_PATH = re.compile(r"(?<![\w.}>-])/(?:home|Users|root|work|workspace|mnt)/[\w.-]+")


def documents() -> str:
    """What the people who run the server read, as one text."""
    read = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in read if path.is_file())


def settings() -> set[str]:
    return {name for file in sources(".py") for name in SETTING.findall(file.text)}


def commands(parser: argparse.ArgumentParser, so_far: str = "quietline") -> Iterator[str]:
    """`quietline audit verify`, and every other command that can be typed."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if (
        not below or parser.get_default("run") is not None
    ):  # `backup` does something, and so does `backup verify`
        yield so_far
    for action in below:
        for word, subparser in action.choices.items():
            yield from commands(subparser, f"{so_far} {word}")


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return {re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0] for requirement in listed}


def unmentioned(names: Iterable[str], text: str) -> list[str]:
    """Names that do not stand in the text as whole words, whatever their case."""
    return sorted(
        name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE)
    )


def unexpected(entries: Iterable[str]) -> list[str]:
    return [entry for entry in entries if not any(fnmatch.fnmatch(entry, allowed) for allowed in TOP_LEVEL)]


def test_every_setting_is_documented() -> None:
    assert {"QUIETLINE_DATA_DIR", "QUIETLINE_HTTP"} <= settings(), (
        "settings are found by their whole names in the source"
    )
    assert not unmentioned(settings(), documents())


def test_every_command_is_documented() -> None:
    parser: argparse.ArgumentParser = importlib.import_module("web.cli_commands").parser()
    typed = set(commands(parser))
    assert "quietline serve" in typed
    assert not unmentioned(typed, documents())


def test_every_dependency_is_explained() -> None:
    assert not unmentioned(dependencies(), (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8"))


def test_the_papers_of_a_project_are_there() -> None:
    for paper in (
        "README.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "docs/decisions.md",
        "docs/protocol.md",
    ):
        assert (ROOT / paper).is_file(), paper


def test_the_top_level_holds_what_was_agreed() -> None:
    assert not unexpected(path.name for path in ROOT.iterdir() if is_ours(path.name))


def test_no_file_names_a_place_on_one_machine() -> None:
    text = (
        ".py",
        ".md",
        ".toml",
        ".lock",
        ".html",
        ".js",
        ".css",
        ".yaml",
        ".service",
        ".cf",
        ".conf",
        ".sql",
        "",
    )
    files = sources(*text, below=("",))
    assert {"deploy/run", "pyproject.toml"} <= {file.place for file in files}
    assert not [f"{file.place}: {hit}" for file in files for hit in MACHINE_PATH.findall(file.text)]


def test_ignored_names_are_plain_enough_for_these_rules() -> None:
    lines = (ROOT / ".gitignore").read_text().splitlines()
    assert not [line for line in lines if line.startswith("!") or "/" in line.rstrip("/")]


def test_an_unnamed_command_would_be_seen() -> None:
    parser = argparse.ArgumentParser()
    below = parser.add_subparsers()
    below.add_parser("serve")
    below.add_parser("audit").add_subparsers().add_parser("verify")
    assert list(commands(parser)) == ["quietline serve", "quietline audit verify"]
    assert unmentioned(commands(parser), "`quietline serve-all`, `quietline audit verify`") == [
        "quietline serve"
    ]


def test_a_stray_file_would_be_seen() -> None:
    assert unexpected(["web", "requirements-test.lock", "notes.txt"]) == ["notes.txt"]


def test_a_machine_path_would_be_seen() -> None:
    assert MACHINE_PATH.findall("see " + "/ho" + "me/anna/quietline for it")
    assert not MACHINE_PATH.findall("https://example.org/home/x, {prefix}/mnt/y and /var/lib/quietline")
