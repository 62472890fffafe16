"""The steps after an inspection: keep or quarantine, check the case again."""
