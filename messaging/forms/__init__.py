"""Forms of a practice's own: questions in words of its own, in versions; given to answer as measures are (`assignments`).

form      questions checked, and how a version is kept
answers   what came back, checked against the version it answers, and in words
writing   who makes one, changes it and gives it up
"""
