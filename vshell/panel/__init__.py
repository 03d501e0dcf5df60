"""The live panel, on Textual."""
