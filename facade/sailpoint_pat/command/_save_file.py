"""`--save-to FILE`: assignments in a file, replaced as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import attrs

from sailpoint_pat.command._assignments import assign
from sailpoint_pat.command._exits import CommandError, UsageError
from sailpoint_pat.command._save import SaveFailedError
from sailpoint_pat.command._terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import RawIOBase

    from sailpoint_pat import IssuedToken

# Longer than any id and secret: what fits with these fits with the real ones.
_LONG = "x" * 512


@contextlib.contextmanager
def file_saver(file: Path, base_url: str) -> Iterator[FileSaver]:
    """Yield a saver for a file after having tried everything that can be tried.

    The new content goes to a temporary file in the same folder, which then takes the file's place.
    The temporary file is made now, with room for the content, so that a full disk shows now. Until
    the end, a second run that saves to the same folder waits.

    Raises:
        UsageError: the file cannot be replaced.
        CommandError: the disk is full, or something else is wrong with it.
    """
    # A link stays, and what it points to is replaced.
    real = Path(os.path.realpath(file))
    with _locked(real.parent, file):
        status = _status(real)
        if status:
            _check(real, status)
        content = _read(real) if status else b""
        descriptor, path = _temporary_file(real)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as temporary:
                saver = FileSaver(file, real, content, base_url, temporary, path)
                saver.reserve(status)
                yield saver
        finally:
            # Where it was saved, this name is gone already.
            path.unlink(missing_ok=True)


@attrs.frozen
class FileSaver:
    """Saves to a file.

    Attributes:
        file: the file, as the user named it.
        real: the same, without links.
        content: what is in it.
        base_url: what to assign to SAIL_BASE_URL.
        temporary: the temporary file, open for writing.
        path: where that is.
    """

    file: Path
    real: Path
    content: bytes = attrs.field(repr=False)
    base_url: str
    temporary: RawIOBase
    path: Path

    has_printed = False

    @property
    def place(self) -> str:
        """The file, for people."""
        return f"the file {self.file}"

    def reserve(self, status: os.stat_result | None) -> None:
        """Give the temporary file the owner and mode of the file, and room for the content."""
        try:
            new = self._with(_LONG, _LONG)
        except ValueError as problem:
            _refuse(self.file, str(problem))
        if status is not None and sys.platform != "win32":
            ours = os.fstat(self.temporary.fileno())
            if (ours.st_uid, ours.st_gid) != (status.st_uid, status.st_gid):
                try:
                    os.fchown(self.temporary.fileno(), status.st_uid, status.st_gid)
                except PermissionError:
                    _refuse(self.file, "it belongs to somebody else, and a new one could not")
            shutil.copystat(self.real, self.path)
            if stat.S_IMODE(status.st_mode) & (stat.S_IRGRP | stat.S_IROTH):
                say(f"Warning: others may read {self.file}: chmod 600 {self.file}")
        try:
            self._write(new)
        except OSError as error:
            raise CommandError(
                f"{self.file} cannot be written: {error.strerror}. Nothing was created."
            ) from None

    def save(self, token: IssuedToken) -> None:
        """Write the new token, and put the temporary file in the file's place.

        Raises:
            SaveFailedError: the file is as it was.
        """
        try:
            self._write(self._with(token.id, token.secret.reveal()))
            self.temporary.close()  # Windows renames no file that is open.
            self.path.replace(self.real)
        except (OSError, ValueError) as error:
            problem = error.strerror if isinstance(error, OSError) else str(error)
            raise SaveFailedError(
                f"{self.file} cannot be written: {problem}. It is as it was."
            ) from None
        with contextlib.suppress(OSError):
            _to_disk(self.real.parent)

    def _with(self, client_id: str, client_secret: str) -> bytes:
        values = {
            "SAIL_BASE_URL": self.base_url,
            "SAIL_CLIENT_ID": client_id,
            "SAIL_CLIENT_SECRET": client_secret,
        }
        return assign(self.content, values)

    def _write(self, content: bytes) -> None:
        self.temporary.seek(0)
        rest = memoryview(content)
        while rest:
            rest = rest[self.temporary.write(rest) or 0 :]
        self.temporary.truncate(len(content))
        os.fsync(self.temporary.fileno())


def _refuse(file: Path, problem: str) -> NoReturn:
    """Say why a file cannot be used."""
    raise UsageError(f"Cannot save to {file}: {problem}. Nothing was created.")


def _status(real: Path) -> os.stat_result | None:
    try:
        return real.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        _refuse(real, error.strerror or type(error).__name__)


def _check(real: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        _refuse(real, "it is not a regular file")
    if status.st_nlink > 1:
        _refuse(real, "it has a second name (a hard link), which would keep the old secret")
    if _is_mounted(real):
        _refuse(
            real, "it is mounted by itself, and a mounted file cannot be replaced: mount its folder"
        )


def _is_mounted(real: Path) -> bool:
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False  # Not Linux.
    return any(line.split()[4] == str(real) for line in mounts.splitlines())


def _read(real: Path) -> bytes:
    try:
        return real.read_bytes()
    except OSError as error:
        _refuse(real, error.strerror or type(error).__name__)


def _temporary_file(real: Path) -> tuple[int, Path]:
    try:
        descriptor, name = tempfile.mkstemp(prefix=".sailpoint-pat-", dir=real.parent)
    except OSError as error:
        _refuse(
            real,
            f"no new file can be made in its folder {real.parent} ({error.strerror}), and the file "
            "has to be replaced as a whole",
        )
    return descriptor, Path(name)


@contextlib.contextmanager
def _locked(folder: Path, file: Path) -> Iterator[None]:
    """Keep other runs of this command from saving to a folder, as long as this one does.

    The folder is locked and not the file, because the file is another one after each save.
    """
    if sys.platform == "win32":
        yield
    else:
        import fcntl  # noqa: PLC0415  there is none on Windows

        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            _refuse(file, f"its folder {folder} cannot be opened ({error.strerror})")
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"Another run saves to {folder}: waiting for it to end.")
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError:
                say(f"Warning: {folder} cannot be locked: do not save there twice at once.")
            yield
        finally:
            os.close(descriptor)


def _to_disk(folder: Path) -> None:
    """Have the new name on the disk, so that a power failure does not bring the old file back."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
