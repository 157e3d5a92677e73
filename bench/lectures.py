"""Sources as lecturers send them, made here: slides, slides with a face, a screen, a camera.

Slides are those of our own studio at 1080p with the studio's Mandarin; the screen scrolls, rests,
types and moves its pointer; the camera is real footage where it is on this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from unittest.mock import patch

import typst

from bench import ROOT
from sanshi_lms.core.fonts import SANS, SERIF, font_paths
from sanshi_lms.video.studio import slides
from sanshi_lms.video.studio.script import parse_script
from sanshi_lms.video.studio.speech import best_engine
from sanshi_lms.video.studio.timeline import plan_shots, plan_speech

SCRIPT = ROOT / "content/courses/jiazhuang-dianti/02-biaojue.script.md"
SHARED = Path(os.environ.get("SANSHI_SHARED") or ROOT.parent / "shared") / "media"
KINDS = ("slides", "face", "screen", "camera")
RATE = 25
_MASTER = ["-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p", "-threads", "2"]
_SDR = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
_TAGS = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]


def make(ffmpeg: str, kind: str, folder: Path, seconds: int) -> Path | None:
    """Return a 1080p file of `kind` with Mandarin in it; None where its footage is not here."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{kind}.mp4"
    if not made.exists():
        pictures = {"slides": _slides, "face": _face, "screen": _screen, "camera": _camera}[kind]
        arguments = pictures(folder, seconds)
        if arguments is None:
            return None
        voice = ["-i", str(_voice(folder)), "-map", "[v]", "-map", f"{_inputs(arguments)}:a"]
        seconds = 2 if kind == "camera" else seconds  # there is no more of it
        run(ffmpeg, [*arguments[:-2], *voice[:2], *arguments[-2:], *voice[2:], *_MASTER, *_TAGS,
                     "-crf", "14", "-g", "50", "-t", str(seconds), "-r", str(RATE),
                     "-c:a", "aac", "-b:a", "128k", str(made)])  # fmt: skip
    return made


def run(ffmpeg: str, arguments: list[str]) -> str:
    """Run ffmpeg and return what it told on stderr. Raises CalledProcessError."""
    command = [ffmpeg, "-nostdin", "-hide_banner", "-nostats", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{done.stderr[-2000:]}\n{' '.join(command)}")
    return done.stderr


def _inputs(arguments: list[str]) -> int:
    return arguments.count("-i")


def _voice(folder: Path) -> Path:
    wave = folder / "voice.wav"
    if not wave.exists():
        plan = plan_speech(parse_script(SCRIPT.read_text("utf-8")))
        best_engine().speak(plan.clauses, plan.lead, wave)
    return wave


def _pages(folder: Path) -> Path:
    """Each slide of the lecture at 1920 × 1080 and a list of how long it stands."""
    listed = folder / "shots.txt"
    if listed.exists():
        return listed
    lecture = parse_script(SCRIPT.read_text("utf-8"))
    plan = plan_speech(lecture)
    spoken = best_engine().speak(plan.clauses, plan.lead, folder / "voice.wav")
    pages = slides.pages_of(lecture)
    shots = plan_shots(lecture, pages, plan, spoken)
    fonts = font_paths()
    render = folder / "render.py"  # the studio's own program, half as large again
    own = Path(slides.__file__).with_name("render.py").read_text("utf-8")
    render.write_text(own.replace("ppi=72", "ppi=108"), "utf-8")
    with patch.object(slides, "_RENDER", render):
        slides.render_pages(lecture, [pages[shot.page] for shot in shots], fonts, folder)
    listed.write_text(
        "ffconcat version 1.0\n"
        + "".join(
            f"file '{number:04}.png'\nduration {shot.frames / RATE}\n"
            for number, shot in enumerate(shots)
        ),
        "utf-8",
    )
    return listed


def _slides(folder: Path, _seconds: int) -> list[str]:
    filters = f"[0:v]fps={RATE},tmix=frames=6,{_SDR}[v]"
    return ["-f", "concat", "-i", str(_pages(folder)), "-filter_complex", filters]


def _face(folder: Path, seconds: int) -> list[str] | None:
    """A moving picture with sensor noise in the corner, as lecturers like it."""
    film = SHARED / "bigbuckbunny.mp4"
    if not film.exists():
        return None
    filters = (
        f"[0:v]fps={RATE},tmix=frames=6[s];"
        f"[1:v]fps={RATE},scale=480:270,noise=alls=4:allf=t[f];"
        f"[s][f]overlay=1410:780:shortest=0,{_SDR}[v]"
    )
    return ["-f", "concat", "-i", str(_pages(folder)), "-stream_loop", "-1", "-t", str(seconds),
            "-i", str(film), "-filter_complex", filters]  # fmt: skip


def _screen(folder: Path, _seconds: int) -> list[str]:
    """A long page of text: it scrolls in steps, rests, something is typed, the pointer moves."""
    page = folder / "page.png"
    if not page.exists():
        texts = sorted((ROOT / "content").rglob("0*.md"))
        words = "\n".join(file.read_text("utf-8") for file in texts)[:9000]
        template = folder / "page.typ"
        template.write_text(
            "#set page(width: 1920pt, height: auto, margin: 60pt)\n"
            "#set text(size: 20pt, font: json(bytes(sys.inputs.fonts)))\n"
            '#for line in sys.inputs.text.split("\\n") [#line \\ ]\n'
        )
        fonts = typst.Fonts(include_system_fonts=False, font_paths=font_paths())
        families = [name for name in (*SANS, *SERIF) if name in set(fonts.families())]
        inputs = {"text": words, "fonts": json.dumps(families)}
        image = typst.Compiler(str(template), root=str(folder), font_paths=fonts,
                               sys_inputs=inputs).compile(format="png", ppi=72)  # fmt: skip
        assert isinstance(image, bytes), "one page of any height"
        page.write_bytes(image)
    wheel = "if(lt(mod(t\\,8)\\,3)\\,floor(mod(t\\,8)*8)*15\\,360)"
    scroll = f"min(ih-1080\\,floor(t/8)*360+{wheel})"
    typed = "drawbox=x=300:y=900:w='40+floor(mod(t\\,8)*6)*18':h=4:color=0x2060c0:t=fill"
    pointer = "[p]overlay=x='900+300*sin(t*1.3)':y='500+200*sin(t*0.9)'"
    filters = (
        f"[0:v]{_SDR},loop=-1:size=1,setpts=N/{RATE}/TB,crop=1920:1080:0:'{scroll}',{typed}[b];"
        f"color=0x303030:s=14x22:r={RATE},{_SDR}[p];[b]{pointer}[v]"
    )
    return ["-framerate", str(RATE), "-i", str(page), "-filter_complex", filters]


def _camera(_folder: Path, _seconds: int) -> list[str] | None:
    """Hand-held footage of a phone, two and a half seconds, from HDR as people see it."""
    film = SHARED / "sample_edit_list.mp4"
    if not film.exists():
        return None
    tone = (
        "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=709,tonemap=mobius:param=0.5:desat=0,"
        "zscale=t=709:m=709:p=709:r=limited"
    )
    filters = f"[0:v]fps={RATE},crop=iw:iw*9/16,{tone},scale=1920:1080,{_SDR}[v]"
    return ["-i", str(film), "-filter_complex", filters]
