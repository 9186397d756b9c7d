"""Plants faults into a copy of the sources, one at a time, and says which test sees each.

    python tests/planted/run.py                     all patches of this folder
    python tests/planted/run.py lost_tangent …      some of them
    python tests/planted/run.py --clean             no fault: the same tests must pass
    python tests/planted/run.py --tests tests/family    where the tests named by a patch see nothing

A patch begins with lines of a name and a text, the header:

    property: what it breaks, in words
    tests: files, tests or programs that claim the property, as in
           tests/family/test_out.py tests/family/test_modules.py::test_copies
           engine_tests:CudaLane.*

These run first, those of `--tests` behind them, and the first failure is the verdict. A fault that
none of them sees is MISSED, and the program fails. The copy is a git worktree with a build folder
of its own, which is kept: a patch costs what it has compiled, and Python costs nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OWN = {"test_own_family.py": "own_family", "test_other_devices.py": "loom"}  # need libraries
PROGRAMS = {"engine_tests": "cpp", "torch_tests": "cpp", "emulator_tests": "emulator"}
MOST = 240  # letters of a verdict
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+\.py(?:::.+?)?)(?: - (.*))?$", re.MULTILINE)
COLUMNS = "| fault | property | verdict | seconds to build | to run |\n|---|---|---|---|---|\n"


class Refused(Exception):
    """What cannot be run, in one line."""


@dataclass
class Fault:
    """A patch and its header."""

    path: Path
    breaks: str  # the property, in words
    tests: list[str]
    files: list[str]  # that it changes

    @property
    def is_python(self) -> bool:
        return all(name.endswith((".py", ".pyi")) for name in self.files)


def read(path: Path, claims: str) -> Fault:
    header, _, changes = path.read_text().partition("diff --git ")
    fields = dict(re.findall(r"^(\w+): ((?:.+\n)(?:[ \t]+.+\n)*)", header, re.MULTILINE))
    missing = {"property", claims} - fields.keys()
    if missing:
        raise Refused(f"{path.name}: its header has no line `{missing.pop()}:`")
    files = re.findall(r"^\+\+\+ b/(.+)$", changes, re.MULTILINE)
    return Fault(path, " ".join(fields["property"].split()), shlex.split(fields[claims]), files)


def call(*command: object, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, **options)


class Copy:
    """The sources as one commit has them, and what is built of them."""

    def __init__(self, folder: Path, commit: str, jobs: int) -> None:
        self.folder, self.jobs = folder, jobs
        self.build, self.kept = folder / "build", folder / "build-kept"
        if folder == ROOT or ROOT.is_relative_to(folder):
            raise Refused(f"{folder} holds the sources themselves, which are not to be changed")
        if not folder.exists():
            self._must(ROOT, "git", "worktree", "add", "--detach", folder, commit)
        call("git", "update-index", "-q", "--refresh", cwd=folder)  # else unchanged files are new
        self._must(folder, "git", "checkout", "--force", "--detach", commit)
        if not (self.build / "build.ninja").exists():
            python = f"-DPython_EXECUTABLE={sys.executable}"
            self._must(folder, "cmake", "--preset", "dev", "-B", self.build, python)

    def _must(self, cwd: Path, *command: object) -> None:
        done = call(*command, cwd=cwd)
        if done.returncode:
            raise Refused(f"{' '.join(map(str, command))}: {(done.stderr or done.stdout).strip()}")

    def compile(self, targets: set[str]) -> None:
        command = ["cmake", "--build", self.build, "-j", self.jobs, "--target", *sorted(targets)]
        done = call(*command, cwd=self.folder)
        if done.returncode:
            lines = (done.stdout + done.stderr).splitlines()
            errors = [line for line in lines if "error" in line] or lines
            raise Refused(f"does not compile: {errors[0]}")

    def keep(self) -> None:
        """Remembers what is built, for `planted` to return to."""
        shutil.rmtree(self.kept, ignore_errors=True)
        self._must(self.folder, "cp", "--archive", self.build, self.kept)

    @contextmanager
    def planted(self, fault: Fault) -> Iterator[None]:
        """With the patch, and afterwards as if it had never been: build and times too."""
        paths = [self.folder / name for name in fault.files]
        before = {path: path.stat() for path in paths if path.exists()}
        done = call("git", "apply", fault.path, cwd=self.folder)
        if done.returncode:
            raise Refused(f"no longer applies: {done.stderr.splitlines()[0]}")
        try:
            yield
        finally:
            self._must(self.folder, "git", "apply", "--reverse", fault.path)
            for path, facts in before.items():
                os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
            if not fault.is_python:
                shutil.rmtree(self.build)
                self._must(self.folder, "cp", "--archive", self.kept, self.build)

    def first_failure(self, tests: list[str], limit: float) -> str | None:
        """The first of these that fails, or None."""
        python = [name for name in tests if name.partition(":")[0] not in PROGRAMS]
        for name in tests:
            program, _, selected = name.partition(":")
            failed = program in PROGRAMS and self._program(program, selected or "*", limit)
            if failed:
                return failed
        return self._pytest(python, limit) if python else None

    def _program(self, program: str, selected: str, limit: float) -> str | None:
        folder = self.build / "tests" / PROGRAMS[program]
        command = [folder / program, f"--gtest_filter={selected}"]
        try:
            done = call(*command, "--gtest_fail_fast", cwd=self.folder, timeout=limit)
        except subprocess.TimeoutExpired:
            return f"{program}:{selected} does not end"
        if "Running 0 tests" in done.stdout:
            raise Refused(f"{program} has no test {selected}")
        failed = re.findall(r"\[  FAILED  \] (\w+\.\w+)", done.stdout)
        last = re.findall(r"\[ RUN      \] (\S+)", done.stdout)
        return None if done.returncode == 0 else f"{program}:{(failed or last or ['?'])[0]}"

    def _pytest(self, tests: list[str], limit: float) -> str | None:
        stage = str(self.build / "stage")
        build = {"PYTHONPATH": stage, "NONLIN_BUILD_DIR": str(self.build), "COLUMNS": "400"}
        options = ["-x", "-q", "-rfE", "-p", "no:cacheprovider"]
        try:
            done = call(
                *(sys.executable, "-m", "pytest", *options, *tests),
                cwd=self.folder,
                env={**os.environ, **build},
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return "does not end"
        failed = FAILED.findall(done.stdout)
        if done.returncode in (0, 1, 2) and bool(failed) == (done.returncode > 0):
            return ": ".join(failed[0])[:MOST].replace("|", "¦") if failed else None
        if done.returncode < 0:
            return f"signal {-done.returncode}"
        raise Refused(f"pytest: {((done.stderr or done.stdout).strip().splitlines() or ['?'])[-1]}")


def targets_for(tests: list[str]) -> set[str]:
    names = {name.partition(":")[0] for name in tests}
    python = {"nonlin_python"} if names - PROGRAMS.keys() else set()
    own = {t for f, t in OWN.items() if any(f"tests/family/{f}".startswith(n) for n in names)}
    return (names & PROGRAMS.keys()) | python | own


def verdict(copy: Copy, fault: Fault, others: list[str], limit: float) -> tuple[str, float, float]:
    """Which test sees the fault, and how long building and running took."""
    begin = time.monotonic()
    with copy.planted(fault):
        if not fault.is_python:
            copy.compile(targets_for([*fault.tests, *others]))
        built = time.monotonic()
        failed = copy.first_failure(fault.tests, limit)
        if failed is None and others:
            failed = copy.first_failure(others, limit)
            failed = failed and f"{failed}, not by those that claim it"
        ran = time.monotonic()
    return failed or "MISSED", built - begin, ran - built


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("names", nargs="*", help="patches, without their folder and ending; by default all")
    add("--tests", nargs="+", default=[], help="to run where those that claim it see nothing")
    add("--clean", action="store_true", help="run the tests of these patches without any fault")
    add("--patches", type=Path, default=HERE, help="the folder of the patches")
    add("--claims", default="tests", help="the line of a header that names its tests")
    add("--commit", default="HEAD", help="what is copied")
    add("--copy", type=Path, default=ROOT / "build-planted", help="the copy, made where missing")
    add("--output", type=Path, help="a file to which rows of the table are added")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="of the compiler")
    add("--limit", type=float, default=1800, help="seconds for the tests of a patch")
    return parser.parse_args()


def main() -> int:
    """Run the command line; 1 if a fault was missed or could not be planted."""
    given = arguments()
    paths = sorted(given.patches.glob("*.patch"))
    if given.names:
        paths = [given.patches / f"{name}.patch" for name in given.names]
    commit = call("git", "rev-parse", given.commit, cwd=ROOT).stdout.strip()
    try:
        faults = [read(path, given.claims) for path in paths]
        copy = Copy(given.copy.resolve(), commit, given.jobs)
        everything = [name for fault in faults for name in [*fault.tests, *given.tests]]
        copy.compile(targets_for(everything))
        copy.keep()
    except (OSError, Refused) as error:
        print(error, file=sys.stderr)
        return 1
    bad = 0
    for fault in faults:
        if given.clean:
            failed = copy.first_failure(fault.tests, given.limit)
            print(f"{fault.path.stem}: {failed or 'passes'}", flush=True)
            bad += failed is not None
            continue
        try:
            text, to_build, to_run = verdict(copy, fault, given.tests, given.limit)
        except Refused as error:
            text, to_build, to_run = f"ERROR: {error}", 0, 0
        bad += text == "MISSED" or text.startswith("ERROR")
        row = f"| {fault.path.stem} | {fault.breaks} | {text} | {to_build:.0f} | {to_run:.0f} |"
        print(row, flush=True)
        if given.output:
            new = not given.output.exists()
            with given.output.open("a") as file:
                file.write((COLUMNS if new else "") + row + "\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
