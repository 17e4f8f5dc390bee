"""Letters fetched from a mailbox at a provider, by IMAP: kept first, marked after, deleted never.

connection   what is said to the IMAP server, blocking, in a thread of its own
named        whom a fetched letter is for, by the fields the provider wrote first
fetcher      the turn, the position, and one letter after the other
condition    how fetching stands, for health and metrics
"""
