"""Which of the writer's last lines are a signature, a program's remark or a list's footer."""

from channels.email.quoting.lines import Kind, Letter
from channels.email.quoting.marks import is_rule
from channels.email.quoting.remarks import is_excuse, is_footer, is_only_link, is_sent_from

SIGNATURE_LINES = 20  # below `-- ` there are sometimes letters; a signature is short


def fold_signatures(letter: Letter) -> None:
    """Fold the signature at the end of each run of the writer's lines."""
    for start, below in list(letter.runs(Kind.OWN)):
        end = _fold_remarks(letter, start, below)
        for place in range(max(start, end - SIGNATURE_LINES), end):
            written = [line for line in letter.lines[place:end] if line.strip()]
            if letter.lines[place].rstrip() == "--" or is_footer(written):
                letter.mark(place, end, Kind.SIGNATURE)
                _fold_remarks(letter, start, place)
                break


def _fold_remarks(letter: Letter, start: int, end: int) -> int:
    """Fold what programs leave at the end of the writer's words; return where the words end."""
    last = letter.last_written(end)
    while last >= start and _is_remark(letter, last):
        letter.mark(last, end, Kind.SIGNATURE)
        end = last
        last = letter.last_written(end)
    return end


def _is_remark(letter: Letter, place: int) -> bool:
    line = letter.lines[place]
    if is_only_link(line) or is_excuse(line):  # where the program can be had, and how it is typed on
        return place > 0 and is_sent_from(letter.lines[place - 1])
    return is_sent_from(line) or is_rule(line)
