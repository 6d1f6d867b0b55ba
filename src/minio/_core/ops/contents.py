"""The objects of a page that is written as servers write them: read by column, some seven times faster than as XML.

A page of a listing is mostly one run of `<Contents>`, all with the same children in the same order. The first one shows
the order; an expression made for it reads them all, or says that there is something else. Then, and whenever there is
anything but plain elements and plain text in the run, nothing is guessed: the whole page is read as XML. The rest of
the page is read as XML anyhow, with an empty `<Contents/>` where the run was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from ...datatypes import Object

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_BEGIN, _END, _PLACE = b"<Contents>", b"</Contents>", b"<Contents/>"
_LONGEST = 8 * 1024 * 1024
"""Bytes of a page: a thousand names of 1,024 bytes, every byte of them encoded, are half of it."""
_MOST_TAGS = 60

_usual_start = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml\ version=(["'])1\.0\1(?:\ encoding=(["'])[Uu][Tt][Ff]-8\2)?"""
    rb"""(?:\ standalone=(["'])yes\3)?\ ?\?>)?""",
    re.VERBOSE,
).match
_tags = re.compile("<(/?[A-Za-z]+)>").findall

# All that text may be in XML without being anything else: no markup, no entities, none of the characters that it bars.
# CR is among those that are left out, since XML makes LF of it, and so is > for the sake of ]]>.
_TEXT = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
_QUOTE = '(?:"|&quot;|&#34;)?+'
# Only objects that were uploaded with a checksum have these, so they may be there or not.
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


class Run(NamedTuple):
    """The objects of a page by column, and the rest of the page, which is to be read as XML."""

    rest: bytes
    names: Sequence[str]
    moments: Iterable[datetime | None]
    sizes: Iterable[int]
    texts: dict[str, list[str]]

    def stands_in(self, root: Element) -> bool:
        """Whether the run was where objects are, and all of them: in the outermost element."""
        found = list(root.iter("{*}Contents"))
        return len(found) == 1 and found[0].getparent() is root

    def objects(self, bucket: str, decode: Callable[[str], str]) -> list[Object]:
        """The objects; `decode` undoes the encoding of names."""
        texts = self.texts.get
        none = repeat(None)
        # In C from here to there: no line of Python is run for a single object, but for its constructor.
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


def find_run(body: bytes) -> Run | None:
    """The objects of a page; None when the page is not in the usual form, or has none."""
    begin, end = body.find(_BEGIN), body.rfind(_END) + len(_END)
    if begin < 0 or end <= begin or len(body) > _LONGEST:
        return None
    head, tail = body[:begin], body[end:]
    start = _usual_start(head)
    # A comment, CDATA, a DTD or an instruction could hold the run, so that it is none; or name another encoding.
    if b"<!" in head or b"<!" in tail or b"<?" in tail or head.find(b"<?", start.end() if start else 0) >= 0:
        return None
    try:
        columns = _columns(body[begin:end].decode())
        if columns is None:
            return None
        moments = columns.pop("LastModified", None)
        sizes = columns.pop("Size", None)
        return Run(
            b"".join((head, _PLACE, tail)),
            columns.pop("Key"),
            repeat(None) if moments is None else list(map(datetime.fromisoformat, moments)),
            repeat(0) if sizes is None else list(map(int, sizes)),
            columns,
        )
    except ValueError:  # no UTF-8, or no moment: the reader of XML says what is wrong
        return None


def _columns(run: str) -> dict[str, list[str]] | None:
    first = run[: run.index("</Contents>") + len("</Contents>")]
    tags = [tag for tag in _tags(first) if tag not in _CHECKSUM_TAGS]
    reader = _reader(tuple(tags)) if len(tags) <= _MOST_TAGS else None
    if reader is None:
        return None
    split, names = reader
    parts = split(run)
    count = len(names) + 1
    # What lies between the objects must be blank: then all of the run has been read.
    if len(parts) == 1 or "".join(parts[::count]).strip(" \t\n"):
        return None
    return {name: parts[index::count] for index, name in enumerate(names, 1)}


@lru_cache(maxsize=16)
def _reader(tags: tuple[str, ...]) -> tuple[Callable[[str], list[str]], tuple[str, ...]] | None:
    """What splits a run of such elements into its texts, and the texts' names; None when it is no usual one."""
    leaves = _leaves(tags[1:-1], _COLUMNS)
    if leaves is None:
        return None
    names = [name for name, _ in leaves if name]
    if "Key" not in names or len(set(names)) < len(names):
        return None
    pattern = "".join(text for _, text in leaves)
    return re.compile(f"<Contents>{pattern}</Contents>").split, tuple(names)


def _leaves(tags: tuple[str, ...], known: dict[str, str]) -> list[tuple[str, str]] | None:
    """The children one by one: the name, '' of those that nobody asks for, and the expression."""
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
    """Undo the encoding of many names: at once where that comes to the same."""
    if decode is str:
        return names
    together = "\n".join(names)
    if "%" not in together and "+" not in together:
        return names
    decoded = decode(together).split("\n")
    # A name that has a line feed in it would be taken for two.
    return decoded if len(decoded) == len(names) else list(map(decode, names))
