"""A fast path for pages of listings: read the objects by column, about seven times faster than with an XML parser.

A page of a listing is mostly one block of `<Contents>` elements, which all have the same children in the same order.
The first element determines the order, and a regular expression built from it matches all of them. If the block
contains anything other than such elements and plain text, nothing is guessed: the whole page is parsed as XML. The rest
of the page is always parsed as XML, with an empty `<Contents/>` in place of the block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from ..datatypes import Object

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_BEGIN, _END, _PLACE = b"<Contents>", b"</Contents>", b"<Contents/>"
_LONGEST = 8 * 1024 * 1024
"""The maximum size of a page in bytes. 1,000 names of 1,024 percent-encoded bytes take less than half of it."""
_MOST_TAGS = 60

_usual_start = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml\ version=(["'])1\.0\1(?:\ encoding=(["'])[Uu][Tt][Ff]-8\2)?"""
    rb"""(?:\ standalone=(["'])yes\3)?\ ?\?>)?""",
    re.VERBOSE,
).match
_tags = re.compile("<(/?[A-Za-z]+)>").findall

# Plain text: no markup, no entities, and no characters that XML forbids. CR is excluded because XML parsers convert it
# to LF, and > because of ]]>.
_TEXT = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
_QUOTE = '(?:"|&quot;|&#34;)?+'
# Only objects that were uploaded with a checksum have these elements, so they are optional.
_CHECKSUM = f"(?:<ChecksumAlgorithm>{_TEXT}</ChecksumAlgorithm>|<ChecksumType>{_TEXT}</ChecksumType>)*+"
_CHECKSUM_TAGS = frozenset({"ChecksumAlgorithm", "/ChecksumAlgorithm", "ChecksumType", "/ChecksumType"})
_COLUMNS = {
    "Key": f"<Key>({_TEXT})</Key>",
    "LastModified": r"<LastModified>([0-9T:.\-]*+Z)</LastModified>",
    "ETag": rf'<ETag>{_QUOTE}([^<>&"\x00-\x08\x0b-\x1f\ufffe\uffff]*+){_QUOTE}</ETag>{_CHECKSUM}',
    "Size": "<Size>([0-9]{1,18}+)</Size>",
    **{name: f"<{name}>({_TEXT})</{name}>" for name in ("VersionId", "IsLatest", "StorageClass")},
}
_OWNER = {name: f"<{name}>({_TEXT})</{name}>" for name in ("ID", "DisplayName")}
_UNUSUAL = frozenset({"Contents", "Owner", "UserMetadata", "UserTags"})


class ContentsBlock(NamedTuple):
    """The objects of a page by column, and the rest of the page, to be parsed as XML."""

    rest: bytes
    names: Sequence[str]
    moments: Iterable[datetime | None]
    sizes: Iterable[int]
    texts: dict[str, list[str]]

    def covers(self, root: Element) -> bool:
        """Return whether the block was in the root element and contained all objects of the page."""
        found = list(root.iter("{*}Contents"))
        return len(found) == 1 and found[0].getparent() is root

    def objects(self, bucket: str, decode: Callable[[str], str]) -> list[Object]:
        """Create the objects. `decode` decodes their names."""
        texts = self.texts.get
        none = repeat(None)
        # This runs in C: the only Python code that runs for each object is its constructor.
        made = map(
            Object,
            repeat(bucket, len(self.names)),
            decode_all(self.names, decode),
            self.moments,
            texts("ETag") or repeat(""),
            self.sizes,
            none,
            *(texts(name) or none for name in ("VersionId", "IsLatest", "StorageClass", "ID", "DisplayName")),
        )
        return list(made)


def scan(body: bytes) -> ContentsBlock | None:
    """Read the objects of a page. Return None if the page does not have the usual form, or contains no objects."""
    begin, end = body.find(_BEGIN), body.rfind(_END) + len(_END)
    if begin < 0 or end <= begin or len(body) > _LONGEST:
        return None
    head, tail = body[:begin], body[end:]
    start = _usual_start(head)
    # The block could be inside a comment, CDATA, a DTD or a processing instruction, or the encoding could be different.
    if b"<!" in head or b"<!" in tail or b"<?" in tail or head.find(b"<?", start.end() if start else 0) >= 0:
        return None
    try:
        columns = _columns(body[begin:end].decode())
        if columns is None:
            return None
        moments = columns.pop("LastModified", None)
        sizes = columns.pop("Size", None)
        return ContentsBlock(
            b"".join((head, _PLACE, tail)),
            columns.pop("Key"),
            repeat(None) if moments is None else list(map(datetime.fromisoformat, moments)),
            repeat(0) if sizes is None else list(map(int, sizes)),
            columns,
        )
    except ValueError:  # not UTF-8, or not a timestamp: the XML path reports the error
        return None


def _columns(block: str) -> dict[str, list[str]] | None:
    first = block[: block.index("</Contents>") + len("</Contents>")]
    tags = [tag for tag in _tags(first) if tag not in _CHECKSUM_TAGS]
    reader = _reader(tuple(tags)) if len(tags) <= _MOST_TAGS else None
    if reader is None:
        return None
    split, names = reader
    parts = split(block)
    count = len(names) + 1
    # If only white space remains between the objects, the expression has matched the whole block.
    if len(parts) == 1 or "".join(parts[::count]).strip(" \t\n"):
        return None
    return {name: parts[index::count] for index, name in enumerate(names, 1)}


@lru_cache(maxsize=16)
def _reader(tags: tuple[str, ...]) -> tuple[Callable[[str], list[str]], tuple[str, ...]] | None:
    """Return a function that splits a block into its texts, and the names of the texts.

    Return None if the elements do not have the usual form.
    """
    leaves = _leaves(tags[1:-1], _COLUMNS)
    if leaves is None:
        return None
    names = [name for name, _ in leaves if name]
    if "Key" not in names or len(set(names)) < len(names):
        return None
    pattern = "".join(text for _, text in leaves)
    return re.compile(f"<Contents>{pattern}</Contents>").split, tuple(names)


def _leaves(tags: tuple[str, ...], known: dict[str, str]) -> list[tuple[str, str]] | None:
    """Return the name and the expression of each child. The name is '' for children that are not used."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(tags):
        name = tags[at]
        if name == "Owner" and known is _COLUMNS and "/Owner" in tags[at:]:
            end = tags.index("/Owner", at)
            inner = _leaves(tags[at + 1 : end], _OWNER)
            if inner is None:
                return None
            found += [("", "<Owner>"), *inner, ("", "</Owner>")]
            at = end + 1
        elif name in _UNUSUAL or tags[at + 1 : at + 2] != (f"/{name}",):
            return None
        else:
            found.append((name, known[name]) if name in known else ("", f"<{name}>{_TEXT}</{name}>"))
            at += 2
    return found


def decode_all(names: Sequence[str], decode: Callable[[str], str]) -> Sequence[str]:
    """Decode many names, in one call if that gives the same result."""
    if decode is str:
        return names
    together = "\n".join(names)
    if "%" not in together and "+" not in together:
        return names
    decoded = decode(together).split("\n")
    # A name that contains a line feed would be split in two.
    return decoded if len(decoded) == len(names) else list(map(decode, names))
