"""The arena's records, one module a subject: market, desk, outcome, chat, trading, standing, season."""
