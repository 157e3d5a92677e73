"""/admin/notices/…: what waits, what failed and why, a test, quiet hours."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import people_by_id
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import settings
from sanshi_lms.core.web import paginate
from sanshi_lms.notices.outbox import queries
from sanshi_lms.notices.outbox.actions import retry, save_policy, send_test
from sanshi_lms.notices.outbox.channels import all_channels, find_channel
from sanshi_lms.notices.outbox.forms import PolicyForm, TestForm
from sanshi_lms.notices.outbox.models import Delivery
from sanshi_lms.notices.outbox.rules import masked

blueprint = Blueprint(
    "notices_admin", __name__, url_prefix="/admin/notices", template_folder="../templates"
)
Answer = str | Response | tuple[str, int]
STATES = {"failed": "没发出去", "waiting": "等待发送", "sent": "已发出", "dropped": "不用再发"}


@blueprint.get("/")
@needs("notices.manage")
def outbox() -> Answer:
    """Show what waits and what failed."""
    return _page()


@blueprint.post("/test")
@needs("notices.manage")
def test_post() -> Answer:
    """Send a test message."""
    form = TestForm()
    form.offer()
    if form.validate():
        channel = find_channel(form.channel.data)
        try:
            if channel is not None:
                send_test(channel, form.address.data, current_person().id, now())
        except Refusal as refusal:
            form.address.errors = [refusal.message]
    if form.errors:
        rollback()
        return _page(form), 422
    flash("测试消息已交给后台，几秒后在“已发出”或“没发出去”里看结果。", "success")
    return redirect(url_for("notices_admin.outbox", state="sent"))


@blueprint.post("/retry")
@needs("notices.manage")
def retry_all_post() -> Answer:
    """Send everything that failed once more."""
    count = retry(None, now())
    flash(f"{count} 条消息重新排队。" if count else "没有发送失败的消息。", "success")
    return redirect(url_for("notices_admin.outbox", state="waiting"))


@blueprint.post("/<int:delivery_id>/retry")
@needs("notices.manage")
def retry_post(delivery_id: int) -> Answer:
    """Send one message that failed once more."""
    db.get_or_404(Delivery, delivery_id)
    done = retry([delivery_id], now())
    flash("已重新排队。" if done else "这条消息不在失败的里面，不用重试。", "success")
    return redirect(url_for("notices_admin.outbox", state="waiting"))


@blueprint.post("/policy")
@needs("notices.manage")
def policy_post() -> Answer:
    """Change the quiet hours."""
    form = PolicyForm()
    if not form.validate():
        return _page(policy_form=form), 422
    save_policy(
        queries.policy_row(), form.quiet_from.data, form.quiet_until.data, form.most_attempts.data
    )
    flash("已保存。", "success")
    return redirect(url_for("notices_admin.outbox"))


def _page(test_form: TestForm | None = None, policy_form: PolicyForm | None = None) -> str:
    state = request.args.get("state", "failed")
    state = state if state in STATES else "failed"
    page = paginate(queries.deliveries_query(state), size=30)
    if test_form is None:
        test_form = TestForm(formdata=None)
        test_form.offer()
    return render_template(
        "notices/outbox.html",
        page=page,
        state=state,
        states=STATES,
        counts=queries.count_states(),
        people=people_by_id(one.user_id for one in page.rows),
        channels=all_channels(),
        masked=masked,
        public_url=settings().public_url,
        test_form=test_form,
        policy_form=policy_form or PolicyForm(formdata=None, obj=queries.policy_row()),
    )
