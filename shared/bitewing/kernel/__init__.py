"""Words that every room uses: errors, ids, teeth, working days, names on the wire."""
