"""The files of the walk."""

import pytest

from local.scans import real_scans, scans_for_walk
from local.trouble import Trouble

KINDS = {"upper_scan", "lower_scan", "bite_scan", "cbct", "photo"}


def test_without_a_folder_everything_is_generated():
    assert {scan.kind for scan in scans_for_walk(None, patient="Marta Quill")} == KINDS


def test_real_arches_replace_the_generated_ones(tmp_path):
    (tmp_path / "case-upper.ply").write_bytes(b"ply")
    (tmp_path / "case-UPPER.stl").write_bytes(b"stl")
    (tmp_path / "lower.obj").write_bytes(b"obj")
    (tmp_path / "lower.txt").write_bytes(b"notes")
    scans = {scan.kind: scan for scan in scans_for_walk(tmp_path, patient="Marta Quill")}
    assert set(scans) == KINDS
    assert scans["upper_scan"].content == b"stl"
    assert scans["lower_scan"].content == b"obj"


def test_a_missing_arch_is_named(tmp_path):
    (tmp_path / "upper.stl").write_bytes(b"stl")
    with pytest.raises(Trouble, match="no lower scan"):
        real_scans(tmp_path)
