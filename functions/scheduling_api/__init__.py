"""The routes of scheduling: periods, availability, and the Case Days that practices ask for."""
