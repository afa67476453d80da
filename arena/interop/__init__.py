"""Other projects' records, brought in as seasons and ModelChats: AI-Trader's competitions, TradingAgents' states."""
