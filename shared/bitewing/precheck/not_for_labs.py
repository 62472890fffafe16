"""Rules of which labs are told nothing; written down, because a start of a function is not to load every rule.

A test holds them to the registry.
"""

from typing import Final

#: Rules about the practice itself; that one of them was acknowledged says what it found.
PRACTICE_RULES: Final = frozenset({"CTX-LAB", "CTX-DENTIST", "CTX-SETUP", "CTX-BILLING"})
#: Rules about other cases of the patient, which may be such as the lab does not know.
RULES_OF_OTHER_CASES: Final = frozenset({"CSE-DUPLICATE"})
#: Rules of which a lab learns nothing: neither what they find, nor that they found something.
NOT_FOR_LABS: Final = PRACTICE_RULES | RULES_OF_OTHER_CASES
