"""The prompt, on prompt_toolkit."""
