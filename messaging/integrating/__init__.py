"""What programs of others may know and do: events in the order of their numbers, webhooks, accounts that reach only so far.

events            what happened in a practice, numbered after it was committed; ids only
webhooks          where events are posted to, one at a time, in order within a conversation
service_accounts  programs with a token and scopes
"""
