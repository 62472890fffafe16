"""What each function is made of and what it may do: one module a function, named like its folder."""
