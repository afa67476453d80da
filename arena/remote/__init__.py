"""Desks that run elsewhere: what is sent there, what comes back, and how the record stays the same.

A desk is a function of its brief, so it can run anywhere. LangChain's callbacks cannot: what they would be told of
is written on the run's stream by the one who holds the desk there, and told to them here, in the same order.
"""
