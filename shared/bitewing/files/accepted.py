"""Which formats are accepted for which kind of file."""

from collections.abc import Mapping
from typing import Final

from bitewing.files.inspection import FileFormat
from bitewing.files.kinds import FileKind

_F = FileFormat
_MESHES: Final = frozenset({_F.STL, _F.PLY, _F.OBJ, _F.MESH_3SHAPE})
_IMAGES: Final = frozenset({_F.JPEG, _F.PNG, _F.HEIC, _F.WEBP})

#: Kind to the formats that it can come in.
ACCEPTED: Final[Mapping[FileKind, frozenset[FileFormat]]] = {
    FileKind.UPPER_SCAN: _MESHES,
    FileKind.LOWER_SCAN: _MESHES,
    FileKind.BITE_SCAN: _MESHES,
    FileKind.PREP_SCAN: _MESHES,
    FileKind.SCAN_BODY_SCAN: _MESHES,
    FileKind.CBCT: frozenset({_F.DICOM, _F.DICOM_SERIES}),
    FileKind.PHOTO: _IMAGES,
    FileKind.XRAY: _IMAGES | {_F.DICOM, _F.PDF},
    FileKind.SMILE_DESIGN: _IMAGES | _MESHES | {_F.PDF, _F.ZIP},
    FileKind.DOCUMENT: _IMAGES | {_F.PDF, _F.XML, _F.ZIP},
    FileKind.OTHER: frozenset(_F) - {_F.UNKNOWN},
}


def accepts(kind: FileKind, file_format: FileFormat) -> bool:
    """Whether a file of this kind can come in this format. What is of no known format never can."""
    return file_format in ACCEPTED[kind]
