"""The sentences the program says to who is in care, taken from its source, and the catalogues brought up to them.

    python -m tests.channels.language.strings            adds what is new to each catalogue, drops what is said no more
    python -m tests.channels.language.strings --missing  only lists what has no translation yet

Then fill in the empty `msgstr` lines in channels/language/locales/*/LC_MESSAGES/*.po. In `de_du` only those are written
that differ from `de`. A sentence only who works here reads needs none: its place is named in STAFF.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from channels.language.catalogues import TRANSLATED, Domain, falls_back, file_of, written
from channels.language.speaking import tag_of
from messaging import errors
from messaging.people import Language
from tests.house.tree import ROOT, walk

STAFF: Final = {
    "web/pages/admin",
    "web/pages/staff",
    *(
        f"web/pages/parts/{name}"
        for name in (
            "_people.html",
            "add_person.html",
            "circle.html",
            "ending.html",
            "gone.html",
            "mail_trial.html",
            "person.html",
            "recovery_sheet.html",
            "together.html",
        )
    ),
}
"""Rooms and files of `web/pages` that nobody in care ever reads."""
SAID: Final = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
REFUSALS: Final = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Refusal)
}
REFUSING: Final = (
    *(
        "messaging/addresses.py",
        "messaging/agreements/proposing.py",
        "messaging/arriving/files.py",
        "messaging/exporting/asking.py",
    ),
    *(
        "messaging/entrance/half_way.py",
        "messaging/entrance/invitations.py",
        "messaging/entrance/passkeys.py",
    ),
    *("messaging/entrance/signing_in.py", "messaging/leaving/keys.py", "messaging/messages.py"),
    *("messaging/letters/drafts.py", "messaging/letters/uploads.py", "messaging/letters/writing.py"),
    *("messaging/practice/changing.py", "messaging/practice/ways_back.py", "messaging/record/amending.py"),
    *("messaging/sessions/booking.py", "messaging/sessions/checking_in.py", "messaging/sessions/closing.py"),
    *("messaging/sessions/recognising.py", "messaging/sessions/wall_time.py", "messaging/undoing.py"),
    *("messaging/trust/code_words.py", "messaging/trust/passwords.py", "channels/email/sealing/keys.py"),
    *("web/http/handing_out.py", "web/http/parts.py", "web/http/uploading.py"),
)
"""Where who is in care is refused something, besides the rooms of their pages."""
TEMPLATES: Final = {
    "extensions": "jinja2.ext.i18n,web.pages.parts.boundary:Apart",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}

Key = tuple[str, ...]
"""The sentence; one and many; or with its context first, and an empty one between."""


class Found(dict[tuple[str | None, str | tuple[str, str]], list[str]]):
    """Context and sentence, or singular and plural: and where it is said."""


@cache  # bound: domains
def said(domain: Domain) -> Found:
    """All that must be said in every language."""
    found = Found()
    for path in _files(domain):
        place = str(path.relative_to(ROOT))
        for message, context in _extracted(path):
            found.setdefault((context, message), []).append(place)
    if domain is Domain.PAGES:
        for path in [*_files(domain), *(ROOT / place for place in REFUSING)]:
            for sentence in _refused(path) if path.suffix == ".py" else ():
                found.setdefault((None, sentence), []).append(str(path.relative_to(ROOT)))
        found.setdefault((None, errors.TooManyLetters.draft), []).append("messaging/errors.py")
        for refusal in _refusals(errors.Refusal):
            found.setdefault((None, refusal.words), []).append("messaging/errors.py")
    return found


def _refused(path: Path) -> Iterator[str]:
    """The sentences of refusals in a module, said where they are raised or named above."""
    tree = ast.parse(path.read_text())
    named = {
        target.id: one.value
        for one in tree.body
        if isinstance(one, ast.Assign | ast.AnnAssign)
        for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in REFUSALS:
            for given in call.args[:1]:
                sentence = named.get(given.id, given) if isinstance(given, ast.Name) else given
                if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str):
                    yield sentence.value


def _refusals(kind: type[errors.Refusal]) -> Iterator[type[errors.Refusal]]:
    yield kind
    for further in kind.__subclasses__():
        if further.__module__ == errors.__name__:
            yield from _refusals(further)


def _files(domain: Domain) -> Iterator[Path]:
    match domain:
        case Domain.MAILS:
            yield from (path for path in walk(ROOT / "channels/email/composing") if path.suffix == ".py")
        case Domain.PAGES:
            for path in walk(ROOT / "web/pages"):
                place = str(path.relative_to(ROOT))
                if path.suffix in (".py", ".html") and not any(place.startswith(one) for one in STAFF):
                    yield path


def _extracted(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    page = path.suffix == ".html"
    method, options = ("jinja2.ext:babel_extract", TEMPLATES) if page else ("python", {})
    with path.open("rb") as file:
        for _line, message, _comments, context in extract(method, file, SAID, (), options):
            yield _whole(message), context


def _whole(message: str | tuple[str, ...]) -> str | tuple[str, str]:
    return message if isinstance(message, str) else (message[0], message[1])


def lacking(domain: Domain, language: Language) -> list[str]:
    """What has no translation, with where it is said. What falls back on another language lacks what that lacks."""
    held = written(domain, language)
    if other := falls_back(language):
        return lacking(domain, other)
    return [
        f"{message!r} ({', '.join(dict.fromkeys(places))})"
        for (context, message), places in said(domain).items()
        if not _is_said(held, context, message)
    ]


def _is_said(held: Catalog, context: str | None, message: str | tuple[str, str]) -> bool:
    found = held.get(message, context)
    if found is None or found.fuzzy:
        return False
    return bool(found.string) if isinstance(found.string, str) else all(found.string or ("",))


def update(domain: Domain, language: Language) -> None:
    """In the order of the source, without places: those would change with every line of it."""
    path = file_of(domain, language)
    before = written(domain, language) if path.exists() else Catalog(locale=tag_of(language))
    after = Catalog(locale=tag_of(language), project="Quietline", charset="utf-8", fuzzy=False)
    for context, message in said(domain):
        known = before.get(message, context)
        string = known.string if known else ("",) * after.num_plurals if isinstance(message, tuple) else ""
        if falls_back(language) and not (known and known.string and any(known.string)):
            continue
        after.add(message, string, context=context)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, after, width=0, omit_header=False, sort_output=False)
    _without_dates(path)


def _without_dates(path: Path) -> None:
    """Of its head only what says how to read it: two who add a sentence shall not meet in a date."""
    text = path.read_text()
    head, _, rest = text.partition("\n\n")
    kept = [
        line for line in head.split("\n") if re.match(r'msg|"(?:Language|Plural-Forms|MIME|Content-T)', line)
    ]
    path.write_text("\n".join(kept) + "\n\n" + rest)


def main() -> int:
    """The command."""
    asked = argparse.ArgumentParser(description="The catalogues of what is said to who is in care.")
    asked.add_argument("--missing", action="store_true", help="change nothing, list what has no translation")
    only_list = asked.parse_args().missing
    wanting = 0
    for domain in Domain:
        for language in TRANSLATED:
            if not only_list:
                update(domain, language)
            missing = [] if falls_back(language) else lacking(domain, language)
            wanting += len(missing)
            print(f"{file_of(domain, language).relative_to(ROOT)}: {len(missing)} without a translation")
            print(*(f"  {one}" for one in missing), sep="\n", end="\n" if missing else "")
    return 1 if wanting else 0


if __name__ == "__main__":
    sys.exit(main())
