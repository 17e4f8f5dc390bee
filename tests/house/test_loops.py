"""What runs for ever has an owner that survives its faults (`web.keeping`), and every task somebody who waits for it."""

import ast
from collections.abc import Iterator

from tests.house.tree import FLOORS, Source, sources

# Loops without an end that are handed to a keeper, by the name they are kept under.
KEPT = {
    "channels/chat/arrivals.py:Arrivals.sweep": "sign-ins",
    "channels/chat/gaps.py:Gaps.run": "gaps",
    "channels/chat/inboxes.py:Inboxes.run": "inboxes",
    "channels/chat/passing.py:Passing.run": "signs",
    "channels/chat/breaks.py:Breaks.run": "breaks",
    "channels/chat/signs.py:Signs._watch": "rooms",
    "channels/chat/sweeping.py:sweep": "sweep",
    "channels/chat/company.py:Company._tell_heard": "company heard",
    "channels/chat/company.py:Company._ring_said": "company said",
    "channels/email/arriving/certificate.py:Certificate.watch": "certificate",
    "channels/email/fetching/fetcher.py:Fetcher.run": "fetching",
    "channels/email/running.py:_when_called": "reader, file checker, courier",
    "threads/bell.py:Bell.listen": "bell",
    "threads/nodes/neighbours.py:Neighbours.run": "neighbours",
    "threads/nodes/ringer.py:Ringer._pass_on": "ringer",
    "threads/batches.py:Gathering.run": "bearers, circles, claims, decisions and the others",
    "threads/postgres/archiving.py:Archiving.copy": "base copies",
    "threads/postgres/archiving.py:Archiving.receive": "archive",
    "threads/postgres/cluster.py:Cluster.watch": "cluster",
    "threads/trail/anchors.py:Anchors.run": "anchors",
    "threads/trail/trail.py:Trail.run": "trail",
    "threads/record/writer.py:_Lane.run": "writer",
    "web/exporting/in_the_background.py:make_exports": "exports 1, exports 2",
    "web/exporting/in_the_background.py:make_archives": "archives",
    "web/fair/asked_back.py:AskedBack.run": "asked back",
    "web/fair/desks.py:Room.watch": "disk",
    "web/telling.py:working_at": "events, webhooks 1, push 1 and the others",
    "web/timekeeping.py:keep_time": "time",
    "web/workers/fellows.py:Fellows._fill": "worker 2 and the others",
    "web/workers/fellows.py:Fellows._renew_when": "renewing workers",
    "web/trail_heads.py:give_out_heads": "signed heads, signed heads by mail",
}
# Loops that end, or that are inside one of those, each with what ends them.
ENDING = {
    "web/commands/serving.py:_serve": "serving itself, and once more for each backup that is brought at set-up",
    "channels/email/reading/rereading.py:read_again": "kept as `reading again`; ends when all are read",
    "channels/email/arriving/upload.py:uploaded": "ends with the letter, or with the dialog's timer",
    "channels/email/examining/round_trip.py:_arrives": "a command's, under the limit it was asked with",
    "channels/email/fetching/fetcher.py:Fetcher._attend": "inside `Fetcher.run`, which catches everything",
    "channels/email/leaving/courier.py:Bag.take": "inside a courier; gives up when nothing is due",
    "channels/email/running.py:_work": "sets events and waits: nothing in it can fail",
    "threads/bell.py:Bell._attend": "inside `Bell.listen`; ends with its connection",
    "threads/postgres/base_copies.py:Copying._has_its_changes": "inside `Archiving.copy`, under a timeout",
    "threads/postgres/beside.py:ran": "the end of a program, under the timeout it was asked with",
    "threads/schema.py:migrate": "a step that was run, or has been refused its lock often enough",
    "threads/record/writer.py:_Lane._persist": "until its patience is over",
    "web/keeping.py:Keeper.keep": "the keeper itself",
    "web/workers/fellow.py:_answer": "awaited where a fellow ends; without the first one there is nothing to answer",
    "web/workers/fellows.py:Fellows._serve": "inside `Fellows._fill`; ends with its process",
    "web/workers/fellows.py:_founded": "inside `Fellows._fill`; ends once there is a practice",
}
# Tasks that are begun without a keeper, each with who waits for it and where its fault goes.
TASKS = {
    "channels/chat/following.py": "guarded by `_guarded`, owned by the hub's group",
    "channels/chat/hub.py": "begins loops that are kept one by one",
    "channels/chat/owning.py": "guarded by `_guarded`, owned by the hub's group",
    "channels/chat/protocol.py": "a future of the writer's, whose answer is looked at in `_kept`",
    "channels/chat/signs.py": "all kept",
    "channels/chat/company.py": "all kept",
    "channels/email/reading/reader.py": "letters in hand, inside a kept reader; each answers for its own fault",
    "channels/email/arriving/reception.py": "a commit under way, whose fault is noted in `_kept`",
    "channels/email/leaving/courier.py": "the mail in hand, awaited where it was begun",
    "channels/email/running.py": "all kept",
    "web/house_search.py": "the next portion, awaited where the one before is looked through",
    "web/searching/finder.py": "the parts of one search, in a group that waits for both",
    "threads/lookups.py": "all kept",
    "threads/nodes/ringer.py": "all kept",
    "threads/arriving/mail_door.py": "all kept",
    "threads/memory.py": "all kept, or what begins those",
    "threads/postgres/beside.py": "a program that is begun, awaited where it was begun",
    "web/workers/fellow.py": "awaited where the fellow ends",
    "web/workers/fellows.py": "all kept; or waits and questions, awaited or cancelled where they were begun",
    "threads/postgres/cluster.py": "work in a thread, awaited where it was begun",
    "threads/arriving/reading_desk.py": "all kept",
    "threads/record/writer.py": "all kept",
    "web/archiving.py": "kept",
    "web/telling.py": "all kept",
    "web/exporting/in_the_background.py": "all kept",
    "web/house.py": "all kept, or what begins those",
    "web/mail.py": "all kept, or what begins those",
    "web/serve.py": "the web server, whose end is the end of serving",
    "web/timekeeping.py": "kept",
    "web/trail_heads.py": "kept",
}
BEGINS = {"create_task", "ensure_future"}


def functions(file: Source) -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """Coroutines of a module by their names, with the class they stand in."""
    for node in file.tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        for one in inside:
            if isinstance(one, ast.AsyncFunctionDef):
                name = f"{node.name}.{one.name}" if isinstance(node, ast.ClassDef) else one.name
                yield f"{file.place}:{name}", one


def runs_for_ever(function: ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value
        for node in ast.walk(function)
    )


def begins_tasks(file: Source) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BEGINS
        for node in file.nodes
    )


PYTHON = [file for file in sources(".py", below=FLOORS) if "/demo/" not in file.place]


def test_every_loop_without_an_end_is_known() -> None:
    found = {name for file in PYTHON for name, function in functions(file) if runs_for_ever(function)}
    assert found == {*KEPT, *ENDING}


def test_every_module_that_begins_tasks_says_who_owns_them() -> None:
    assert {file.place for file in PYTHON if begins_tasks(file)} == set(TASKS)


def test_a_new_loop_would_be_seen() -> None:
    (found,) = functions(
        Source("a.py", "class C:\n  async def run(self):\n    while True:\n      await self.work()\n")
    )
    assert found[0] == "a.py:C.run"
    assert runs_for_ever(found[1])
