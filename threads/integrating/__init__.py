"""The answers to what is asked for programs of others: numbered events, webhooks, service accounts."""
