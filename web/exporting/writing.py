"""A record in the form that was asked for."""

from collections.abc import AsyncIterator
from typing import assert_never

from messaging.exporting.record import ExportFormat, Record
from messaging.office import Office
from messaging.trust.access import Way
from web.exporting.as_fhir import as_fhir
from web.exporting.as_html import as_html
from web.exporting.as_json import as_json
from web.exporting.as_mbox import as_mbox


def written(office: Office, way: Way, record: Record, form: ExportFormat) -> AsyncIterator[bytes]:
    """The octets of it, piece by piece: a piece is an entry, or one of its files. Raises Busy."""
    match form:
        case ExportFormat.JSON:
            return as_json(office, way, record)
        case ExportFormat.MBOX:
            return as_mbox(office, way, record)
        case ExportFormat.HTML:
            return as_html(office, way, record)
        case ExportFormat.FHIR:
            return as_fhir(office, way, record)
        case _:
            assert_never(form)
