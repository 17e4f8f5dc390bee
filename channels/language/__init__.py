"""In which language somebody is spoken to, by pages and by mail. Program and source speak English.

speaking     which language that is at this moment
catalogues   what is said in it, read from `locales`
saying       `_`, `ngettext` and `pgettext` over them
strings      python -m channels.language.strings: the catalogues, brought up to what the program says
"""
