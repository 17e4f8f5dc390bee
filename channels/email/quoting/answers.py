"""Which quoted lines the writer answers between or below: those are shown, or the answers would say nothing."""

import re
from collections.abc import Iterator

from channels.email.quoting.introductions import (
    COLON,
    dated,
    either,
    is_named,
    only_introduces,
)
from channels.email.quoting.lines import Kind, Letter, unmarked
from channels.email.quoting.marks import is_quoted
from channels.email.quoting.remarks import is_closing, is_legal

SHORT_ANSWER = 4  # words; "Yes." says nothing without its question

ANNOUNCING = 4  # words; "Anna Keller wrote:" may be what some program wrote

# Said above an original in which the answers stand.
_ANSWERS_BELOW = re.compile(
    either(
        r"\b(?:answer|repl(?:y|ie[ds])|comment|respon[sd]|remark|note|see)\w*\b.{0,40}\b(?:below|in-?line|in between)",
        r"\b(?:answer|repl(?:y|ie[ds])|comment|respon[sd]|written|wrote|note)\w*\b.{0,40}\bin (?:red|blue|green|the text)",
        r"\b(?:antwort|kommentar|anmerkung|siehe|schreibe)\w*\b.{0,40}\b(?:unten|im text|dazwischen|in (?:rot|blau|grün))",
        r"\b(?:réponse|réponds|commentaire|voir)\w*\b.{0,40}(?:ci-dessous|dans le texte|en (?:rouge|bleu|vert|gras))",
        r"\b(?:respuesta|respondo|comentario|ver)\w*\b.{0,40}\b(?:abajo|en el texto|en (?:rojo|azul|verde|negrita))",
        r"\b(?:rispost|rispondo|comment|vedi)\w*\b.{0,40}\b(?:sotto|nel testo|in (?:rosso|blu|verde|grassetto))",
        r"\b(?:respost|respondo|coment|ver)\w*\b.{0,40}\b(?:abaixo|no texto|a (?:vermelho|azul|verde)|em (?:vermelho|azul))",
        r"\b(?:antwoord|reactie|opmerking|zie)\w*\b.{0,40}\b(?:hieronder|onder|in de tekst|in het (?:rood|blauw))",
        r"\b(?:svar|kommentar|se)\w*\b.{0,40}\b(?:nedan|nedenfor|i texten|i teksten|under|med (?:rött|rødt|blått))",
        r"\b(?:odpowied|komentarz|odpověd|odpisuj)\w*\b.{0,40}\b(?:poniżej|niżej|w tekście|níže|v textu|na czerwono)",
        r"(?:ответ|отвеча|коммент|смотри|відпов).{0,40}(?:ниже|в тексте|красным|нижче|синим)",
        r"(?:下面|文中|本文中|红色|赤字|青字).{0,12}(?:回|答|返)|아래.{0,10}답",
    ),
    re.IGNORECASE,
)


def keep_questions(letter: Letter) -> None:
    """Show the quotations that have an answer below; one long answer below everything needs none."""
    answered = [run for run in letter.runs(Kind.QUOTE) if _answer_below(letter, run[1])]
    own_above = bool(answered) and any(map(letter.written, range(answered[0][0])))
    last = bool(answered) and not any(letter.quoted[answered[0][1] :])
    if len(answered) == 1 and not own_above and last and _words_below(letter, answered[0][1]) > SHORT_ANSWER:
        return
    for start, end in answered:
        _show(letter, _first_question(letter, start, end), end)
    for start, end in letter.runs(Kind.QUOTE):
        if _announced_by_hand(letter, start, end):
            _show(letter, start, end)
    # Above the quotation which a program introduced, the writer quotes by hand: that is part of the words.
    above = [(start, min(end, letter.introduced)) for start, end in letter.runs(Kind.QUOTE)]
    for start, end in above:
        if start < end and _quoted_by_hand(letter, start, end):
            _show(letter, start, end)


def _show(letter: Letter, start: int, end: int) -> None:
    for place in range(start, end):
        if letter.quoted[place] or not letter.lines[place].strip():
            letter.kinds[place] = Kind.QUESTION


def _quoted_by_hand(letter: Letter, start: int, end: int) -> bool:
    above, first = letter.last_written(start), letter.next_written(start)
    if above < 0 or letter.kinds[above] is not Kind.OWN or not is_quoted(letter.lines[first]):
        return False
    return not any(letter.ours[start:end]) and not only_introduces(unmarked(letter.lines[first]))


def _announced_by_hand(letter: Letter, start: int, end: int) -> bool:
    """Say whether the writer's own last line above these ends with a colon: "These are my goals:"."""
    above, first = letter.last_written(start), letter.next_written(start)
    if above < 0 or letter.kinds[above] is not Kind.OWN or not letter.quoted[first]:
        return False
    line = letter.lines[above].rstrip()
    by_hand = (
        line.endswith(COLON) and len(line.split()) >= ANNOUNCING and not dated(line) and not is_named(line)
    )
    return by_hand and not any(letter.ours[start:end])


def keep_answers(letter: Letter) -> None:
    """Show an original that bears no marks where answers in it are announced."""
    start = letter.original
    if start >= len(letter.lines):
        return
    if any(
        _ANSWERS_BELOW.search(letter.lines[place][:300]) for place in range(start) if letter.written(place)
    ):
        letter.mark(start, len(letter.lines), Kind.QUESTION)
        return


def _first_question(letter: Letter, start: int, end: int) -> int:
    """Find where the quoted words begin, below what introduces them."""
    first = start
    while first < end and not letter.quoted[first]:
        first += 1
    if (
        first == end
        or not is_quoted(letter.lines[first])
        or not only_introduces(unmarked(letter.lines[first]))
    ):
        return start
    below = first + 1
    while below < end and not unmarked(letter.lines[below]).strip():
        below += 1
    return below if below < end else start


def _answer_below(letter: Letter, place: int) -> bool:
    below = list(_own_lines_below(letter, place))
    return bool(below) and not (len(below) <= 3 and is_closing(below[0])) and not is_legal(below)


def _own_lines_below(letter: Letter, place: int) -> Iterator[str]:
    while place < len(letter.lines) and letter.kinds[place] is Kind.OWN:
        if letter.lines[place].strip():
            yield letter.lines[place]
        place += 1


def _words_below(letter: Letter, place: int) -> int:
    return sum(len(line.split()) for line in _own_lines_below(letter, place))
