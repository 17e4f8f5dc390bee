"""What a client is given to answer or to do, and what comes back: entries of their conversation's record.

assignment  one of them as it stands, folded from its entries
cadence     how often it is asked, and whether it is asked now
giving      a clinician gives one, or asks it no more
standing    those of a conversation; one by its name; the scores of a measure over time
half_done   what was chosen so far, kept as a draft until it is sent
answering   the client answers, once for each time it is asked
watching    what is to be read first and is not read: who is told of it, and when
refusals    why something does not come back
"""
