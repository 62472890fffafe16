"""The routes by which a case goes on after it was sent: its moves, and the name of its patient."""
