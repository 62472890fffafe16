"""A lab's own software: machines that call for their lab with a credential of their own."""
