"""Where measures, tasks, the plan and a planned end are asked for, by who is in care and by who cares."""

from typing import Final

from starlette.routing import Route

from web.pages.client import ending, given, plan
from web.pages.staff import ending_planned
from web.pages.staff import given as handed_out

GIVEN: Final = [
    Route("/me/given", given.show_all),
    Route("/me/given/{assignment}", given.show),
    Route("/me/given/{assignment}", given.hand_in, methods=["POST"]),
    Route("/me/plan", plan.show),
    Route("/me/plan/change", plan.to_change),
    Route("/me/plan/change", plan.change, methods=["POST"]),
    Route("/me/ending", ending.show),
    Route("/c/{conversation}/ending", ending_planned.show),
    Route("/c/{conversation}/ending", ending_planned.plan, methods=["POST"]),
    Route("/c/{conversation}/ending/off", ending_planned.call_off, methods=["POST"]),
    Route("/c/{conversation}/given", handed_out.show),
    Route("/c/{conversation}/given", handed_out.hand_out, methods=["POST"]),
    Route("/c/{conversation}/given/plan", handed_out.offer, methods=["POST"]),
    Route("/c/{conversation}/given/remark", handed_out.say_beside, methods=["POST"]),
    Route("/c/{conversation}/given/{assignment}/end", handed_out.end, methods=["POST"]),
    Route("/c/{conversation}/measures/{measure}", handed_out.measured),
]
