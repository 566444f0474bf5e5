"""A property that is worked out once: `functools.cached_property` without the lock, which cost a third of the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
S = TypeVar("S", bound="lazily[Any]")


class lazily(Generic[T]):  # noqa: N801 — used as a decorator, like `property`
    """Compute on first use and keep the value in the instance's own dictionary."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self: S, instance: None, owner: type) -> S: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        """Return the value, computing it if this instance has none yet."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.compute(instance)
        return value
