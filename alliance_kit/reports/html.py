"""Pieces of HTML that a notebook shows and a page keeps: every word of a person escaped, nothing fetched, no script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML; a notebook cell that ends in one shows it."""

    text: str

    def __add__(self, other: Html) -> Html:
        return Html(f"{self.text}\n{other.text}")

    def _repr_html_(self) -> str:
        return self.text


def words(text: object) -> str:
    """Return a text as HTML: escaped, and half an emoji, which is no Unicode text, as a question mark."""
    return escape(str(text)).encode("utf-8", "replace").decode("utf-8")


def tag(name: str, text: object = "", /, **attributes: str) -> Html:
    """Return an element that holds `text`: escaped, unless it is `Html`. `class_` and `for_` lose their underscore."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{words(value)}"' for key, value in attributes.items())
    inner = text.text if isinstance(text, Html) else words(text)
    return Html(f"<{name}{given}>{inner}</{name}>")


def together(pieces: Iterable[Html]) -> Html:
    """Return the pieces one after the other."""
    return Html("\n".join(piece.text for piece in pieces))
