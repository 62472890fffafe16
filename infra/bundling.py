"""Bundles functions for the Python and the processor that they run on, without Docker.

A bundle is a directory: the packages of one dependency group, at the versions and hashes of ``uv.lock``,
botocore cut to the calls of the function, the modules of ``bitewing`` that the function reaches, and the
function itself. Everything is compiled beforehand, because Lambda cannot keep what it compiles: without, each
cold start would compile a thousand modules.

Results are kept under ``build/``, named by a digest of all that went in: what has not changed is not made
again, and a change of one module of ``bitewing`` makes only the functions that reach it.
"""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final, Protocol

from infra import botocore_data
from infra.recipes import RECIPES, Recipe

#: Paths in installed packages that no function reads: tests, types, headers, command lines, web pages, time
#: zones of other systems than Lambda's, names of holidays in other languages, days of stock exchanges, models of
#: pydantic 1, and what Powertools does for others.
_UNREAD: Final = (
    ".lock",
    "bin",
    "**/tests",
    "**/*.pyi",
    "**/py.typed",
    "**/*.pxd",
    "**/*.h",
    "**/*.a",
    "**/__pycache__",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    "aws_lambda_powertools/utilities/auth_alpha",
    "aws_lambda_powertools/utilities/circuit_breaker",
    "aws_lambda_powertools/utilities/feature_flags",
    "aws_lambda_powertools/utilities/kafka",
    "aws_lambda_powertools/utilities/streaming",
    "dateutil/zoneinfo/*.tar.gz",
    "holidays/financial",
    "holidays/locale",
    "numpy/f2py",
    "pydantic/v1",
)
#: Modules that stay sources, which halves them: no start loads the holidays of 250 countries, but a request or two of
#: each lab a year, which takes a second longer.
_UNCOMPILED: Final = r"[/\\]holidays[/\\](calendars|countries)[/\\]"
#: Of a package's metadata only this stays: it names package and version to vulnerability scanners.
_METADATA: Final = "METADATA"
_OWN_PACKAGES: Final = ("bitewing", "functions")
_DIGEST_LENGTH: Final = 16
_BOTOCORE_DATA_PLACE: Final = Path("botocore", "data")
_INSTALLED: Final = "installed"
_BOTOCORE_DATA: Final = "botocore_data"


class BundlingError(Exception):
    """A bundle could not be made; the message says what to do."""


class Bundler(Protocol):
    """Who makes the code of functions."""

    def asset(self, function: str) -> str:
        """Give the directory with everything that a function runs on.

        Args:
            function: Name of the folder under ``functions/``.
        """
        ...


class SourceOnly:
    """Gives the sources as they are, at once: for templates whose functions are never started."""

    def __init__(self, project_root: Path) -> None:
        """Remember where the project is.

        Args:
            project_root: The directory of ``pyproject.toml``.
        """
        self._functions = project_root / "functions"

    def asset(self, function: str) -> str:  # noqa: ARG002 (the same directory does for every function)
        """Give the directory of all functions."""
        return str(self._functions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a bundle runs.

    Attributes:
        python_version: Major and minor version, for example "3.14".
        platform: The platform as ``uv --python-platform`` names it; None is this machine.
    """

    python_version: str
    platform: str | None

    @classmethod
    def host(cls) -> "Target":
        """Give this machine and the Python that runs this."""
        return cls(python_version=_this_python(), platform=None)


#: Lambda on Graviton; Amazon Linux 2023 has glibc 2.34.
LAMBDA: Final = Target(python_version="3.14", platform="aarch64-manylinux_2_28")


class UvBundler:
    """Bundles with uv, from its lock file."""

    def __init__(self, project_root: Path, target: Target, out_dir: Path | None = None) -> None:
        """Prepare; nothing is made before it is asked for.

        Args:
            project_root: The directory of ``pyproject.toml`` and ``uv.lock``.
            target: Where the bundles run.
            out_dir: Where bundles and what they are made of are kept; ``build/`` of the project by default.
        """
        self._root = project_root.resolve()
        self._target = target
        self._out = (out_dir or self._root / "build").resolve()
        self._sources = _Sources(self._root)

    @property
    def precompiled(self) -> bool:
        """Whether bundles are compiled: false when no Python of the target's version is on this machine.

        They run all the same, and every cold start takes about 2.5 times as long.
        """
        return self._compiler is not None

    def asset(self, function: str) -> str:
        """Give the directory with everything that a function runs on, made now if it was not yet.

        The directory's name ends in a digest of all that went in.

        Raises:
            BundlingError: There is no recipe for the function, uv is not there, or it could not install.
        """
        if (recipe := RECIPES.get(function)) is None:
            raise BundlingError(f"infra/recipes.py has no recipe for {function!r}")
        own = self._sources.reached_from(function)
        digest = _digest(self._packages_digest(recipe.group), repr(recipe), *self._sources.contents(own))
        bundle = self._out / "bundles" / f"{function}-{digest}"
        if not bundle.exists():
            self._assemble(bundle, recipe, own)
        return str(bundle)

    def _assemble(self, bundle: Path, recipe: Recipe, own: Iterable[Path]) -> None:
        packages = self._packages(recipe.group)
        with _appearing_whole(bundle) as work:
            # Links: functions share one copy of what they have in common. Nothing is ever changed in place.
            shutil.copytree(packages / _INSTALLED, work, dirs_exist_ok=True, copy_function=_link)
            botocore_data.trim(packages / _BOTOCORE_DATA, work / _BOTOCORE_DATA_PLACE, recipe.operations)
            for source in own:
                copy = work / self._sources.place_of(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
            self._compile(work, _OWN_PACKAGES)

    # --- What is installed -------------------------------------------------------------------------------

    def _packages_digest(self, group: str) -> str:
        lock = (self._root / "uv.lock").read_bytes()
        return _digest(group, repr(self._target), f"compiled: {self.precompiled}", lock, *_own_recipe())

    def _packages(self, group: str) -> Path:
        """Give a directory with the installed packages, compiled, and beside them the data of botocore."""
        packages = self._out / "packages" / f"{group}-{self._packages_digest(group)}"
        if not packages.exists():
            _say(f"Installing the packages of the group {group} for Python {self._target.python_version} ...")
            with _appearing_whole(packages) as work:
                installed = work / _INSTALLED
                self._install(group, installed, requirements=work / "requirements.txt")
                (installed / _BOTOCORE_DATA_PLACE).rename(work / _BOTOCORE_DATA)
                _prune(installed)
                self._compile(installed, ["."])
        return packages

    def _install(self, group: str, into: Path, *, requirements: Path) -> None:
        export = ["export", "--quiet", "--locked", "--only-group", group, "--no-emit-project", "--no-header"]
        _run([_uv(), *export, "--no-annotate", "--output-file", str(requirements)], cwd=self._root)
        target = ["--target", str(into), "--python-version", self._target.python_version]
        if self._target.platform is not None:
            target += ["--python-platform", self._target.platform]
        checks = ["--only-binary", ":all:", "--require-hashes", "--requirement", str(requirements)]
        install = [_uv(), "pip", "install", "--quiet", "--python", sys.executable, *target, *checks]
        try:
            # Whatever is pinned by hash and already here needs no question to the index.
            _run([*install, "--offline"], cwd=self._root)
        except BundlingError:
            _run(install, cwd=self._root)

    # --- Compiling ---------------------------------------------------------------------------------------

    @cached_property
    def _compiler(self) -> str | None:
        """A Python whose bytecode the target reads."""
        if self._target.python_version == _this_python():
            return sys.executable
        return _find_python(self._target.python_version)

    def _compile(self, root: Path, parts: Iterable[str]) -> None:
        if self._compiler is None:
            return
        # Unchecked: the sources lie beside for tracebacks, and no start compares them. One process, and no
        # path of this machine: the same sources give the same bytes.
        options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(root), "-x", _UNCOMPILED]
        places = [str(root / part) for part in parts]
        _run([self._compiler, "-I", "-m", "compileall", *options, *places], cwd=root)


class _Sources:
    """The project's own code, and what of it a function reaches.

    A function has its own folder whole. Beyond it a module comes along when an import names it, wherever the
    import stands; with it come the packages around it, and what lies beside it and is no module.
    """

    def __init__(self, root: Path) -> None:
        self._places = {"bitewing": root / "shared" / "bitewing", "functions": root / "functions"}
        self._imports_of = cache(_imports)
        self._files_of_package = cache(_files_of_package)

    def reached_from(self, function: str) -> list[Path]:
        """Give the files that a function needs, sorted.

        Raises:
            BundlingError: The function has no handler, or an import cannot be followed.
        """
        home = self._places["functions"] / function
        if not (home / "handler.py").exists():
            raise BundlingError(f"functions/{function}/handler.py does not exist")
        first = self._places["functions"] / "__init__.py"
        waiting = _files(home) + ([first] if first.exists() else [])
        reached: set[Path] = set()
        while waiting:
            path = waiting.pop()
            if path in reached:
                continue
            reached.add(path)
            if path.suffix == ".py":
                for name in self._imports_of(path):
                    waiting.extend(self._files_of(name))
        return sorted(reached)

    def contents(self, paths: Iterable[Path]) -> Iterator[str]:
        """Give place and digest of each file."""
        for path in paths:
            yield f"{self.place_of(path)} {hashlib.sha256(path.read_bytes()).hexdigest()}"

    def place_of(self, path: Path) -> Path:
        """Give where a file lies in a bundle."""
        for package, place in self._places.items():
            if path.is_relative_to(place):
                return package / path.relative_to(place)
        raise ValueError(f"{path} is not a source of {', '.join(self._places)}")

    def _files_of(self, name: str) -> Iterator[Path]:
        """Give the files of a module or of a name in it, and those of the packages around it."""
        package, *inner = name.split(".")
        if (folder := self._places.get(package)) is None:
            return
        yield from self._files_of_package(folder)
        for part in inner:
            if (module := folder / f"{part}.py").exists():
                yield module
            folder /= part
            if not folder.is_dir():
                return
            yield from self._files_of_package(folder)


def _imports(path: Path) -> tuple[str, ...]:
    """Give the full names that a file imports, anywhere in it, except those for type checkers only."""
    names: list[str] = []
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"), str(path))]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=otherwise):
                waiting.extend(otherwise)
            case ast.Import(names=aliases):
                names.extend(alias.name for alias in aliases)
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                names.extend(f"{module}.{alias.name}" for alias in aliases)
            case ast.ImportFrom():
                raise BundlingError(f"{path}: relative imports are not followed; name the module in full")
            case _:
                waiting.extend(ast.iter_child_nodes(node))
    return tuple(names)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in {".pyc", ".pyi"})


def _files_of_package(folder: Path) -> list[Path]:
    """Give what comes with every module of a package."""
    return [path for path in _files(folder) if path.suffix != ".py" or path.stem == "__init__"]


def _prune(packages: Path) -> None:
    for pattern in _UNREAD:
        for path in sorted(packages.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
    for path in packages.glob("*.dist-info/**/*"):
        if path.is_file() and path.name != _METADATA:
            path.unlink()
    for path in sorted(packages.glob("*.dist-info/**/"), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


@contextmanager
def _appearing_whole(result: Path) -> Iterator[Path]:
    """Give a directory to work in that becomes the result at the end, or disappears.

    Whoever comes second, in another process, keeps what the first one made.
    """
    result.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{result.name}-", dir=result.parent))
    try:
        yield work
        work.chmod(0o755)
        try:
            work.rename(result)
        except OSError:
            if not result.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # A file system without links.
        shutil.copyfile(source, target)


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:_DIGEST_LENGTH]


def _own_recipe() -> Iterator[bytes]:
    """Give the code that makes bundles: when it changes, they are made again."""
    for module in (__file__, botocore_data.__file__):
        yield Path(module).read_bytes()


def _this_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@cache
def _uv() -> str:
    """Find uv: of this environment, else of the machine."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise BundlingError("uv was not found: make the environment with `make install`, or install uv")
    return found


def _find_python(version: str) -> str | None:
    """Find a Python of a version on this machine, without fetching one."""
    find = [_uv(), "python", "find", "--offline", "--no-python-downloads", "--no-project", version]
    found = subprocess.run(  # noqa: S603 (our own command)
        find, capture_output=True, text=True, check=False, env=_environment()
    )
    return found.stdout.strip() if found.returncode == 0 else None


def _run(command: list[str], *, cwd: Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own commands)
        command, cwd=cwd, capture_output=True, text=True, check=False, env=_environment()
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise BundlingError(f"`{Path(command[0]).name} {command[1]} ...` failed:\n{said}")


def _environment() -> Mapping[str, str]:
    # A virtual environment that happens to be active must not decide what is installed where.
    return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 (a first bundle takes seconds: synth shows why)
