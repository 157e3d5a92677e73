"""What every job of this room watches: room on the disk, and failures told in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from sanshi_lms.core.jobs import JobFailed, JobRun
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import Storage
from sanshi_lms.video.engine import Failed, NoFfmpeg, Refused

MACHINE = (
    "服务器出了问题（没有可用的 ffmpeg，或者磁盘读写出错）。"
    "请联系管理员看“系统状态”页，处理后点“重试”。"
)


def guard_disk(store: Storage, needed: int) -> None:
    """Stop before the disk is full. Raises JobFailed when `needed` bytes leave too few."""
    if store.free_bytes() < needed + settings().min_free_bytes:
        sentence = (
            "服务器磁盘空间不够，转码停在这里，做好的部分都还在。请联系管理员清理磁盘，再点“重试”。"
        )
        raise JobFailed(sentence, f"free {store.free_bytes()}, needed {needed}", retry=True)


@contextmanager
def in_words(run: JobRun) -> Iterator[None]:
    """Turn what went wrong into a failure of the job.

    What lies in the data is tried once more, for bits flip and builds differ; what lies in the
    machine as often as the job may.
    """
    try:
        yield
    except Refused as refused:
        raise JobFailed(str(refused), refused.detail) from refused
    except Failed as failed:
        again = failed.retry or run.attempt < 2
        raise JobFailed(str(failed), failed.detail, retry=again) from failed
    except (NoFfmpeg, OSError) as error:
        raise JobFailed(MACHINE, repr(error), retry=True) from error
