"""A run made again from its manifest: the same command on the same inputs gives the same bytes.

Where it doesn't, a library or Headrace itself has changed, or the command reads something that the manifest doesn't
know of, such as a policy's own file; the answer says which results differ.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.errors import DataError
from studies.file_hash import FileHash
from studies.kept_inputs import restore_inputs, restored
from studies.store import Run, free_run_name, list_runs, versions

type CarryOut = Callable[[Sequence[str]], int]
"""Carries out a command line, without the program's name, and returns its exit code."""

_PLACES = frozenset({"--output", "-o", "--runs", "--resume"})
_FLAGS = frozenset({"--replace"})


@dataclass(frozen=True)
class Again:
    """A run made again: where it stands, the results that differ, and the libraries that have changed since."""

    folder: Path
    differing: tuple[str, ...]
    changed_versions: tuple[str, ...]

    @property
    def answer(self) -> str:
        """Say in one sentence what came out."""
        if not self.differing:
            return "Made again: every result is the same to the last byte."
        why = f"; changed since: {', '.join(self.changed_versions)}" if self.changed_versions else ""
        return f"Made again, and not the same: {', '.join(self.differing)}{why}."


def make_again(run: Run, root: Path, carry_out: CarryOut) -> Again:
    """Carry out a run's command once more and compare every result.

    Parameters
    ----------
    run
        The run; its inputs are taken from where they were or, if they have changed, from those kept in its folder.
    root
        Folder of all runs; the new run is put there.
    carry_out
        The command line (`studies.cli.run`).

    Raises
    ------
    DataError
        If the manifest knows no command, an input is lost, or the command fails.
    """
    command = run.manifest.command[1:]
    if not command:
        raise DataError(f"{run.name}: it was made in the app or by a program, not by a command; ask for it there again")
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".partial-again-", dir=root) as scratch:
        tree, runs = Path(scratch) / "inputs", Path(scratch) / "runs"
        if restore_inputs(run.manifest.inputs, run.folder, tree):
            command = tuple(_redirected(command, run.manifest.inputs, tree))
        if carry_out([*_without_places(command), "--runs", str(runs)]) != 0:
            raise DataError(f"{run.name}: its command failed; the message above says why")
        made = _the_one_like(run, runs)
        target = free_run_name(root / made.name)
        made.folder.rename(target)
    return Again(target, _differing(run, made), _changed_versions(run))


def _without_places(command: Sequence[str]) -> Iterator[str]:
    """Leave out where the run went."""
    words = iter(command)
    for word in words:
        if word in _PLACES:
            next(words, None)
        elif word not in _FLAGS and word.partition("=")[0] not in _PLACES:
            yield word


def _redirected(command: Sequence[str], inputs: Sequence[FileHash], tree: Path) -> Iterator[str]:
    """Name every input, and every folder that holds one, by its place under ``tree``."""
    files = [Path(one.path).absolute() for one in inputs]
    for word in command:
        name, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
        meant = Path(value).absolute()
        is_input = value != "" and any(meant == file or meant in file.parents for file in files)
        yield f"{name}{equals}{restored(tree, value)}" if is_input else word


def _the_one_like(run: Run, root: Path) -> Run:
    for made in list_runs(root):
        if made.manifest.verb == run.manifest.verb:
            return made
    raise DataError(f"{run.name}: its command made no run of the kind {run.manifest.verb!r}; make it by hand")


def _differing(old: Run, new: Run) -> tuple[str, ...]:
    before, after = ({each.path: each.sha256 for each in run.manifest.results} for run in (old, new))
    return tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))


def _changed_versions(run: Run) -> tuple[str, ...]:
    now = versions()
    return tuple(
        f"{name} {then} → {now.get(name)}" for name, then in run.manifest.versions.items() if now.get(name) != then
    )
