"""The order in which two sides are compared: by the bytes of their names in UTF-8, directories as `name/`.

The laws:

* Comparing str compares their bytes in UTF-8: both order by code points. So names are compared as they are.
* `ascends(names, after)` is true exactly if every name is greater than the one before it.
* A listing is in order only as far as it was checked. S3 promises it, but not all servers keep it: SeaweedFS lists
  `a/b` before `a!x`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

Entry: TypeAlias = tuple[str, int, int, str, str, str]
"""A name of one side: the name, the size in bytes, the time in nanoseconds since 1970, the ETag of an object, the kind
(one of those below) and the path or key if it is not the name. It is a tuple because there may be ten million."""

FILE = ""
DIRECTORY = "directory"
EMPTY_DIRECTORY = "empty directory"
LINK = "link"
WARNING = "warning"
FAILURE = "failure"
BAD_NAME = "bad name"
"""The kinds of an entry. A file is a regular file or an object. A link occurs in a target only. The last three are
local names that are not transferred: the fourth field is the reason then, instead of an ETag."""

UNUSUAL = frozenset({WARNING, FAILURE, BAD_NAME})


def ascends(entries: list[Entry], after: str | None) -> bool:
    """Return whether the names of entries ascend strictly, the first one from `after`."""
    if not entries:
        return True
    if after is not None and entries[0][0] <= after:
        return False
    return all(one[0] < two[0] for one, two in pairwise(entries))
