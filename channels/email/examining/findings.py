"""One answer of the doctor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is a plain sentence for the operator, with what to do about it. It never holds a password or a token."""

    name: str
    fine: bool
    says: str
