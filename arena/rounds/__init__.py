"""A round from its opening to its standings, as steps for the supervisor graph."""
