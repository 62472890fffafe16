"""By what the cases of one patient are found."""

from bitewing.directory.organization import Practice
from bitewing.kernel.names import digest_of
from bitewing.packet.packet import Patient


def patient_key(practice: Practice | None, patient: Patient) -> str | None:
    """Return a digest of the patient's name, salted by the practice; ``None`` of who has no name or no practice."""
    if practice is None:
        return None
    return digest_of(patient.name, salt=f"{practice.practice_id}#{practice.patient_salt}")
