"""The shell language, headless: a program of the virtual machine."""
