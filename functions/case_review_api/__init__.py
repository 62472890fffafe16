"""The routes about what lab and practice say of a case: returns and answers, notes, what arrived otherwise."""
