"""The number by which an ambulance comes, by country: what a therapist dials for somebody who is elsewhere.

From another country the short number reaches one's own: the page says so, and shows where the client is first.

112 in the whole of the European Union by law (Directive (EU) 2018/1972, Article 109), and in the others of its line; 911 by
the North American Numbering Plan. A country of which we are not certain has none here: a wrong number costs more than none.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_BY_NUMBER: Final = {
    "112": "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE "
    "AD AX FO GF GI GL GP IS LI MC MK ME MQ MD RE RS SM TR UA VA YT GE IN CH GB IM JE GG ZA",
    "113": "NO SJ",
    "911": "US CA PR GU VI AS MP MX",
    "000": "AU CC CX NF",
    "111": "NZ",
    "119": "JP KR",
    "995": "SG",
    "999": "HK MY",
    "101": "IL",
    "120": "CN",
    "192": "BR",
    "131": "CL",
}

EMERGENCY: Final[Mapping[str, str]] = MappingProxyType(
    {code: number for number, codes in _BY_NUMBER.items() for code in codes.split()}
)
"""Numbers by ISO 3166-1 alpha-2 code."""


def emergency_number(code: str) -> str:
    """Of this country; empty where we know none for certain."""
    return EMERGENCY.get(code, "")
