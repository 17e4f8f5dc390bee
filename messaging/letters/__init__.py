"""Letters as they are written: drafts, sending later, answering passage by passage."""
