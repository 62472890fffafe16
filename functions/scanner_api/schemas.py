"""The bodies of the scanners' API: those of every function that takes files."""

from bitewing.files.bodies import CompletionBody, FileView, NewFileBody, UploadView

__all__ = ["CompletionBody", "FileView", "NewFileBody", "UploadView"]
