"""Listings of servers with unusual paging: everything is listed exactly once, or an error is raised.

The servers are models: a set of keys, their order, a page size, and the markers they return.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings, strategies as st

from minio import Minio
from minio._core.ops.multipart import ListParts
from minio._core.wire.message import Headers, Response
from minio.error import InvalidXMLError

LAST = "\U0010ffff"


def by_bytes(key: str) -> Any:
    return key.encode()


def by_folders(key: str) -> Any:
    """Like SeaweedFS, which lists the names of each directory: `a/b` comes before `a!x`."""
    return key.split("/")


@dataclass
class Model:
    """A model of a server: its content and its paging.

    Args:
        keys: The content: keys, or pairs of key and version or upload ID.
        knows: The listing versions that it supports. Requests of other versions are read as the first of them.
        tokens: Whether it returns a marker for the next page.
        order: The order of its keys.
        size: Entries per page.
        inclusive: Whether a page starts with the marker itself.
    """

    keys: Iterable[Any]
    knows: tuple[str, ...] = ("v2", "v1")
    tokens: bool = False
    order: Callable[[str], Any] = by_bytes
    size: int = 3
    inclusive: bool = False
    requests: int = 0

    def __call__(self, operation: Any) -> Any:
        self.requests += 1
        assert self.requests < 500, "the listing does not end"
        request = operation.request()
        query = dict(request.query)
        kind = "uploads" if "uploads" in query else "versions" if "versions" in query else ""
        kind = kind or ("v2" if query.get("list-type") == "2" else "v1")
        spoken = kind if kind in self.knows or kind == "uploads" else self.knows[0]
        body = (self.pairs if spoken in ("uploads", "versions") else self.names)(spoken, query)
        return operation.parse(Response(200, Headers(), body.encode()))

    def after(self, found: str, marker: str) -> bool:
        if not marker:
            return True
        return self.order(found) >= self.order(marker) if self.inclusive else self.order(found) > self.order(marker)

    def names(self, kind: str, query: dict[str, str]) -> str:
        begin = (
            query.get("continuation-token") or query.get("start-after", "") if kind == "v2" else query.get("marker", "")
        )
        prefix, delimiter = query["prefix"], query["delimiter"]
        entries: dict[str, bool] = {}
        for key in sorted((key for key in self.keys if key.startswith(prefix)), key=self.order):
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            entry = key if end < 0 else key[: end + 1]
            if self.after(key, begin):
                entries.setdefault(entry, end >= 0)
        page = list(entries.items())[: self.size]
        rest = len(entries) > self.size
        contents = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key, folded in page if not folded)
        folders = "".join(
            f"<CommonPrefixes><Prefix>{escape(key)}</Prefix></CommonPrefixes>" for key, folded in page if folded
        )
        said = f"<KeyCount>{len(page)}</KeyCount>" if kind == "v2" else f"<Marker>{escape(begin)}</Marker>"
        if rest and self.tokens:
            name = "NextContinuationToken" if kind == "v2" else "NextMarker"
            last, folded = page[-1]
            said += f"<{name}>{escape(last)}{LAST if folded else ''}</{name}>"
        said += f"<IsTruncated>{str(rest).lower()}</IsTruncated>"
        return f"<ListBucketResult>{said}{contents}{folders}</ListBucketResult>"

    def pairs(self, kind: str, query: dict[str, str]) -> str:
        """Versions, every third of them a delete marker; or uploads."""
        name = "VersionIdMarker" if kind == "versions" else "UploadIdMarker"
        begin, within = query.get("key-marker", ""), query.get(name.replace("IdM", "-id-m").lower(), "")
        assert begin or not within
        items = sorted(self.keys, key=lambda item: (self.order(item[0]), item[1]))
        if begin:
            place = (self.order(begin), within or LAST)
            items = [
                x
                for x in items
                if (self.order(x[0]), x[1]) > place or (self.inclusive and (x[0], x[1]) == (begin, within))
            ]
        page, rest = items[: self.size], len(items) > self.size
        tag, ident = ("Version", "VersionId") if kind == "versions" else ("Upload", "UploadId")
        tags = ["DeleteMarker" if tag == "Version" and item[1].endswith("3") else tag for item in page]
        listed = "".join(
            f"<{tag}><Key>{escape(key)}</Key><{ident}>{number}</{ident}></{tag}>"
            for tag, (key, number) in zip(tags, page, strict=True)
        )
        key, number = page[-1] if page else ("", "")
        said = f"<NextKeyMarker>{escape(key)}</NextKeyMarker><Next{name}>{number}</Next{name}>"
        root = "ListVersionsResult" if kind == "versions" else "ListMultipartUploadsResult"
        said = said if rest and self.tokens else ""
        return f"<{root}><IsTruncated>{str(rest).lower()}</IsTruncated>{said}{listed}</{root}>"


def client(server: Callable[[Any], Any]) -> Minio:
    made: Any = Minio("localhost", "ACCESSKEY", "SECRETKEY", region="us-east-1")
    made._call = server
    return made  # type: ignore[no-any-return]


keys = st.sets(st.text("ab/!é", min_size=1, max_size=5).filter(lambda key: "//" not in f"/{key}/"), max_size=25)
models = st.builds(
    Model,
    keys,
    st.sampled_from([("v2", "v1"), ("v1",), ("v1", "versions")]),
    st.booleans(),
    st.sampled_from([by_bytes, by_folders]),
    st.integers(1, 7),
)


@settings(deadline=None)
@given(models, st.booleans())
def test_every_object_is_listed_once(model: Model, use_v1: bool) -> None:
    found = [item.object_name for item in client(model).list_objects("bucket", recursive=True, use_api_v1=use_v1)]
    assert found == sorted(model.keys, key=model.order)


@settings(deadline=None)
@given(models, st.sampled_from(["", "a", "a/"]), st.booleans())
def test_every_prefix_is_listed_once(model: Model, prefix: str, use_v1: bool) -> None:
    try:
        found = list(client(model).list_objects("bucket", prefix, use_api_v1=use_v1))
    except InvalidXMLError:
        # If the order is unknown, a server that returns no marker may lead nowhere.
        assert model.order is by_folders
        assert not model.tokens
        return
    names = {key: key.find("/", len(prefix)) for key in model.keys if key.startswith(prefix)}
    assert sorted(item.object_name for item in found) == sorted(
        {key if end < 0 else key[: end + 1] for key, end in names.items()}
    )


@settings(deadline=None)
@given(models, st.sampled_from(["a", "a/a", "b"]))
def test_version_1_server_respects_the_start(model: Model, begin: str) -> None:
    found = [item.object_name for item in client(model).list_objects("bucket", recursive=True, start_after=begin)]
    assert found == [key for key in sorted(model.keys, key=model.order) if model.order(key) > model.order(begin)]


@settings(deadline=None)
@given(models)
def test_server_whose_pages_start_with_the_marker(model: Model) -> None:
    model.inclusive, model.tokens, model.size = True, False, model.size + 1
    found = [item.object_name for item in client(model).list_objects("bucket", recursive=True)]
    assert found == sorted(model.keys, key=model.order)


pairs = st.sets(
    st.tuples(st.text("ab/!", min_size=1, max_size=3), st.text("0123", min_size=1, max_size=2)), max_size=25
)


@settings(deadline=None)
@given(pairs, st.booleans(), st.sampled_from([by_bytes, by_folders]), st.integers(1, 6), st.booleans())
def test_every_version_is_listed_once(held: Any, tokens: bool, order: Any, size: int, inclusive: bool) -> None:
    model = Model(held, ("versions",), tokens, order, size + inclusive, inclusive and not tokens)
    found = client(model).list_objects("bucket", recursive=True, include_version=True)
    assert sorted((item.object_name, item.version_id or "") for item in found) == sorted(held)


@settings(deadline=None)
@given(pairs, st.booleans(), st.sampled_from([by_bytes, by_folders]), st.integers(1, 6), st.booleans())
def test_every_upload_is_listed_once(held: Any, tokens: bool, order: Any, size: int, inclusive: bool) -> None:
    model = Model(held, (), tokens, order, size + inclusive, inclusive)
    found: Any = client(model)._incomplete("bucket", "", "", sized=False)
    assert sorted((item.object_name, item.upload_id) for item in found) == sorted(held)


def test_versions_of_a_server_without_versioning() -> None:
    model = Model([f"k{number:02}" for number in range(25)], ("v1",), size=10)
    found = client(model).list_objects("bucket", recursive=True, include_version=True)
    assert [item.object_name for item in found] == model.keys


# Servers that cannot be listed


def fixed(*pages: str) -> Callable[[Any], Any]:
    turns = itertools.cycle(pages)
    return lambda operation: operation.parse(Response(200, Headers(), next(turns).encode()))


def page(*names: str, root: str = "ListBucketResult", more: str = "true", said: str = "") -> str:
    listed = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in names)
    return f"<{root}><IsTruncated>{more}</IsTruncated>{said}{listed}</{root}>"


@pytest.mark.parametrize("options", [{}, {"use_api_v1": True}, {"include_version": True}], ids=["v2", "v1", "versions"])
@pytest.mark.parametrize(
    "pages",
    [
        [page()],
        [page("a", "b")],
        [page("a", "b"), page("b", "a")],
        [page("a"), page("b"), page("c")],
        [page("b"), page("a")],
        [page("a", more="perhaps")],
        [page("a", more="1")],
        [page("", "")],
        [page("a", said="<KeyCount>1</KeyCount>")],
    ],
    ids=range(9),
)
def test_pages_that_lead_nowhere(pages: list[str], options: dict[str, Any]) -> None:
    listed = client(fixed(*pages)).list_objects("bucket", recursive=True, **options)
    with pytest.raises(InvalidXMLError):
        for _ in itertools.islice(listed, 100):
            pass


def test_repeated_page_is_not_listed_twice() -> None:
    listed = client(fixed(page("a", "b"))).list_objects("bucket", recursive=True)
    assert [next(listed).object_name, next(listed).object_name] == ["a", "b"]
    with pytest.raises(InvalidXMLError, match="repeats a page"):
        next(listed)


def test_version_marker_without_a_key_marker_is_not_used() -> None:
    said = "<NextVersionIdMarker>v</NextVersionIdMarker>"
    version = "<Version><Key>k</Key><VersionId>1</VersionId></Version>"
    first = f"<ListVersionsResult><IsTruncated>true</IsTruncated>{said}{version}</ListVersionsResult>"
    queries = []

    def server(operation: Any) -> Any:
        queries.append(operation.request().query)
        body = first if len(queries) == 1 else "<ListVersionsResult/>"
        return operation.parse(Response(200, Headers(), body.encode()))

    assert len(list(client(server).list_objects("bucket", recursive=True, include_version=True))) == 1
    assert (queries[1]["key-marker"], queries[1]["version-id-marker"]) == ("k", "1")


# Parts


def parts(numbers: Iterable[int], more: str = "true", said: str = "") -> Response:
    listed = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>e</ETag></Part>" for number in numbers)
    body = f"<ListPartsResult><IsTruncated>{more}</IsTruncated>{said}{listed}</ListPartsResult>"
    return Response(200, Headers(), body.encode())


@pytest.mark.parametrize("said", ["", "<NextPartNumberMarker/>", "<NextPartNumberMarker>0</NextPartNumberMarker>"])
def test_parts_continue_after_the_highest_number(said: str) -> None:
    assert ListParts("b", "k", "u").parse(parts([1, 3, 2], said=said)).marker == 3
    assert ListParts("b", "k", "u").parse(parts([1, 3, 2], "false", said)).marker is None


def test_marker_before_listed_parts_does_not_repeat_them() -> None:
    said = "<NextPartNumberMarker>2</NextPartNumberMarker>"
    assert ListParts("b", "k", "u").parse(parts([1, 2, 3], said=said)).marker == 3


@pytest.mark.parametrize("said", ["", "<NextPartNumberMarker>7</NextPartNumberMarker>"])
def test_truncated_page_without_parts(said: str) -> None:
    with pytest.raises(InvalidXMLError, match="list of parts is truncated"):
        ListParts("b", "k", "u").parse(parts([], said=said))
    with pytest.raises(InvalidXMLError, match="repeats a page"):
        ListParts("b", "k", "u", 3).parse(parts([1, 2, 3], said=""))


def test_truncated_page_without_uploads() -> None:
    body = "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>"
    with pytest.raises(InvalidXMLError, match="listing is truncated"):
        list(client(fixed(body)).list_incomplete_uploads("bucket"))


@pytest.mark.parametrize(
    ("keywords", "first", "second", "root", "entry", "following"),
    [
        ({}, "start-after", "continuation-token", "ListBucketResult", "Contents", "NextContinuationToken"),
        ({"use_api_v1": True}, "marker", "marker", "ListBucketResult", "Contents", "NextMarker"),
        ({"include_version": True}, "key-marker", "key-marker", "ListVersionsResult", "Version", "NextKeyMarker"),
    ],
)
def test_parameters_of_the_caller_say_where_the_first_page_begins(
    keywords: dict[str, Any], first: str, second: str, root: str, entry: str, following: str
) -> None:
    """They do not say where the next pages begin: each of them would be the first one again."""
    asked = []
    pages = {
        "b": f"<IsTruncated>true</IsTruncated><{following}>c</{following}><{entry}><Key>c</Key></{entry}>",
        "c": f"<IsTruncated>false</IsTruncated><{entry}><Key>d</Key></{entry}>",
    }

    class Scripted(Minio):
        def _call(self, operation: Any, scope: Any = None) -> Any:
            query = dict(operation.request().query)
            asked.append(query)
            page = pages[query.get(second) or query[first]]
            return operation.parse(Response(200, Headers(), f"<{root}>{page}</{root}>".encode()))

    client = Scripted("localhost:9000", "key", "secret", region="us-east-1")
    listed = client.list_objects("my-bucket", extra_query_params={first: "b"}, **keywords)
    assert [item.object_name for item in listed] == ["c", "d"]
    assert (asked[0][first], asked[1][second]) == ("b", "c")
