"""The bars behind which every uploaded file is read, by the probe and by each ffmpeg."""

from pathlib import Path
from typing import Any

import ffmpeg

from sanshi_lms.video.engine.rules import LIMITS

# Only containers that hold their own bytes. Everything that can name another file (HLS, DASH,
# concat) is absent: such a text called .mp4 makes ffmpeg copy a neighbour's lecture (guide §3).
FORMATS = "mov,matroska,webm,avi,mpegts,mpeg,flv,asf,rm,dv,mp3,aac,amr,wav,aiff,caf,flac,ogg"
PROTOCOLS = "file"
DECODERS = (
    "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,mpeg1video,mpeg2video,mpegvideo,mpeg4,"
    "msmpeg4v1,msmpeg4v2,msmpeg4,wmv1,wmv2,wmv3,vc1,flv,vp6,vp6f,vp6a,theora,h263,h263p,mjpeg,"
    "rv10,rv20,rv30,rv40,mss1,mss2,msvideo1,msrle,tscc,tscc2,zmbv,g2m,huffyuv,ffvhuff,utvideo,ffv1,"
    "png,cfhd,prores,dnxhd,dvvideo,svq1,svq3,cinepak,qtrle,rawvideo,aac,aac_latm,mp3,mp3float,mp2,mp2float,"
    "mp1,mp1float,ac3,eac3,dca,opus,libopus,vorbis,libvorbis,flac,alac,wmav1,wmav2,wmapro,wmavoice,"
    "wmalossless,cook,sipr,ra_144,ra_288,atrac3,"
    "amrnb,amrwb,nellymoser,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,pcm_s16le,pcm_s16be,"
    "pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le,pcm_u8,pcm_alaw,pcm_mulaw,pcm_bluray,pcm_dvd"
)


def guarded(source: Path, **options: Any) -> Any:
    """The uploaded file as ffmpeg's input, with all bars; ``options`` are further input options."""
    return ffmpeg.input(
        f"file:{source}",
        protocol_whitelist=PROTOCOLS,
        format_whitelist=FORMATS,
        codec_whitelist=DECODERS,
        max_pixels=LIMITS.pixels,
        max_streams=LIMITS.streams,
        **options,
    )
