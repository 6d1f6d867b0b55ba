"""Every call with every kind of fault: it succeeds in spite of it or raises a documented error, and leaves nothing.

By default each call gets one fault of each family, in one of the kinds of requests that it takes, and the main calls
get every fault in every kind; a fault passes for one client and stays for the other. With MINIO_TEST_FAULTS=all in the
environment, `pytest tests/faults` plays the whole product: some forty thousand cases.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from minio import Minio

from .bench import SCENES, Bench, World, cases, open_files
from .calls import LOCAL, Scene
from .conftest import COMPLETE
from .faults import FAULTS
from .proxy import FaultProxy

Record = Callable[[str, Any], None]
KINDS = ["sync", "async"]


def test_every_call_is_here() -> None:
    """A new method of the client needs a scene."""
    methods = {name for name in dir(Minio) if not name.startswith("_") and callable(getattr(Minio, name))}
    assert {name for scene in SCENES.values() for name in scene.methods} == methods - LOCAL


def play_all(bench: Bench, kind: str, scene: Scene, slow: bool) -> tuple[Counter[str], list[str]]:
    """Play the cases of one call: how they ended, and what was wrong."""
    clean = bench.clean(kind, scene)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for case in cases(kind, scene, clean, COMPLETE, slow):
        try:
            counts[bench.play(case, clean)] += 1
        except Exception as error:
            counts["WRONG"] += 1
            wrong.append(f"{kind} {scene.name}: {case}: {type(error).__name__}: {error}")
    return counts, wrong


def conclude(counts: Counter[str], wrong: list[str], record: Record) -> None:
    record("faults", dict(counts))
    gc.collect()  # what was dropped unclosed warns now, and a warning is an error
    assert not wrong, "\n".join(["", *wrong])
    assert counts


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scene", SCENES.values(), ids=lambda scene: scene.name)
def test_faults(kind: str, scene: Scene, bench: Bench, record_property: Record) -> None:
    counts, wrong = play_all(bench, kind, scene, slow=False)
    conclude(counts, wrong, record_property)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", range(3))
def test_silence(kind: str, share: int, world: World, record_property: Record) -> None:
    """The faults that only a time-out ends: many at a time, since they wait."""
    scenes = list(SCENES.values())[share::3]
    threads, files = threading.active_count(), open_files()

    def one(scene: Scene) -> tuple[Counter[str], list[str]]:
        with FaultProxy(world.server.endpoint) as proxy:
            return play_all(Bench(world, proxy, watch=False), kind, scene, slow=True)

    with ThreadPoolExecutor(len(scenes)) as pool:
        found = list(pool.map(one, scenes))
    assert (threading.active_count(), open_files()) == (threads, files)
    conclude(
        sum((counts for counts, _ in found), Counter()), [text for _, wrong in found for text in wrong], record_property
    )


def test_the_table_is_sound() -> None:
    assert len({fault.name for fault in FAULTS.values()}) == len(FAULTS) > 90
