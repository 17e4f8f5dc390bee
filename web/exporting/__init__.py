"""A record in the forms in which it is handed out, each written piece by piece: no form is ever whole in memory.

words       an entry in sentences: what every form shows of it, so that none can leave a word out
names       names of files that are safe in a folder, and text that is safe in one line
octets      files, a slice at a time
as_json     everything as data (docs/export.md)
as_mbox     letters for a mail program
as_html     pages to read, with the files, in one zip
as_fhir     a document for health records: HL7 FHIR R4B
as_archive  all that a practice holds, in one zip; and locked
zipping     a zip, piece by piece
writing     the form that was asked for
in_the_background   records made beside everything else a node does
"""
