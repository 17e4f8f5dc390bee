"""The fixed sentences of our mails, said in the language of its reader."""

from dataclasses import fields, replace
from typing import Any, Final, TypeVar

from channels.language.saying import MAILS

_: Final = MAILS.gettext
ngettext: Final = MAILS.ngettext
W = TypeVar("W", bound=Any)


def said(words: W) -> W:
    """Fixed words, each marked by `N_` where it is written. What is no sentence, an address, stays as it is."""
    return replace(words, **{one.name: _(getattr(words, one.name)) for one in fields(words)})
