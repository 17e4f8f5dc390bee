"""What its writer wrote, and what they quoted: folded, never lost.

folding        a letter in segments: shown, and folded
lines          the lines of a letter while they are told apart
quotations     which lines are quoted
introductions  "On Monday X wrote:", in many languages
marks          dividers, copied headers, "reply above this line"
shingles       our own words, recognised in what comes back
signatures     signatures and remarks below the writer's words
remarks        "Sent from my telephone", farewells, footers
answers        which quoted lines are shown, since they are answered
"""
