"""Searching one's caseload: words that are opened in memory for one search, and of which nothing is kept.

words      how what was asked and what was written are made alike, where they meet, and what is shown around it
asking     the act: who may ask, what of, and what they are told
looking    what is looked for, what is found, and who looks
opening    the hot way through sealed entries, for the process that opens them
opening_notes    the same through notes of both kinds
"""
