"""A conversation handed out whole: for another program, another practice, a court, or the client it is of.

record          what is handed out, by the page and to whom: the one place that decides what a reader's copy holds
whole           all that a practice holds, one record after the other
at_the_machine  to whoever runs the program
asking          for one that is made in the background, and how it stands
making          it: one worker at a time, from the first entry on
chunks          its file, sealed
handing_on      its octets, from wherever somebody wants to go on
"""
