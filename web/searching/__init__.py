"""Searching, beside the server: processes that open a caseload's entries in memory, and end with what they saw.

exchanging   what goes through the pipe: one question, then what was found, piece by piece
finder       who searches when: one search of a person, few at once, each within its time
newest       of what is found, as many as are told
noted        a search's way through notes
"""
