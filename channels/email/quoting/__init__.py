"""What its writer wrote, and what they quoted: folded, never lost, and no word of theirs hidden.

folding        a letter in segments: shown, and folded
lines          the lines of a letter while they are told apart
known          where we know what we sent: that alone is folded, whole and in order
regions        where quotations begin, and how far each reaches
sent           our letters, found again line by line
keys           what is left of a line when all is taken away that programs change
quotations     where we know nothing of ours: whole blocks, below what announces them
introductions  "On Monday X wrote:", in many languages
headers        From, Sent, To, Subject, copied above a quotation
marks          dividers, drawn lines, "reply above this line"
signatures     signatures and remarks below the writer's words
sent_from      "Sent from my telephone"
remarks        farewells, cards, legal words, footers
answers        which quoted lines are shown, since they are answered
"""
