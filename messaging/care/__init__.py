"""The frame of the work: promises and, later, agreements, consents, measures, plans."""
