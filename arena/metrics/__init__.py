"""Figures about a season's returns, and how far they can be trusted: pure functions over arrays of floats.

Returns are simple returns a session, as fractions (0.01 is one percent), in order of session. A figure that
its input cannot give (no spread, no loss, too few sessions) is None and never zero.
"""
