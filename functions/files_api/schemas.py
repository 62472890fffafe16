"""The bodies of the files API: those that every function takes which takes files."""

from bitewing.files.bodies import (
    CompletionBody,
    FilesView,
    FileView,
    NewFileBody,
    SignedRequestView,
    UploadView,
)

__all__ = ["CompletionBody", "FileView", "FilesView", "NewFileBody", "SignedRequestView", "UploadView"]
