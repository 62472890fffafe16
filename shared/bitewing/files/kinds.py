"""What files of a case are for."""

from enum import StrEnum


class FileKind(StrEnum):
    """What a file is for."""

    UPPER_SCAN = "upper_scan"
    LOWER_SCAN = "lower_scan"
    BITE_SCAN = "bite_scan"
    PREP_SCAN = "prep_scan"
    SCAN_BODY_SCAN = "scan_body_scan"
    CBCT = "cbct"
    PHOTO = "photo"
    XRAY = "xray"
    SMILE_DESIGN = "smile_design"
    DOCUMENT = "document"
    OTHER = "other"
