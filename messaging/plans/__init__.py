"""The plan for hard hours: what a client does when it gets hard, in their own words.

plan       its parts, as they stand and were changed
changing   the client changes it; who cares remarks on a part of it
"""
