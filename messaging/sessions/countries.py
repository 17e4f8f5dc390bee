"""The countries and regions a person may be in: ISO 3166-1 alpha-2 codes, their usual English names, who comes in need.

Kept here rather than asked of a library: the list changes once in some years, and check-ins must not change with it.
Codes and most names are those of the time zone database (iso3166.tab, public domain).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_LIST: Final = """
AF Afghanistan; AX Åland Islands; AL Albania; DZ Algeria; AS American Samoa; AD Andorra; AO Angola;
AI Anguilla; AQ Antarctica; AG Antigua and Barbuda; AR Argentina; AM Armenia; AW Aruba; AU Australia;
AT Austria; AZ Azerbaijan; BS Bahamas; BH Bahrain; BD Bangladesh; BB Barbados; BY Belarus; BE Belgium;
BZ Belize; BJ Benin; BM Bermuda; BT Bhutan; BO Bolivia; BA Bosnia and Herzegovina; BW Botswana;
BV Bouvet Island; BR Brazil; IO British Indian Ocean Territory; BN Brunei; BG Bulgaria; BF Burkina Faso;
BI Burundi; KH Cambodia; CM Cameroon; CA Canada; CV Cape Verde; BQ Caribbean NL; KY Cayman Islands;
CF Central African Republic; TD Chad; CL Chile; CN China; CX Christmas Island; CC Cocos Islands;
CO Colombia; KM Comoros; CD Congo, Democratic Republic; CG Congo, Republic; CK Cook Islands; CR Costa Rica;
CI Côte d’Ivoire; HR Croatia; CU Cuba; CW Curaçao; CY Cyprus; CZ Czechia; DK Denmark; DJ Djibouti;
DM Dominica; DO Dominican Republic; TL East Timor; EC Ecuador; EG Egypt; SV El Salvador;
GQ Equatorial Guinea; ER Eritrea; EE Estonia; SZ Eswatini; ET Ethiopia; FK Falkland Islands;
FO Faroe Islands; FJ Fiji; FI Finland; FR France; GF French Guiana; PF French Polynesia;
TF French Southern Territories; GA Gabon; GM Gambia; GE Georgia; DE Germany; GH Ghana; GI Gibraltar;
GR Greece; GL Greenland; GD Grenada; GP Guadeloupe; GU Guam; GT Guatemala; GG Guernsey; GN Guinea;
GW Guinea-Bissau; GY Guyana; HT Haiti; HM Heard Island and McDonald Islands; HN Honduras; HK Hong Kong;
HU Hungary; IS Iceland; IN India; ID Indonesia; IR Iran; IQ Iraq; IE Ireland; IM Isle of Man; IL Israel;
IT Italy; JM Jamaica; JP Japan; JE Jersey; JO Jordan; KZ Kazakhstan; KE Kenya; KI Kiribati;
KP Korea, North; KR Korea, South; KW Kuwait; KG Kyrgyzstan; LA Laos; LV Latvia; LB Lebanon; LS Lesotho;
LR Liberia; LY Libya; LI Liechtenstein; LT Lithuania; LU Luxembourg; MO Macau; MG Madagascar; MW Malawi;
MY Malaysia; MV Maldives; ML Mali; MT Malta; MH Marshall Islands; MQ Martinique; MR Mauritania;
MU Mauritius; YT Mayotte; MX Mexico; FM Micronesia; MD Moldova; MC Monaco; MN Mongolia; ME Montenegro;
MS Montserrat; MA Morocco; MZ Mozambique; MM Myanmar; NA Namibia; NR Nauru; NP Nepal; NL Netherlands;
NC New Caledonia; NZ New Zealand; NI Nicaragua; NE Niger; NG Nigeria; NU Niue; NF Norfolk Island;
MK North Macedonia; MP Northern Mariana Islands; NO Norway; OM Oman; PK Pakistan; PW Palau; PS Palestine;
PA Panama; PG Papua New Guinea; PY Paraguay; PE Peru; PH Philippines; PN Pitcairn; PL Poland; PT Portugal;
PR Puerto Rico; QA Qatar; RE Réunion; RO Romania; RU Russia; RW Rwanda; BL Saint Barthélemy;
SH Saint Helena; KN Saint Kitts and Nevis; LC Saint Lucia; MF Saint Martin; PM Saint Pierre and Miquelon;
VC Saint Vincent; WS Samoa; SM San Marino; ST Sao Tome and Principe; SA Saudi Arabia; SN Senegal;
RS Serbia; SC Seychelles; SL Sierra Leone; SG Singapore; SX Sint Maarten; SK Slovakia; SI Slovenia;
SB Solomon Islands; SO Somalia; ZA South Africa; GS South Georgia and the South Sandwich Islands;
SS South Sudan; ES Spain; LK Sri Lanka; SD Sudan; SR Suriname; SJ Svalbard and Jan Mayen; SE Sweden;
CH Switzerland; SY Syria; TW Taiwan; TJ Tajikistan; TZ Tanzania; TH Thailand; TG Togo; TK Tokelau;
TO Tonga; TT Trinidad and Tobago; TN Tunisia; TR Türkiye; TM Turkmenistan; TC Turks and Caicos Islands;
TV Tuvalu; UG Uganda; UA Ukraine; AE United Arab Emirates; GB United Kingdom; US United States; UY Uruguay;
UM US minor outlying islands; UZ Uzbekistan; VU Vanuatu; VA Vatican City; VE Venezuela; VN Vietnam;
VG Virgin Islands, British; VI Virgin Islands, US; WF Wallis and Futuna; EH Western Sahara; YE Yemen;
ZM Zambia; ZW Zimbabwe
"""

COUNTRIES: Final[Mapping[str, str]] = MappingProxyType(
    {one.strip()[:2]: one.strip()[3:] for one in _LIST.replace("\n", " ").split(";")}
)
"""Names by code, in the order of the names."""


def country(code: str) -> str:
    """What a code is called; the code itself where it is none of ours (an older list may have had it)."""
    return COUNTRIES.get(code, code)


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
"""The number by which an ambulance comes. From another country it reaches one's own: whoever shows it says so.

112 in the whole of the European Union by law (Directive (EU) 2018/1972, Article 109), and in the others of its line; 911 by
the North American Numbering Plan. A country of which we are not certain has none here: a wrong number costs more than none.
"""


def emergency_number(code: str) -> str:
    """Of this country; empty where we know none for certain."""
    return EMERGENCY.get(code, "")
