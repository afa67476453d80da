"""The pages: a season's leaderboard, rounds, chats and facts in a browser, and the same records as JSON.

Everything is read-only: the store is opened so that SQLite itself refuses to write, and nothing is settled. Nothing
is loaded from another host. FastAPI, Jinja and their like are imported when `arena serve` or a report needs them.
"""
