"""Who cares is away, and somebody stands in: for a time, by the client's yes, and never unsaid.

declaring   somebody says from when until when they are away; of who could not, somebody else does
offering    a colleague is asked, says yes or no, or nothing; and may hand back what they took over
consent     those in care are asked, and say yes or no; a no changes nothing for them
settling    what follows, whoever acts and whenever: told, asked, begun, ended; also by the clock
promising   promises move only later, and whoever waits is told once
brief       what went on meanwhile, in numbers
shown       who is away, and who stands in where, for pages
"""
