"""When an archive may not come in: said in words before anything is touched."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from sanshi_lms.admin.moving.archive import Archive
from sanshi_lms.admin.moving.reading import revision_of, tables
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.heartbeat import is_beating
from sanshi_lms.core.pulse import last_beat
from sanshi_lms.core.settings import SECRET_FILE, settings
from sanshi_lms.core.storage import storage

_STILL_RUNNING = timedelta(seconds=15)
# Rows that migrations put in, and what a first start leaves: they come anew from the archive.
SEEDED = frozenset(
    {
        "account_posts",
        "community_kinds",
        "community_professions",
        "community_stages",
        "core_jobs",
        "core_shared",
        "courses_editorial_switch",
        "learning_rule_choices",
        "learning_rules",
        "notices_outbox_policy",
        "reports_marks",
        "training_reminder_policy",
    }
)


def refuse_unless_fit(connection: Connection, archive: Archive) -> None:
    """Raise Refusal unless the archive fits and this installation is still empty and at rest."""
    manifest = archive.manifest
    here = revision_of(connection)
    if manifest.revision != here:
        raise Refusal(
            f"数据库版本不同：文件来自 {manifest.revision or '未知'}，这里是 {here or '未建立'}。"
            "请让两边用同一个版本的程序，各运行一次 flask --app app db upgrade，再重新导出、导入。"
        )
    expected = {table.name: [column.name for column in table.columns] for table in tables()}
    if expected != {name: part.columns for name, part in manifest.tables.items()}:
        raise Refusal("文件里的表和这里的不一样，不是同一个版本的程序导出的。请先把两边升级一致。")
    _refuse_running()
    _refuse_full(connection)
    _refuse_other_secret(archive)


def _refuse_running() -> None:
    seen = last_beat()
    if is_beating() or (seen is not None and now() - seen < _STILL_RUNNING):
        raise Refusal("系统正在这个数据目录上运行。请先停止它，过半分钟再导入。")


def _refuse_full(connection: Connection) -> None:
    for table in tables():
        if table.name in SEEDED:
            continue
        rows = connection.scalar(select(func.count()).select_from(table))
        if rows:
            raise Refusal(
                f"这里已经有数据了（表 {table.name} 有 {rows} 行），导入会和它混在一起。"
                "请换一个新的 DATA_DIR 或空的数据库，运行 flask --app app db upgrade 后再导入。"
            )
    if media := storage().all_keys(settings().built_dir):
        raise Refusal(
            f"存放媒体文件的地方不是空的（例如 {media[0]}）。请换一个空的 DATA_DIR 或文件夹。"
        )


def _refuse_other_secret(archive: Archive) -> None:
    """A secret in the environment would win over the one that comes along, and open nothing."""
    carried = b"".join(archive.pieces(f"keys/{SECRET_FILE}")).decode()
    if dict(settings().given).get("SECRET_KEY", carried) != carried:
        raise Refusal(
            "环境里设置的 SECRET_KEY 和原来的不同，导入后封存的内容会打不开。"
            "请去掉这个设置（密钥会随文件过来），或改成原来的值，再导入。"
        )
