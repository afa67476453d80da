"""LangGraph Studio and the LangGraph server: the graphs they are offered, and the server that `arena studio` starts."""
