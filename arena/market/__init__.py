"""Market facts: vendors behind one protocol, and the frozen snapshot made of their answers."""
