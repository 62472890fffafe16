"""Every event that there is, as far as rules can ask for it.

Written by ``python -m tools.notified_facts``; changes here are lost.
"""

from collections.abc import Mapping
from typing import Final

from bitewing.notifications.fact import FactForm, form_of

# fmt: off
EVENTS: Final[Mapping[str, FactForm]] = {
    "AnnouncementChanged": form_of(
        "announcement_id announcement_version publisher_kind publisher_id kind starts_at ends_at",
        publisher_kind="practice lab care_team platform",
        kind="news system",
    ),
    "AnnouncementPublished": form_of(
        "announcement_id announcement_version publisher_kind publisher_id kind starts_at ends_at",
        publisher_kind="practice lab care_team platform",
        kind="news system",
    ),
    "AnnouncementWithdrawn": form_of(
        "announcement_id announcement_version publisher_kind publisher_id",
        publisher_kind="practice lab care_team platform",
    ),
    "AvailabilityReviewed": form_of(
        "period_id care_team_id clinician_id availability_version to",
        to="submitted approved needs_changes",
    ),
    "AvailabilitySubmitted": form_of(
        "period_id care_team_id clinician_id availability_version",
    ),
    "CarePreferencesChanged": form_of(
        "practice_id care_team_id preferences_version",
    ),
    "CaseArchived": form_of(
        "case_id practice_id lab_id case_version by",
        by="practice lab system",
    ),
    "CaseChanged": form_of(
        "case_id practice_id lab_id case_version fields",
    ),
    "CaseChecked": form_of(
        "case_id practice_id lab_id case_version outcome rule_ids",
        outcome="PASS WARN BLOCK",
    ),
    "CaseCreated": form_of(
        "case_id practice_id lab_id case_version case_type started_by",
        case_type=(
            "crown bridge veneer inlay_onlay implant_crown custom_abutment surgical_guide "
            "full_arch_implant complete_denture partial_denture night_guard retainer_aligner "
            "diagnostic_wax_up"
        ),
        started_by="practice lab system",
    ),
    "CaseDayChangeDecided": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers fields is_approved"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        fields="note arrival contact rooms patients starts_at minutes expected_patients kind on",
        is_approved="false true",
    ),
    "CaseDayChangeWanted": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers fields"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        fields="note arrival contact rooms patients starts_at minutes expected_patients kind on",
    ),
    "CaseDayChanged": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers fields by"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        fields="note arrival contact rooms patients starts_at minutes expected_patients kind on",
        by="practice manager clinician system",
    ),
    "CaseDayCreated": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers period_id request_id"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
    ),
    "CaseDayMoved": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers origin to by"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        origin="tentative confirmed in_progress completed cancelled rejected",
        to="tentative confirmed in_progress completed cancelled rejected",
        by="practice manager clinician system",
    ),
    "CaseDayNotConfirmed": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
    ),
    "CaseDayPatientsChanged": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers patients case_ids"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
    ),
    "CaseDayRequestChanged": form_of(
        "period_id care_team_id request_id practice_id request_version fields",
    ),
    "CaseDayRequestMoved": form_of(
        "period_id care_team_id request_id practice_id request_version origin to",
        origin="requested proposed confirmed completed unmatched rejected withdrawn",
        to="requested proposed confirmed completed unmatched rejected withdrawn",
    ),
    "CaseDayRequested": form_of(
        "period_id care_team_id request_id practice_id request_version",
    ),
    "CaseDayRescheduled": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers previous_on kept released"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
    ),
    "CaseDayWorkInTime": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers case_id arrives_on"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
    ),
    "CaseDayWorkLate": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers case_id arrives_on"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
    ),
    "CaseMoved": form_of(
        "case_id practice_id lab_id case_version origin to by",
        origin=(
            "draft processing received missing_info returned ready_to_plan planning_scheduled "
            "planning_no_show manufacturing finished shipped delivered on_hold cancelled"
        ),
        to=(
            "draft processing received missing_info returned ready_to_plan planning_scheduled "
            "planning_no_show manufacturing finished shipped delivered on_hold cancelled"
        ),
        by="practice lab system",
    ),
    "CaseNoted": form_of(
        "case_id practice_id lab_id case_version note_id by",
        by="practice lab system",
    ),
    "CaseRemade": form_of(
        "case_id practice_id lab_id case_version",
    ),
    "CaseReturned": form_of(
        (
            "case_id practice_id lab_id case_version case_type to submission_number submitted_at "
            "sent_by is_first_pass first_sent_at return_number reasons rule_ids"
        ),
        case_type=(
            "crown bridge veneer inlay_onlay implant_crown custom_abutment surgical_guide "
            "full_arch_implant complete_denture partial_denture night_guard retainer_aligner "
            "diagnostic_wax_up"
        ),
        to=(
            "draft processing received missing_info returned ready_to_plan planning_scheduled "
            "planning_no_show manufacturing finished shipped delivered on_hold cancelled"
        ),
        sent_by="practice lab system",
        is_first_pass="false true",  # noqa: S106 - it is none
        reasons=(
            "prep_noise bite_relation arch_distortion scan_body_seating insufficient_scan "
            "undercut_or_path margin_hidden too_little_reduction rx_incomplete change_of_mind "
            "broken_or_lost delayed_visit discomfort anatomy_or_contact wrong_library "
            "cement_gap_or_path shade_mismatch chip fit delivery wrong_implant_brand file_corrupted "
            "file_wrong_patient file_missing"
        ),
    ),
    "CaseSubmitted": form_of(
        (
            "case_id practice_id lab_id case_version case_type submission_number sent_by rules_fired "
            "acknowledged"
        ),
        case_type=(
            "crown bridge veneer inlay_onlay implant_crown custom_abutment surgical_guide "
            "full_arch_implant complete_denture partial_denture night_guard retainer_aligner "
            "diagnostic_wax_up"
        ),
        sent_by="practice lab system",
    ),
    "CaseUnarchived": form_of(
        "case_id practice_id lab_id case_version by",
        by="practice lab system",
    ),
    "ClinicianChanged": form_of(
        "care_team_id clinician_id clinician_version fields",
    ),
    "ClinicianEntered": form_of(
        "care_team_id clinician_id clinician_version role",
        role="nurse medic anesthesiologist",
    ),
    "ConnectionMoved": form_of(
        "practice_id lab_id connection_version to by",
        to="asked accepted declined ended",
        by="practice lab care_team platform",
    ),
    "CorrectionDone": form_of(
        "case_id practice_id lab_id case_version link_id findings_left",
    ),
    "CorrectionLinkIssued": form_of(
        "case_id practice_id lab_id case_version link_id",
    ),
    "CorrectionLinkRevoked": form_of(
        "case_id practice_id lab_id case_version link_id",
    ),
    "FileAnnounced": form_of(
        "case_id practice_id lab_id file_id file_version kind size_bytes",
        kind=(
            "upper_scan lower_scan bite_scan prep_scan scan_body_scan cbct photo xray smile_design "
            "document other"
        ),
    ),
    "FileKept": form_of(
        "case_id practice_id lab_id file_id file_version kind format",
        kind=(
            "upper_scan lower_scan bite_scan prep_scan scan_body_scan cbct photo xray smile_design "
            "document other"
        ),
        format="stl ply obj mesh_3shape dicom dicom_series jpeg png heic webp pdf xml zip unknown",
    ),
    "FileQuarantined": form_of(
        "case_id practice_id lab_id file_id file_version kind",
        kind=(
            "upper_scan lower_scan bite_scan prep_scan scan_body_scan cbct photo xray smile_design "
            "document other"
        ),
    ),
    "FileRemoved": form_of(
        "case_id practice_id lab_id file_id file_version kind",
        kind=(
            "upper_scan lower_scan bite_scan prep_scan scan_body_scan cbct photo xray smile_design "
            "document other"
        ),
    ),
    "FileReplaced": form_of(
        "case_id practice_id lab_id file_id file_version kind replaced_by",
        kind=(
            "upper_scan lower_scan bite_scan prep_scan scan_body_scan cbct photo xray smile_design "
            "document other"
        ),
    ),
    "HeldCaseWentOn": form_of(
        "case_id practice_id lab_id case_version comes_back_to",
        comes_back_to=(
            "draft processing received missing_info returned ready_to_plan planning_scheduled "
            "planning_no_show manufacturing finished shipped delivered on_hold cancelled"
        ),
    ),
    "MatchRunDecided": form_of(
        "period_id care_team_id run_id run_version undecided",
    ),
    "MatchRunMoved": form_of(
        "period_id care_team_id run_id run_version origin to",
        origin="preparing solving proposed asking done rejected expired cancelled failed",
        to="preparing solving proposed asking done rejected expired cancelled failed",
    ),
    "MatchRunProposed": form_of(
        "period_id care_team_id run_id run_version proposed unmatched decide_by",
    ),
    "MatchRunReminded": form_of(
        "period_id care_team_id run_id run_version undecided decide_by",
    ),
    "MatchRunStarted": form_of(
        "period_id care_team_id run_id run_version is_by_itself",
        is_by_itself="false true",
    ),
    "MemberInvited": form_of(
        "user_id organization_kind organization_id member_version by roles",
        organization_kind="practice lab care_team platform",
        roles="practice_admin practice_staff lab_admin lab_staff clinician manager platform_admin",
    ),
    "MemberJoined": form_of(
        "user_id organization_kind organization_id member_version by roles is_first",
        organization_kind="practice lab care_team platform",
        roles="practice_admin practice_staff lab_admin lab_staff clinician manager platform_admin",
        is_first="false true",
    ),
    "MemberLeft": form_of(
        "user_id organization_kind organization_id member_version by",
        organization_kind="practice lab care_team platform",
    ),
    "MemberRolesChanged": form_of(
        "user_id organization_kind organization_id member_version by roles",
        organization_kind="practice lab care_team platform",
        roles="practice_admin practice_staff lab_admin lab_staff clinician manager platform_admin",
    ),
    "PeriodChanged": form_of(
        "period_id care_team_id period_version availability_due_at requests_due_at fields",
    ),
    "PeriodMoved": form_of(
        "period_id care_team_id period_version origin to",
        origin="collecting reviewing matching proposed published closed",
        to="collecting reviewing matching proposed published closed",
    ),
    "PeriodOpened": form_of(
        "period_id care_team_id period_version availability_due_at requests_due_at",
    ),
    "PlanningSessionBooked": form_of(
        "case_id practice_id lab_id case_version session_id planner starts_at ends_at",
    ),
    "PlanningSessionHeld": form_of(
        "case_id practice_id lab_id case_version session_id planner starts_at ends_at",
    ),
    "PlanningSessionMissed": form_of(
        "case_id practice_id lab_id case_version session_id planner starts_at ends_at",
    ),
    "PlanningSessionMoved": form_of(
        (
            "case_id practice_id lab_id case_version session_id planner starts_at ends_at "
            "previous_starts_at"
        ),
    ),
    "PlanningSessionReleased": form_of(
        "case_id practice_id lab_id case_version session_id planner starts_at ends_at",
    ),
    "PracticeBillingChanged": form_of(
        "practice_id to by",
        to="active past_due missing",
    ),
    "PracticeConfirmed": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
    ),
    "ProfilePublished": form_of(
        "lab_id case_type profile_version is_offered fields",
        case_type=(
            "crown bridge veneer inlay_onlay implant_crown custom_abutment surgical_guide "
            "full_arch_implant complete_denture partial_denture night_guard retainer_aligner "
            "diagnostic_wax_up"
        ),
        is_offered="false true",
    ),
    "RequirementsChanged": form_of(
        (
            "case_id practice_id lab_id case_type profile_version outcome rules_new rules_gone "
            "rules_changed"
        ),
        case_type=(
            "crown bridge veneer inlay_onlay implant_crown custom_abutment surgical_guide "
            "full_arch_implant complete_denture partial_denture night_guard retainer_aligner "
            "diagnostic_wax_up"
        ),
        outcome="PASS WARN BLOCK",
    ),
    "ReturnReasonAnswered": form_of(
        "case_id practice_id lab_id case_version return_number reason_id",
    ),
    "RxIssued": form_of(
        "case_id practice_id lab_id case_version rx_number submission_number",
    ),
    "SentOtherwiseArrived": form_of(
        "case_id practice_id lab_id case_version kind",
        kind=(
            "upper_scan lower_scan bite_scan prep_scan scan_body_scan cbct photo xray smile_design "
            "document other"
        ),
    ),
    "ShipmentAdded": form_of(
        "case_id practice_id lab_id case_version shipment_number carrier",
        carrier="ups fedex usps dhl courier pickup other",
    ),
    "ShipmentMoved": form_of(
        "case_id practice_id lab_id case_version shipment_number carrier state state_at",
        carrier="ups fedex usps dhl courier pickup other",
        state="label_created in_transit out_for_delivery delivered exception returned unknown",
    ),
    "ShipmentReceived": form_of(
        "case_id practice_id lab_id case_version shipment_number by",
        by="practice lab system",
    ),
    "ShipmentRemoved": form_of(
        "case_id practice_id lab_id case_version shipment_number carrier",
        carrier="ups fedex usps dhl courier pickup other",
    ),
    "SiteChanged": form_of(
        "practice_id site_id site_version fields",
    ),
    "SiteEntered": form_of(
        "practice_id site_id",
    ),
    "TeamMemberAccepted": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers clinician_id role"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        role="nurse medic anesthesiologist",
    ),
    "TeamMemberAsked": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers clinician_id role answer_due_at"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        role="nurse medic anesthesiologist",
    ),
    "TeamMemberDeclined": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers clinician_id role"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        role="nurse medic anesthesiologist",
    ),
    "TeamMemberRemoved": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers clinician_id role"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        role="nurse medic anesthesiologist",
    ),
    "TeamMemberSilent": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers clinician_id role answer_due_at"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        role="nurse medic anesthesiologist",
    ),
    "TeamMemberUnfit": form_of(
        (
            "case_day_id care_team_id practice_id case_day_version members on concerns "
            "concerns_practice concerns_managers clinician_id role rules"
        ),
        concerns_practice="false true",
        concerns_managers="false true",
        role="nurse medic anesthesiologist",
        rules="inactive role license skill blocked availability claimed drive week row",
    ),
}
