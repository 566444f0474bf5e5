"""One writer at a time in a folder: by the system's file locks, or by an owner file where there are none."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from alliance_kit.errors import JournalError
from alliance_kit.journal._disk import O_CLOEXEC, PRIVATE_FILE, make_private_folder, told

TIMEOUT_S = 5.0
STALE_S = 10.0
_LOCK, _TURNSTILE, _OWNER = "journal.lock", "journal.turn", ".owner"
_BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK, getattr(errno, "EDEADLOCK", errno.EDEADLK)}


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


# Neither exists everywhere: fcntl is missing on Windows and in the browser, msvcrt everywhere but on Windows.
_fcntl = _module("fcntl")
_msvcrt = _module("msvcrt")


class _NoSystemLocksError(Exception):
    """The system, or the disk (some network drives), has no file locks."""


@dataclass(frozen=True, slots=True)
class _Held:
    release: Callable[[], None]
    ours: Callable[[], bool]


class FolderLock:
    """A lock on `folder`, used in a `with` block; the same object may enter it again inside.

    Parameters
    ----------
    folder : Path, made (0700) when it is not there
    timeout : float, seconds to wait for another window before giving up
    stale : float, seconds after which an owner file counts as left behind by a crash (system locks need no such rule)
    """

    def __init__(self, folder: Path, *, timeout: float = TIMEOUT_S, stale: float = STALE_S) -> None:
        self._folder = folder
        self._timeout = timeout
        self._stale = stale
        self._thread = threading.RLock()
        self._depth = 0
        self._held: _Held | None = None

    def __enter__(self) -> Self:
        if not self._thread.acquire(timeout=self._timeout):
            raise self._busy()
        try:
            if self._depth == 0:
                self._held = self._wait()
            self._depth += 1
        except BaseException:
            self._thread.release()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._depth -= 1
            if self._depth == 0 and self._held is not None:
                held, self._held = self._held, None
                held.release()
        finally:
            self._thread.release()

    @property
    def ours(self) -> bool:
        """Whether the lock is held and was not broken by somebody who took us for dead (a laptop that slept)."""
        return self._held is not None and self._held.ours()

    def _busy(self) -> JournalError:
        return JournalError("Another window is writing in your journal just now; wait a moment and try once more.")

    def _wait(self) -> _Held:
        """Return the lock. Whoever waits for it holds the turnstile, so that a busy window cannot shut others out."""
        began = time.monotonic()
        turnstile = self._get(_TURNSTILE, began)
        try:
            return self._get(_LOCK, began)
        finally:
            turnstile.release()

    def _get(self, name: str, began: float) -> _Held:
        path, owner = self._folder / name, self._folder / f"{name}{_OWNER}"
        patience, pause, look_for_stale = self._timeout, 0.001, 0.0
        while True:
            try:
                make_private_folder(self._folder)
                held = _take(path, owner)
                if held is None and owner.exists():
                    # A crash may have left the file behind: then wait until it is old enough to be broken.
                    patience = max(self._timeout, self._stale + 2)
                    if time.monotonic() >= look_for_stale:
                        look_for_stale = time.monotonic() + 1
                        _break_stale(owner, self._stale)
            except OSError as error:
                raise told(error, self._folder) from error
            if held is not None:
                return held
            if time.monotonic() - began >= patience:
                raise self._busy()
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)


def _take(path: Path, owner: Path) -> _Held | None:
    """Return the lock on `path`, or None while somebody else holds it."""
    if _fcntl is not None or _msvcrt is not None:
        with contextlib.suppress(_NoSystemLocksError):
            return _take_system_lock(path)
    return _take_owner_file(owner)


def _take_system_lock(path: Path) -> _Held | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | O_CLOEXEC, PRIVATE_FILE)
    try:
        if _fcntl is not None:
            _fcntl.flock(descriptor, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
        else:
            _msvcrt.locking(descriptor, _msvcrt.LK_NBLCK, 1)
    except OSError as error:
        os.close(descriptor)
        if error.errno in _BUSY:
            return None
        raise _NoSystemLocksError from error
    if os.fstat(descriptor).st_nlink == 0:  # the folder was emptied meanwhile: this lock guards nothing any more
        os.close(descriptor)
        return None
    return _Held(lambda: _release_system_lock(descriptor), lambda: True)


def _release_system_lock(descriptor: int) -> None:
    try:
        if _fcntl is not None:
            _fcntl.flock(descriptor, _fcntl.LOCK_UN)
        else:
            os.lseek(descriptor, 0, os.SEEK_SET)
            _msvcrt.locking(descriptor, _msvcrt.LK_UNLCK, 1)
    finally:
        os.close(descriptor)


def _take_owner_file(path: Path) -> _Held | None:
    """Create the owner file; that only one of two can do so is the lock."""
    token = secrets.token_hex(16).encode()
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | O_CLOEXEC, PRIVATE_FILE)
    except FileExistsError:
        return None
    except PermissionError:
        if os.name == "nt":  # a file that is just being removed
            return None
        raise
    try:
        os.write(descriptor, token)
    finally:
        os.close(descriptor)

    def ours() -> bool:
        with contextlib.suppress(OSError):
            return path.read_bytes() == token
        return False

    def release() -> None:
        if ours():
            path.unlink(missing_ok=True)

    return _Held(release, ours)


def _break_stale(owner: Path, stale: float) -> None:
    """Remove an owner file that a crash left behind; one breaker at a time, so that no fresh lock is removed.

    The age is the difference of two time stamps of the same disk: the clock of a network drive may be far off ours.
    """
    breaker = owner.with_name(f"{owner.name}.stale")
    try:
        os.close(os.open(breaker, os.O_CREAT | os.O_EXCL | os.O_WRONLY | O_CLOEXEC, PRIVATE_FILE))
    except FileExistsError:
        with contextlib.suppress(FileNotFoundError):
            if time.time() - breaker.stat().st_mtime > 6 * stale:
                breaker.unlink()
        return
    with contextlib.suppress(FileNotFoundError):
        now = breaker.stat().st_mtime
        if now - owner.stat().st_mtime > stale:
            owner.unlink()
    breaker.unlink(missing_ok=True)
