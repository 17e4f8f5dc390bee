"""Where a clinician's own writing and looking is: notes, sheets beside a reply, snippets, and the search."""

from typing import Final

from starlette.routing import Route

from web.pages.staff import beside, process_notes, progress_notes, searching, snippets, sought

OWN: Final[list[Route]] = [
    Route("/c/{conversation}/lenses/{number}", beside.show_lenses),
    Route("/c/{conversation}/lenses/{number}", beside.keep_lenses, methods=["POST"]),
    Route("/c/{conversation}/margin/{session}", beside.show_margin),
    Route("/c/{conversation}/margin/{session}", beside.keep_margin, methods=["POST"]),
    Route("/c/{conversation}/notes/progress", progress_notes.show),
    Route("/c/{conversation}/notes/progress", progress_notes.write, methods=["POST"]),
    Route("/c/{conversation}/notes/progress/{note}", progress_notes.show_one),
    Route("/c/{conversation}/notes/progress/{note}", progress_notes.change, methods=["POST"]),
    Route("/c/{conversation}/notes/progress/{note}/away", progress_notes.put_away, methods=["POST"]),
    Route("/c/{conversation}/notes/process", process_notes.show),
    Route("/c/{conversation}/notes/process", process_notes.write, methods=["POST"]),
    Route("/c/{conversation}/notes/process/{note}", process_notes.show_one),
    Route("/c/{conversation}/notes/process/{note}", process_notes.change, methods=["POST"]),
    Route("/c/{conversation}/notes/process/{note}/away", process_notes.put_away, methods=["POST"]),
    Route("/snippets", snippets.show),
    Route("/snippets", snippets.keep, methods=["POST"]),
    Route("/snippets/{snippet}/away", snippets.put_away, methods=["POST"]),
    Route("/search", searching.show),
    Route("/search", searching.find, methods=["POST"]),
    Route("/search/look/{conversation}/{number}", sought.entry),
    Route("/search/look/{conversation}/progress/{note}", sought.progress_note),
    Route("/search/look/{conversation}/process/{note}", sought.process_note),
]
