"""Code that type checkers must report, one error a marked line. It never runs."""

from __future__ import annotations

import io

from minio import AsyncMinio, Minio, Policy, PostPolicy


def sync(client: Minio) -> None:
    Minio(9000)  # error
    client.get_bucket_policy("b", 5)  # error
    client.set_bucket_policy("b")  # error
    client.set_bucket_policy("b", "prefix", Policy.NONE, 1)  # error
    client.get_object("b")  # error
    client.get_object("b", "k", "0")  # error
    client.put_object("b", "k", b"x", "1")  # error
    client.put_object("b", "k", "x", 1)  # error
    client.put_object("b", "k", 1, 1)  # error
    client.put_object("b", "k", io.StringIO("x"), 1)  # error
    client.append_object("b", "k", ["x"], 1)  # error
    client.copy_object("b", "k", 5)  # error
    client.list_objects("b", recursive="yes")  # error
    print(client.list_objects("b").object_name)  # error
    client.presigned_post_policy({})  # error
    client.remove_objects("b", 5)  # error
    print(client.stat_object("b", "k").name)  # error
    number: int = client.put_object("b", "k", b"x", 1)  # error
    client.get_bucket_policy("b", "p").keys()  # error
    print(number)
    client.no_such_call()  # error
    client.stat_object("b", "k", no_such_keyword=1)  # error
    client.bucket_exists("b", region=5)  # error
    client.get_object("b", "k", into=bytearray(5)).read()  # error
    client.open_object("b", "k", "a")  # error
    client.open_object("b", "k", "rb", encoding="utf-8")  # error
    client.open_object("b", "k", "w").write(b"x")  # error


async def asynchronous(client: AsyncMinio) -> None:
    policy: str = client.get_bucket_policy("b")  # error
    for item in client.list_objects("b"):  # error
        print(item, policy)
    await client.put_object("b", "k", "x", 1)  # error
    await client.presigned_post_policy(PostPolicy(5))  # error
