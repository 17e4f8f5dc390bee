"""A conversation handed out whole: for another program, another practice, a court, or the client it is of.

record          what is handed out, by the page and to whom: the one place that decides what a reader's copy holds
at_the_machine  to whoever runs the program
"""
