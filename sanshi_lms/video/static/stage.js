// The picture: full screen whose controls rest while one watches, and the small window.

const REST_MS = 3000;

export class Stage {
  constructor(player) {
    this.player = player;
    const { video, frame, room } = player;
    const able = document.pictureInPictureEnabled && video.requestPictureInPicture;
    const item = player.part("pip");
    if (item) item.hidden = !(able || video.webkitSupportsPresentationMode?.("picture-in-picture"));
    for (const name of ["pointermove", "pointerdown", "focusin"]) frame.addEventListener(name, () => this.wake());
    for (const name of ["play", "pause"]) video.addEventListener(name, () => this.wake());
    for (const name of ["fullscreenchange", "webkitfullscreenchange"]) {
      document.addEventListener(name, () => {
        const full = document.fullscreenElement === frame;
        room.querySelector(".player__button--full").setAttribute("aria-label", full ? "退出全屏" : "全屏");
        this.wake();
      });
    }
    frame.querySelector(".player__big").addEventListener("dblclick", (event) => {
      if (event.detail === 2 && matchMedia("(pointer: fine)").matches) player.fullscreen();
    });
  }

  // Show the controls, and let them go after a while if nobody needs them.
  wake() {
    const { frame } = this.player;
    frame.removeAttribute("data-resting");
    clearTimeout(this.timer);
    if (document.fullscreenElement !== frame) return;
    this.timer = setTimeout(() => this.rest(), REST_MS);
  }

  rest() {
    const { frame, video, panels } = this.player;
    const needed = video.paused || panels.open || frame.querySelector(".player__bar :focus-visible");
    if (!needed) frame.setAttribute("data-resting", "");
  }

  smallWindow() {
    const { video } = this.player;
    if (document.pictureInPictureElement) return document.exitPictureInPicture();
    const refused = () => this.player.tell("这个浏览器现在不能开小窗。");
    if (video.requestPictureInPicture) return video.requestPictureInPicture().catch(refused);
    return video.webkitSetPresentationMode?.("picture-in-picture");
  }
}
