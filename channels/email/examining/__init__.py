"""What the doctor looks at of mail: each a question to the world outside, answered in a sentence with advice.

findings     one answer
domain       what DNS says of a mail domain: MX, SPF, DKIM, DMARC
relay        reachable, encrypted, signed in; hands over the test letter
doors        our own listeners, the certificate they show, the mailbox elsewhere, the virus checker
round_trip   a letter to ourselves, and whether it comes back
boxes        what a worker could do that a letter has taken over, by one that tries
"""
