"""The request and response of DeleteObjects."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio import xml
from minio.deleteobjects import (
    DeletedObject,
    DeleteError,
    DeleteObject,
    DeleteRequest,
    DeleteResult,
    MultiDeleteError,
)
from minio.error import InvalidArgumentError

NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
chars = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r")
names = st.text(chars, min_size=1).filter(str.strip)
some = st.none() | names
objects = st.builds(DeleteObject, names, some)
deleted = st.builds(DeletedObject, names, some, st.booleans(), some)
errors = st.builds(DeleteError, names, some, some, some)
values = st.one_of(
    objects,
    deleted,
    errors,
    st.builds(DeleteRequest, st.lists(objects, min_size=1, max_size=5), st.booleans()),
    st.builds(DeleteResult, st.lists(deleted, max_size=3), st.lists(errors, max_size=3)),
)


@given(values)
def test_round_trip(value: Any) -> None:
    assert xml.unmarshal(type(value), xml.marshal(value)) == value
    assert pickle.loads(pickle.dumps(value)) == value


def test_request() -> None:
    request = DeleteRequest([DeleteObject("a&b"), DeleteObject("c", "v")], quiet=True)
    inner = "<Object><Key>a&amp;b</Key></Object><Object><Key>c</Key><VersionId>v</VersionId></Object>"
    expected = f"<Delete{NS}><Quiet>true</Quiet>{inner}</Delete>"
    assert xml.marshal(request).decode() == expected


@pytest.mark.parametrize("namespace", ["", NS])
def test_responses(namespace: str) -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
    <DeleteResult{namespace}>
      <Deleted><Key>a</Key></Deleted>
      <Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Key>b</Key><VersionId></VersionId></Error>
      <Deleted><Key>c</Key><VersionId>v</VersionId><DeleteMarker>true</DeleteMarker>
        <DeleteMarkerVersionId>m</DeleteMarkerVersionId></Deleted>
      <Deleted><Key>d</Key><DeleteMarker>false</DeleteMarker></Deleted>
    </DeleteResult>"""
    result = xml.unmarshal(DeleteResult, body)
    assert result.object_list == [DeletedObject("a"), DeletedObject("c", "v", True, "m"), DeletedObject("d")]
    assert result.error_list == [DeleteError("AccessDenied", "Access Denied.", "b")]


def test_empty_response() -> None:
    assert xml.unmarshal(DeleteResult, f"<DeleteResult{NS}/>") == DeleteResult([], [])


def test_delete_error_has_the_names_of_both_eras() -> None:
    assert MultiDeleteError is DeleteError
    error = DeleteError("AccessDenied", "Access Denied.", "name", "v1")
    assert (error.name, error.code, error.message, error.version_id) == ("name", "AccessDenied", "Access Denied.", "v1")
    assert (error.object_name, error.error_code, error.error_message) == ("name", "AccessDenied", "Access Denied.")
    for part in ("name", "AccessDenied", "Access Denied.", "v1"):
        assert part in str(error)
    assert str(DeleteError("InternalError", None, "n")) == "'n' was not deleted: InternalError: no message"


@pytest.mark.parametrize("arguments", [("",), (" ",), (None,), (b"a",), ("a\ud800",), ("a", ""), ("a", 1)])
def test_bad_objects(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidArgumentError):
        DeleteObject(*arguments)


def test_name_that_xml_cannot_represent() -> None:
    """It can be removed alone, so only its position in the document is refused."""
    assert DeleteObject("a").fits_xml
    for item in (DeleteObject("a\0"), DeleteObject("a", "v\x01")):
        assert not item.fits_xml
        with pytest.raises(InvalidArgumentError, match="XML cannot carry"):
            item.toxml()


@pytest.mark.parametrize(
    "arguments", [([],), ("ab",), (["a"],), (None,), ([DeleteObject("a")] * 1001,), ([DeleteObject("a")], "yes")]
)
def test_bad_requests(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidArgumentError):
        DeleteRequest(*arguments)


def test_any_iterable_of_objects_is_accepted() -> None:
    assert DeleteRequest(DeleteObject(name) for name in "ab").object_list == [  # type: ignore[arg-type]
        DeleteObject("a"),
        DeleteObject("b"),
    ]
