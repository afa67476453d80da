"""The configurations that come with the arena: arena (OpenRouter), demo (no keys, no network), local (Ollama, vLLM)."""
