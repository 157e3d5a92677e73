"""`flask --app app reports …`: what an operator may ask of reports."""

import click
from flask.cli import AppGroup

from sanshi_lms.reports.checking import check as check_sums
from sanshi_lms.reports.counting import count_waiting

reports = AppGroup("reports", help="Reports: sums kept current.")
MOST_TOLD = 20


@reports.command()
def count() -> None:
    """Count what changed, as the worker does."""
    click.echo(f"已计入 {count_waiting()} 处变化。")


@reports.command()
@click.option("--mend", is_flag=True, help="Count anew what differs.")
def check(mend: bool) -> None:
    """Derive every sum anew and say what differs; ends with 1 when something does."""
    found = check_sums(mend=mend)
    for name in found.triggers:
        click.echo(f"数据库里缺少触发器 {name}，有变化不会计入{'，已补上' if mend else ''}。")
    for one in found.differences[:MOST_TOLD]:
        click.echo(one)
    if len(found.differences) > MOST_TOLD:
        click.echo(f"……还有 {len(found.differences) - MOST_TOLD} 处。")
    if found.good:
        click.echo(f"核对了 {found.compared} 个数，全部一致。")
        return
    done = "已重新计算" if mend else "加上 --mend 会重新计算"
    click.echo(f"核对了 {found.compared} 个数，{len(found.differences)} 处不一致，{done}。")
    if not mend:
        raise SystemExit(1)
