"""People who call."""

from bitewing.kernel.caller import Caller, OrganizationKind, Request, Role

from tests.support.builders import LAB_ID, PRACTICE_ID


def a_caller(
    organization_id: str = PRACTICE_ID,
    kind: OrganizationKind = OrganizationKind.PRACTICE,
    *roles: Role,
    user_id: str = "person-1",
) -> Caller:
    return Caller(
        user_id=user_id,
        organization_id=organization_id,
        organization_kind=kind,
        roles=frozenset(roles or {Role.PRACTICE_STAFF}),
    )


FROM_PRACTICE = a_caller()
FROM_LAB = a_caller(LAB_ID, OrganizationKind.LAB, Role.LAB_STAFF, user_id="person-2")
LAB_ADMIN = a_caller(LAB_ID, OrganizationKind.LAB, Role.LAB_ADMIN, user_id="person-6")
FROM_OTHER_PRACTICE = a_caller("practice-2", user_id="person-3")
FROM_OTHER_LAB = a_caller("lab-2", OrganizationKind.LAB, Role.LAB_ADMIN, user_id="person-4")
CLINICIAN = a_caller("team-1", OrganizationKind.CARE_TEAM, Role.CLINICIAN, user_id="person-5")
PRACTICE_ADMIN = a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.PRACTICE_ADMIN, user_id="person-7")
PLATFORM = a_caller("bitewing", OrganizationKind.PLATFORM, Role.PLATFORM_ADMIN, user_id="person-8")
OTHER_ADMIN = a_caller("practice-2", OrganizationKind.PRACTICE, Role.PRACTICE_ADMIN, user_id="person-9")


def a_request(key: str = "key-1", body: str = "body", caller: str = "practice-1#person-1") -> Request:
    return Request(caller=caller, key=key, fingerprint=f"fingerprint of {body}")
