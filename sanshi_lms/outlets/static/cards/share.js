// Inside WeChat only: gives the platform the page's title, line, link and picture for sharing.
// Whatever fails stays silent: WeChat then shows the bare link, as it does without us.

const SDK = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js";
const own = document.querySelector("script[data-wechat-share]");

function told(name) {
  return document.querySelector(`meta[property="og:${name}"]`)?.content ?? "";
}

function load(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

async function begin() {
  const page = location.href.split("#")[0];
  const answer = await fetch(`${own.dataset.wechatShare}?url=${encodeURIComponent(page)}`);
  if (answer.status !== 200) return;
  const signed = await answer.json();
  await load(SDK);
  const { wx } = window;
  wx.error(() => {});
  wx.ready(() => {
    const shared = { title: told("title"), link: told("url"), imgUrl: own.dataset.picture };
    wx.updateAppMessageShareData({ ...shared, desc: told("description") });
    wx.updateTimelineShareData(shared);
  });
  wx.config({
    debug: false,
    ...signed,
    jsApiList: ["updateAppMessageShareData", "updateTimelineShareData"],
  });
}

begin().catch(() => {});
