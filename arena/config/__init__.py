"""Configuration: ArenaConfig, and the files it is read from."""
