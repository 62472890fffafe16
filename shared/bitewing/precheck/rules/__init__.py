"""The PreCheck rules, one file a rule; each file's ``ID`` is the rule's stable id."""

from collections.abc import Iterator
from typing import Final, Protocol

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.rules import (
    cse_duplicate,
    cse_remake,
    cse_return,
    ctx_billing,
    ctx_dentist,
    ctx_lab,
    ctx_setup,
    ctx_type,
    dcm_age,
    dcm_gap,
    dcm_series,
    dcm_voxel,
    due_appointment,
    due_asap,
    due_impossible,
    due_missing,
    fil_duplicate,
    fil_format,
    fil_pending,
    fil_quarantined,
    fil_required,
    fil_unreadable,
    idt_patient,
    imp_retention,
    imp_scanbody,
    imp_system,
    msh_arch,
    msh_density,
    msh_holes,
    msh_units,
    phi_location,
    rx_attest,
    rx_contact,
    rx_description,
    rx_lab,
    rx_license,
    rx_material,
    rx_patient,
    rx_piece,
    rx_signature,
    sel_required,
    sel_unknown,
    shd_missing,
    shd_photo,
    shd_stump,
    shd_unknown,
    tth_bridge,
    tth_invalid,
    tth_text,
    tth_twice,
)


class Rule(Protocol):
    """What the module of a rule holds."""

    @property
    def ID(self) -> str:  # noqa: N802 (a constant of the rule's module)
        """Return the stable id: it stands in findings, acknowledgements, profiles and reports."""

    @property
    def OUTCOME(self) -> Outcome:  # noqa: N802 (a constant of the rule's module)
        """Return what a finding is, unless the rule or the lab's profile says otherwise."""

    @property
    def IS_LEGAL(self) -> bool:  # noqa: N802 (a constant of the rule's module)
        """Whether the law asks for it, so that no lab can lower or silence it."""

    @property
    def SOURCE(self) -> FindingSource:  # noqa: N802 (a constant of the rule's module)
        """Return where its findings come from."""

    def check(self, checked: CheckedCase) -> Iterator[Finding]:
        """Yield what is missing or wrong."""


#: Every rule, in the order in which a person would fix what they find: the context, what the packet says, its
#: files, and at last what is stated and signed about the whole.
RULES: Final[tuple[Rule, ...]] = (
    ctx_lab,
    ctx_type,
    ctx_dentist,
    ctx_setup,
    ctx_billing,
    cse_return,
    rx_license,
    rx_patient,
    rx_lab,
    rx_piece,
    rx_material,
    rx_description,
    rx_contact,
    due_impossible,
    due_missing,
    due_asap,
    due_appointment,
    tth_invalid,
    tth_bridge,
    tth_twice,
    tth_text,
    sel_unknown,
    sel_required,
    shd_missing,
    shd_unknown,
    shd_stump,
    shd_photo,
    imp_system,
    imp_scanbody,
    imp_retention,
    fil_required,
    fil_pending,
    fil_unreadable,
    fil_format,
    fil_duplicate,
    fil_quarantined,
    msh_units,
    msh_density,
    msh_holes,
    msh_arch,
    dcm_series,
    dcm_gap,
    dcm_voxel,
    dcm_age,
    idt_patient,
    cse_remake,
    cse_duplicate,
    phi_location,
    rx_attest,
    rx_signature,
)
