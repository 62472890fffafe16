import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from infra import bundling
from infra.bundling import LAMBDA, BundlingError, SourceOnly, Target, UvBundler
from infra.recipes import RECIPES, Recipe

ROOT = Path(__file__).resolve().parents[2]

SOURCES = {
    "shared/bitewing/__init__.py": "",
    "shared/bitewing/kernel/__init__.py": "",
    "shared/bitewing/kernel/words.py": "HELLO = 'hello'\n",
    "shared/bitewing/aws/__init__.py": "",
    "shared/bitewing/aws/client.py": (ROOT / "shared/bitewing/aws/client.py").read_text(encoding="utf-8"),
    "shared/bitewing/rules/__init__.py": "",
    "shared/bitewing/rules/first.py": "from bitewing.kernel.words import HELLO\n",
    "shared/bitewing/rules/second.py": "",
    "shared/bitewing/rules/words.txt": "",
    "shared/bitewing/rules/heavy/__init__.py": "",
    "shared/bitewing/types/__init__.py": "class Shown: ...\n",
    "shared/bitewing/other/__init__.py": "",
    "functions/directory_api/handler.py": (
        "from typing import TYPE_CHECKING\n"
        "from bitewing.aws.client import create_client\n"
        "if TYPE_CHECKING:\n"
        "    from bitewing.types import Shown\n"
        "client = create_client('dynamodb')\n"
        "def handler(event, context):\n"
        "    from bitewing.rules import first\n"
        "    return first.HELLO\n"
    ),
    "functions/directory_api/words.json": "{}",
    "functions/access_token/handler.py": "def handler(event, context):\n    return event\n",
    "functions/__init__.py": "FIRST = True\n",
}


#: Parts of packages that no function of this project reads.
UNREAD = ("aws_lambda_powertools/utilities/kafka/", "dateutil/zoneinfo/dateutil-zoneinfo", "pydantic/v1/")


def write(project: Path, sources: dict[str, str]) -> None:
    for place, text in sources.items():
        file = project / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def out_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("build")


@pytest.fixture
def project(tmp_path):
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    write(tmp_path, SOURCES)
    return tmp_path


@pytest.fixture
def bundler(project, out_dir):
    return UvBundler(project, Target.host(), out_dir)


def run_alone(bundle: str, code: str) -> str:
    environment = {"AWS_DEFAULT_REGION": "eu-central-1"}
    command = [
        os.path.realpath(sys.executable),
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path[:0] = [{bundle!r}]\n{code}",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def own_folders(bundle: str) -> set[str]:
    inside = Path(bundle, "bitewing").rglob("*")
    return {path.relative_to(bundle).as_posix() for path in inside if path.is_dir() and path.name != "__pycache__"}


def contents(bundle: str) -> dict[str, bytes]:
    paths = Path(bundle).rglob("*")
    return {path.relative_to(bundle).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def test_a_bundle_runs_alone(bundler):
    bundle = bundler.asset("directory_api")
    answer = run_alone(bundle, "from functions.directory_api.handler import handler; print(handler({}, None))")
    assert answer == "hello"


def test_a_bundle_has_the_folders_that_its_function_imports_from_and_no_other(bundler):
    assert own_folders(bundler.asset("directory_api")) == {
        "bitewing/aws",
        "bitewing/kernel",
        "bitewing/rules",
    }


def test_a_bundle_has_the_modules_that_an_import_names_with_what_lies_beside_them_and_no_others(bundler):
    rules = Path(bundler.asset("directory_api"), "bitewing", "rules")
    assert {path.name for path in rules.iterdir()} - {"__pycache__"} == {
        "__init__.py",
        "first.py",
        "words.txt",
    }


def test_what_a_package_imports_comes_along_with_each_of_its_modules(project, bundler):
    write(project, {"shared/bitewing/rules/__init__.py": "from bitewing.rules import second\n"})
    assert Path(bundler.asset("directory_api"), "bitewing", "rules", "second.py").exists()


def test_a_function_that_imports_nothing_of_ours_is_bundled_with_nothing_of_ours(bundler):
    assert not Path(bundler.asset("access_token"), "bitewing").exists()


def test_files_beside_a_handler_come_along(bundler):
    assert Path(bundler.asset("directory_api"), "functions", "directory_api", "words.json").exists()


def test_what_runs_before_every_function_comes_along(bundler):
    answer = run_alone(bundler.asset("access_token"), "import functions; print(functions.FIRST)")
    assert answer == "True"


def test_a_function_is_bundled_where_nothing_runs_before_it(project, bundler):
    (project / "functions" / "__init__.py").unlink()
    assert not Path(bundler.asset("access_token"), "functions", "__init__.py").exists()


def test_a_package_that_is_imported_whole_comes_along(project, bundler):
    write(project, {"functions/access_token/handler.py": "import bitewing.rules.heavy\n"})
    assert own_folders(bundler.asset("access_token")) == {"bitewing/rules", "bitewing/rules/heavy"}


def test_what_is_imported_when_types_are_not_checked_comes_along(project, bundler):
    lines = ["from typing import TYPE_CHECKING"]
    lines += ["if TYPE_CHECKING:", "    import bitewing.types", "else:", "    import bitewing.other"]
    write(project, {"functions/access_token/handler.py": "\n".join(lines)})
    assert own_folders(bundler.asset("access_token")) == {"bitewing/other"}


def test_a_relative_import_is_refused_with_its_place(project, bundler):
    write(project, {"functions/access_token/handler.py": "from . import schemas\n"})
    with pytest.raises(BundlingError, match=r"access_token/handler\.py: relative imports"):
        bundler.asset("access_token")


def test_a_function_without_a_recipe_is_refused(bundler):
    with pytest.raises(BundlingError, match=r"no recipe for 'rx_pad'"):
        bundler.asset("rx_pad")


def test_a_function_without_a_handler_is_refused(bundler):
    with pytest.raises(BundlingError, match=r"functions/cases_api/handler\.py does not exist"):
        bundler.asset("cases_api")


def test_the_same_sources_make_the_same_bundle_to_the_byte(project, bundler, tmp_path_factory):
    again = UvBundler(project, Target.host(), tmp_path_factory.mktemp("elsewhere"))
    one, other = contents(bundler.asset("directory_api")), contents(again.asset("directory_api"))
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


def test_a_bundle_that_is_there_is_not_made_again(project, out_dir, bundler, monkeypatch):
    made = bundler.asset("directory_api")

    def refuse(command, **_):
        raise AssertionError(f"started {command}")

    monkeypatch.setattr(bundling, "_run", refuse)
    assert UvBundler(project, Target.host(), out_dir).asset("directory_api") == made


@pytest.mark.parametrize(("module", "made_again"), [("kernel/words.py", {"directory_api"}), ("rules/second.py", set())])
def test_a_change_of_a_module_makes_only_the_functions_that_reach_it(project, out_dir, bundler, module, made_again):
    before = {name: bundler.asset(name) for name in ("directory_api", "access_token")}
    write(project, {f"shared/bitewing/{module}": "HELLO = 'good day'\n"})
    changed = UvBundler(project, Target.host(), out_dir)
    assert {name for name in before if changed.asset(name) != before[name]} == made_again


def test_a_change_of_a_recipe_makes_its_function_again(project, out_dir, bundler, monkeypatch):
    before = bundler.asset("directory_api")
    recipe = Recipe("function", {"dynamodb": ("GetItem",)})
    monkeypatch.setattr(bundling, "RECIPES", {**RECIPES, "directory_api": recipe})
    after = UvBundler(project, Target.host(), out_dir).asset("directory_api")
    assert after != before
    assert run_alone(after, ASKS_FOR_OPERATIONS) == "True False"
    assert run_alone(before, ASKS_FOR_OPERATIONS) == "True True"


ASKS_FOR_OPERATIONS = """
from functions.directory_api.handler import client
print(hasattr(client, "get_item"), hasattr(client, "query"))
"""


def test_bytecode_lies_beside_every_source_and_is_never_compared_with_it(bundler):
    bundle = Path(bundler.asset("directory_api"))
    tag = sys.implementation.cache_tag
    sources = [source for source in bundle.rglob("*.py") if not re.search(bundling._UNCOMPILED, str(source))]
    assert len(sources) > 500
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        flags = struct.unpack("<I", compiled.read_bytes()[4:8])[0]
        assert flags == 0b01, f"{source} is compared at every start"


def test_bytecode_names_no_path_of_this_machine(bundler, out_dir):
    for name, content in contents(bundler.asset("directory_api")).items():
        assert str(out_dir).encode() not in content, name


def test_what_no_function_reads_stays_out(bundler):
    names = contents(bundler.asset("directory_api")).keys()
    assert not [name for name in names if name.endswith((".pyi", "/RECORD")) or name.startswith("bin/")]
    assert not [name for name in names if name.startswith(UNREAD)]
    data = {name.split("/")[2] for name in names if name.startswith("botocore/data/") and name.count("/") > 2}
    assert data == set(RECIPES["directory_api"].operations)


def test_every_package_says_its_version_to_scanners(bundler):
    names = contents(bundler.asset("directory_api")).keys()
    assert {name.split("-")[0] for name in names if name.endswith(".dist-info/METADATA")} >= {
        "botocore",
        "pydantic",
    }


def test_what_fails_halfway_leaves_nothing_behind(project, tmp_path_factory, monkeypatch):
    out = tmp_path_factory.mktemp("broken")
    bundler = UvBundler(project, Target.host(), out)
    compiled = UvBundler._compile

    def fail_on_our_code(self, root, parts):
        if "bitewing" in parts:
            raise BundlingError("the disk is full")
        compiled(self, root, parts)

    monkeypatch.setattr(UvBundler, "_compile", fail_on_our_code)
    with pytest.raises(BundlingError, match="full"):
        bundler.asset("directory_api")
    assert list((out / "bundles").iterdir()) == []
    assert [path.name.split("-")[0] for path in (out / "packages").iterdir()] == [RECIPES["directory_api"].group]


def test_of_two_processes_that_make_the_same_the_second_keeps_what_is_there(tmp_path):
    result = tmp_path / "result"
    with bundling._appearing_whole(result) as second:
        (second / "by").write_text("second")
        with bundling._appearing_whole(result) as first:
            (first / "by").write_text("first")
    assert (result / "by").read_text() == "first"
    assert list(tmp_path.iterdir()) == [result]


def test_a_result_that_cannot_be_put_in_place_is_an_error(tmp_path):
    (tmp_path / "result").write_text("a file is in the way")
    with pytest.raises(OSError, match="result"), bundling._appearing_whole(tmp_path / "result"):
        pass


def test_a_lock_file_that_is_not_the_project_s_is_refused_with_the_reason(project, tmp_path_factory):
    pyproject = project / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('function = ["', 'function = ["attrs", "'))
    bundler = UvBundler(project, Target.host(), tmp_path_factory.mktemp("stale"))
    with pytest.raises(BundlingError, match=r"(?s)`uv export \.\.\.` failed.*lock"):
        bundler.asset("directory_api")


def test_bundles_for_lambda_hold_libraries_for_its_processor_and_its_python(project, out_dir):
    bundle = UvBundler(project, LAMBDA, out_dir).asset("directory_api")
    libraries = {path.name for path in Path(bundle).rglob("*.so")}
    assert libraries
    assert all(name.endswith(".cpython-314-aarch64-linux-gnu.so") for name in libraries)


def test_without_a_python_of_the_target_bundles_hold_sources_and_say_so(project, out_dir, monkeypatch):
    monkeypatch.setattr(bundling, "_find_python", lambda _version: None)
    bundler = UvBundler(project, LAMBDA, out_dir)
    assert not bundler.precompiled
    assert not list(Path(bundler.asset("access_token")).rglob("*.pyc"))


def test_a_python_of_the_target_compiles_for_it(project, out_dir, monkeypatch):
    # The same Python under another number: what counts is that it is asked to compile.
    monkeypatch.setattr(bundling, "_find_python", lambda _version: sys.executable)
    bundler = UvBundler(project, LAMBDA, out_dir)
    assert bundler.precompiled
    assert list(Path(bundler.asset("access_token"), "functions").rglob("*.pyc"))


def test_this_python_is_found_by_its_number_and_one_that_is_not_there_is_not():
    assert bundling._find_python(Target.host().python_version) is not None
    assert bundling._find_python("3.7") in {None, shutil.which("python3.7")}
    assert bundling._find_python("3.99") is None


def test_without_uv_the_error_says_how_to_get_it(monkeypatch, tmp_path):
    bundling._uv.cache_clear()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BundlingError, match="make install"):
        bundling._uv()
    bundling._uv.cache_clear()


def test_uv_of_the_machine_does_when_the_environment_has_none(monkeypatch, tmp_path):
    bundling._uv.cache_clear()
    uv = tmp_path / "uv"
    uv.touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bundling._uv() == str(uv)
    bundling._uv.cache_clear()


def test_where_links_are_not_to_be_had_files_are_copied(tmp_path, monkeypatch):
    def refuse(source, target):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "source").write_text("text")
    bundling._link(str(tmp_path / "source"), str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_text() == "text"


def test_sources_alone_are_given_at_once_for_any_function(project):
    sources = SourceOnly(project)
    assert sources.asset("directory_api") == sources.asset("rx_pad") == str(project / "functions")


def test_bundles_are_kept_in_the_build_folder_of_the_project(project, monkeypatch):
    monkeypatch.setattr(UvBundler, "_assemble", lambda *_: None)
    bundle = Path(UvBundler(project, Target.host()).asset("access_token"))
    assert bundle.parent == project / "build" / "bundles"


def test_a_file_that_is_no_source_has_no_place_in_a_bundle(project):
    with pytest.raises(ValueError, match="is not a source of bitewing, functions"):
        bundling._Sources(project).place_of(project / "pyproject.toml")
