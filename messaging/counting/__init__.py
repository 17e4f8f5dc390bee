"""A practice in figures, for who administers: promises that have passed, months, mail on its way. Never a word."""
