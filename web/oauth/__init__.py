"""OAuth 2.0 with a provider of mail: how Quietline comes to the tokens by which it fetches and sends.

providers   where tokens are asked for, and on which terms: Google, Microsoft 365, or an address
exchange    one question to a token endpoint, and what its answer means
kept        the consent (a refresh token), in a file of its own
tokens      the token that holds now, for everybody in this process
asking      `quietline mail consent`: somebody says yes in a browser, and the consent is kept
"""
