"""A program of its own: speaks the clauses of a job with eSpeak NG and writes one WAV.

It runs as a child process because a C library that crashes must not take a worker with it, and
because the pronunciation dictionaries cost 70 MB which only a build needs.

    voice.py --probe     prints the engine's name and version as JSON; exit code 3: no engine
    voice.py job.json    {"wav": path, "lead": s, "clauses": [[spoken text, pause after it, s], …]}
                         prints {"spans": [[start s, end s], …], "seconds": whole length}

eSpeak NG reads characters one by one and guesses 长者 or 重建 wrongly; we give it pinyin by the
word instead (word boundaries from rjieba, readings and tone sandhi from pypinyin).
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import ctypes.util
import json
import re
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import espeakng_loader
import rjieba
from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.seg import mmseg

VOICE = b"cmn-latn-pinyin"  # in 1.51 (Debian 12) plain "cmn" reads pinyin as English
RATE = 165  # espeak's words a minute: about 3.4 characters a second, an unhurried lecture
PITCH = 42  # a little under the middle: less sharp on a telephone's loudspeaker
RANGE = 58
QUIET = 260  # amplitude of 32767 below which a sample counts as silence

# Readings of this field that the dictionary of phrases lacks or has wrong.
_READINGS = {
    "铺装": "pū zhuāng",
    "好好地": "hǎo hǎo de",
    "慢慢地": "màn màn de",
    "处长": "chù zhǎng",
    "楼长": "lóu zhǎng",
    "院长": "yuàn zhǎng",
    "栋长": "dòng zhǎng",
    "组长": "zǔ zhǎng",
    "加重": "jiā zhòng",
    "三师": "sān shī",
    "给予": "jǐ yǔ",
    "长效": "cháng xiào",
    "不长": "bù cháng",
    "写长": "xiě cháng",
    "难处": "nán chù",
    "情分": "qíng fèn",
}
# Words of one character: particles, and 数, which alone is mostly the verb (怎么数).
_ALONE = {
    "得": "de5",
    "的": "de5",
    "着": "zhe5",
    "了": "le5",
    "吗": "ma5",
    "呢": "ne5",
    "数": "shu3",
}
# 一 keeps its first tone after the former (figures, 第) and before the latter (floors, months).
_FIGURES = set("第初零一二三四五六七八九十百千万亿点幺")
_NAMED = set("零一二三四五六七八九十点幺楼月号级")
# Names of Latin letters as Chinese speakers say them.
_LETTER_NAMES = (
    "ei1 bi4 sei1 di4 yi4 ai2fu5 ji4 ei1chi5 ai4 zhei4 kei4 ai2lou5 ai2mu5 "
    "en1 ou1 pi4 kiu4 a2er5 ai2si5 ti4 you4 wei1 da2bu5liu5 ai2ke5si5 wai4 zei4"
)
_LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_NAMES.split(), strict=True))
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]")
_PAUSES = "，,、；;：:（）()—…·《》"
_IONG = re.compile(r"([jqx])iong(\d)")
_IONG_ONSET = {"j": "tS;", "q": "tS;h", "x": "S;"}
_TONES = {"1": "55", "2": "35", "3": "214", "4": "51", "5": "11"}

load_phrases_dict({word: [[s] for s in said.split()] for word, said in _READINGS.items()})
mmseg.retrain(mmseg.seg)


def to_pinyin(text: str) -> str:
    """Spoken Chinese text as what espeak reads best: pinyin with tone figures, one group a word."""
    tokens = rjieba.cut(text)
    said = iter(_syllables([t for t in tokens if _HAN.match(t)]))
    out: list[str] = []
    for token in tokens:
        if _HAN.match(token):
            out.append(_guard(next(said)))
        elif token.isascii() and token.isalnum():
            out.extend(_LETTERS.get(letter, letter) for letter in token.upper())
        elif any(c in _PAUSES for c in token) and out and out[-1] != ",":
            out.append(",")
    return " ".join(out).replace(" ,", ",").strip(" ,")


def _syllables(words: list[str]) -> list[str]:
    """The pinyin of each word, its syllables joined."""
    # rjieba's words group the speech; pypinyin has readings for its own cut of each (重庆|市).
    phrases = [part for word in words for part in mmseg.seg.cut(word)]
    flat = lazy_pinyin(phrases, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True)
    text = "".join(words)
    out: list[str] = []
    at = 0
    for index, word in enumerate(words):
        for inside, character in enumerate(word):
            last = inside == len(word) - 1
            if character == "一" and (len(word) == 1 or not last):
                flat[at + inside] = _tone_of_one(text, flat, at + inside)
            elif character == "不" and flat[at + inside + 1 : at + inside + 2]:
                tone = flat[at + inside + 1][-1]
                flat[at + inside] = "bu2" if tone == "4" else "bu4"
        if word == "地" and index and len(words[index - 1]) > 1:
            flat[at] = "de5"  # 有条件地; but 闲地 is land
        elif word in _ALONE:
            flat[at] = _ALONE[word]
        out.append("".join(flat[at : at + len(word)]))
        at += len(word)
    return out


def _tone_of_one(text: str, flat: list[str], at: int) -> str:
    """一: second tone before a fourth, fourth before the others, light in 看一看."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not after or before in _FIGURES or after in _NAMED:
        return "yi1"
    if before == after and text[at - 2 : at - 1] != "一":  # 看一看, but not 一户一户
        return "yi5"
    return "yi2" if flat[at + 1][-1] == "4" else "yi4"


def _guard(word: str) -> str:
    """espeak's rules lack jiong, qiong and xiong and read them as English: give their phonemes."""
    return _IONG.sub(lambda m: f" [[{_IONG_ONSET[m[1]]}j'ong{_TONES[m[2]]}]] ", word).strip()


class EspeakMissingError(RuntimeError):
    """No usable eSpeak NG library with a Mandarin voice on this machine."""


class Espeak:
    """eSpeak NG through its C interface, synchronously, one clause at a time."""

    def __init__(self) -> None:
        self._lib, self.rate = self._open()
        self._samples = array.array("h")
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
        )
        self._callback = kind(self._take)  # kept: the C side holds only the address
        self._lib.espeak_SetSynthCallback(self._callback)
        for parameter, value in ((1, RATE), (3, PITCH), (4, RANGE)):
            self._lib.espeak_SetParameter(parameter, value, 0)

    @staticmethod
    def _open() -> tuple[Any, int]:
        for path, data in _libraries():
            with contextlib.suppress(OSError):
                lib = ctypes.CDLL(path)
                rate = lib.espeak_Initialize(2, 0, data, 0)  # 2 = AUDIO_OUTPUT_SYNCHRONOUS
                if rate > 0 and lib.espeak_SetVoiceByName(VOICE) == 0:
                    return lib, rate
        raise EspeakMissingError

    def version(self) -> str:
        self._lib.espeak_Info.restype = ctypes.c_char_p
        said: bytes = self._lib.espeak_Info(None)
        return said.decode().split()[0]

    def speak(self, pinyin: str) -> array.array[int]:
        """16-bit mono samples at `rate` Hz, without silence at either end."""
        self._samples = array.array("h")
        text = f"{pinyin},".encode()
        flags = 1 | 0x100  # UTF-8, and [[phonemes]] are read as such
        failed = self._lib.espeak_Synth(
            text, ctypes.c_size_t(len(text) + 1), 0, 0, 0, flags, None, None
        )
        if failed:
            raise RuntimeError(f"espeak_Synth failed with {failed}")
        self._lib.espeak_Synchronize()
        return _trim(self._samples)

    def _take(self, wav: Any, count: int, _events: Any) -> int:
        if wav and count > 0:
            self._samples.frombytes(ctypes.string_at(wav, count * 2))
        return 0


def _libraries() -> Iterator[tuple[str, bytes | None]]:
    with contextlib.suppress(Exception):  # a wheel without its library raises its own kinds
        data = Path(espeakng_loader.get_data_path()).parent
        yield espeakng_loader.get_library_path(), str(data).encode()
    if system := ctypes.util.find_library("espeak-ng"):
        yield system, None


def _trim(samples: array.array[int]) -> array.array[int]:
    def quiet(i: int) -> bool:
        return abs(samples[i]) < QUIET

    start = next((i for i in range(len(samples)) if not quiet(i)), 0)
    end = next((i for i in range(len(samples) - 1, -1, -1) if not quiet(i)), -1) + 1
    return samples[start:end]


def perform(
    job: dict[str, Any], speak: Callable[[str], array.array[int]], rate: int
) -> dict[str, Any]:
    """Write the WAV of a job and say when each clause is heard (seconds)."""
    spans: list[tuple[float, float]] = []
    done = 0
    with wave.open(job["wav"], "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)

        def silence(seconds: float) -> int:
            count = round(seconds * rate)
            out.writeframesraw(bytes(2 * count))
            return count

        done += silence(job["lead"])
        for text, pause in job["clauses"]:
            pinyin = to_pinyin(text)
            samples = speak(pinyin) if pinyin else array.array("h")
            out.writeframesraw(samples.tobytes())
            spans.append((round(done / rate, 4), round((done + len(samples)) / rate, 4)))
            done += len(samples) + silence(pause)
    return {"spans": spans, "seconds": done / rate}


def main(arguments: list[str]) -> int:
    try:
        engine = Espeak()
    except EspeakMissingError:
        return 3
    if arguments == ["--probe"]:
        answer: dict[str, Any] = {"engine": f"espeak-ng {engine.version()}"}
    else:
        job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        answer = perform(job, engine.speak, engine.rate)
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
