"""`flask --app app export --all FILE` and `flask --app app import FILE`."""

import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from sanshi_lms.admin.moving.exporting import export_all
from sanshi_lms.admin.moving.importing import import_all
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.registers import registers
from sanshi_lms.core.storage import StorageDown


@click.command("export")
@click.option("--all", "everything", is_flag=True, help="Database, media, keys and settings.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export(file: Path, *, everything: bool) -> None:
    """Write the whole installation into FILE, also while it runs; either engine takes it in.

    The file holds every secret: only its owner may read it, and it should be kept like a key.
    """
    if not everything:
        raise click.UsageError("请写 export --all 文件名：现在只能整个导出。")
    started = time.monotonic()
    try:
        manifest = export_all(file, now())
    except StorageDown as down:
        raise click.ClickException(f"连不上文件存储，没有导出。{down}") from down
    except OSError as error:
        words = f"写不了 {file}：{error.strerror}。没有留下半个文件。"
        raise click.ClickException(words) from error
    rows = sum(part.rows for part in manifest.tables.values())
    media = sum(name.startswith("media/") for name in manifest.sha256)
    took = time.monotonic() - started
    told = f"{len(manifest.tables)} 张表 {rows} 行，媒体文件 {media} 个，{took:.0f} 秒"
    click.echo(f"已导出到 {file}：{told}。")
    click.echo("里面有密钥和所有人的资料，请像保管钥匙一样保管。")
    _tell(manifest.proofs, "导出时就有核对不上的地方")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
@click.pass_context
def take_in(context: click.Context, file: Path) -> None:
    """Take everything from FILE into this installation, which must be empty and not running."""
    started = time.monotonic()
    try:
        arrived = import_all(file)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    except StorageDown as down:
        raise click.ClickException(f"连不上文件存储，没有改动任何数据。{down}") from down
    except OSError as error:
        words = f"{error.strerror}：{error.filename}"
        raise click.ClickException(f"没有改动任何数据。{words}") from error
    rows = sum(part.rows for part in arrived.manifest.tables.values())
    click.echo(
        f"已导入 {rows} 行、媒体文件 {arrived.media} 个，逐表核对一致，"
        f"{time.monotonic() - started:.0f} 秒。"
    )
    _tell(arrived.doubts, "原系统里就核对不上的地方，原样带过来了")
    if arrived.env is not None:
        click.echo(f"原来的设置写在 {arrived.env}，请照着设置新的环境（密码也在里面）。")
    rebuild = current_app.cli.commands["search"].commands["rebuild"]  # type: ignore[attr-defined]  # an AppGroup
    context.invoke(rebuild)


def _tell(doubts: dict[str, str], heading: str) -> None:
    for name, words in doubts.items():
        click.echo(f"{heading}：{registers().proofs[name].label}：{words}", err=True)
