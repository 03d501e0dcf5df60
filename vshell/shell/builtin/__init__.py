"""The shell's builtins; ``vshell.shell.builtins`` finds them."""
