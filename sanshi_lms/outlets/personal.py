"""What the room keeps of a person (core/personal): only who did something for the site."""

from sanshi_lms.core.personal import acted

PERSONAL = (
    acted("outlets_links", "made_by_id", "做的渠道链接"),
    acted("outlets_publications", "by_id", "登记的对外发布"),
    acted("outlets_publications", "taken_down_by_id", "登记的对外撤下"),
    acted("outlets_drafts", "by_id", "发送的公众号草稿"),
)
