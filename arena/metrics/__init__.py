"""Figures about a season, and how far they can be trusted: pure functions over returns, events, marks and decisions.

Returns are simple returns a session, as fractions (0.01 is one percent), in order of session. A figure that
its input cannot give (no spread, no loss, too few sessions) is None and never zero. `report.season_report` makes a
whole SeasonReport of what is stored; the other modules each hold one kind of figure, with its definition and source.
"""
