"""The bodies of the scanners' API: those of every function that takes files, but what could take one out."""

from bitewing.files.bodies import CompletionBody, FileView, NewScanBody, UploadView

__all__ = ["CompletionBody", "FileView", "NewScanBody", "UploadView"]
