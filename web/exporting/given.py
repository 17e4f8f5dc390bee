"""What was given, what came back, the plan, and how care is to end: what each form of an export says of them."""

from collections.abc import Iterator, Mapping

from messaging.facts_given import AnsweredFacts, AssignedFacts, EndingFacts, PlanFacts


def told_of(
    facts: AssignedFacts | AnsweredFacts | PlanFacts | EndingFacts, labels: Mapping[str, str]
) -> Iterator[tuple[str, str, bool]]:
    """A label, its words, and whether somebody wrote them."""
    match facts:
        case AssignedFacts():
            yield labels["given"], facts.what or "", False
            yield labels["why"], facts.why or "", True
            yield labels["every"], facts.every or "", False
            yield labels["due"], facts.due.isoformat() if facts.due else "", False
        case AnsweredFacts():
            yield labels["given"], facts.what or "", False
            yield labels["answers"], ", ".join(f"{item}: {value}" for item, value in facts.answers), False
            yield labels["score"], "" if facts.score is None else f"{facts.score}, {facts.band}", False
            yield labels["state"], facts.state or "", False
        case PlanFacts():
            yield labels["version"], str(facts.version), False
            for part in facts.parts:
                yield part[0], part[-1], True
            for remark in facts.remarks:
                yield f"{labels['remark']} ({remark[0]})", remark[-1], True
        case EndingFacts():
            yield labels["last_day"], facts.day.isoformat(), False
            for label, count in (("letters_left", facts.letters), ("sessions_left", facts.sessions)):
                yield labels[label], "" if count is None else str(count), False
            yield labels["write_until"], facts.write_until.isoformat() if facts.write_until else "", False
            yield labels["elsewhere"], facts.elsewhere or "", True
