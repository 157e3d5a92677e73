"""The listener itself: runs in a process of its own and prints what it hears, a JSON line each.

Arguments: the file, the folder of the model, the language. Exits with 3 when the model does not
load. It is given only what we encoded ourselves, never an upload.
"""

import importlib
import json
import os
import sys
import threading
from typing import Any

BEAT_SECONDS = 5.0
NO_MODEL = 3
# Whisper writes simplified characters and punctuation when it is spoken to in them.
PROMPTS = {"zh": "以下是普通话的讲课，请用简体中文和标点。"}


def say(**words: Any) -> None:
    """Write one line at once: the parent renews its lease by it."""
    sys.stdout.write(json.dumps(words, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(path: str, model_folder: str, language: str) -> int:
    """Listen to the whole file."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            say(alive=True)

    threading.Thread(target=beat, daemon=True).start()
    try:
        whisper = importlib.import_module("faster_whisper")
        model = whisper.WhisperModel(
            model_folder,
            device="cpu",
            compute_type="int8",
            cpu_threads=max(1, (os.cpu_count() or 2) // 2),
            local_files_only=True,
        )
    except Exception as error:  # whatever is wrong with a model ends the same for the person
        sys.stderr.write(f"{error!r}\n")
        return NO_MODEL
    segments, _ = model.transcribe(
        path,
        language=language,
        vad_filter=True,
        condition_on_previous_text=False,
        initial_prompt=PROMPTS.get(language),
    )
    for segment in segments:
        say(start=segment.start, end=segment.end, text=segment.text)
    done.set()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
