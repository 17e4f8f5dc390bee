"""Who is it really: DKIM, SPF, DMARC, and what follows for a letter."""
