"""The prompt in a real terminal: prompt_toolkit in front of a machine."""
