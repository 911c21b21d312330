"""Reading a file, confirming what was read, and taking it back."""
