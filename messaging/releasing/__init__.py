"""Releases: a client lets somebody else read a part of their record, and takes it back.

    asked, stepped up > checked > the event, and the release with it > the receiver reads > each reading in the trail
                                                                     > taken back, or expired > told at once

Whoever reads is no member: a release leads to that part of the words and to nothing else, neither to who is in care nor to
a field to write in.
"""
