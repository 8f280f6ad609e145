"""Editing: how shots follow each other, how fast, why, and what is laid over them."""

from __future__ import annotations

from sv6d.schema.boundaries import TRANSITION_STYLES
from sv6d.schema.field import Bound, Check, Confusable, Field, Reading, Term

_GRADUAL = "both gradual"

_CUTS: tuple[Field, ...] = (
    Field(
        name="boundary_kind",
        dimension="editing",
        definition="How one shot gives way to the next: at once, by mixing both, or by way of one flat colour.",
        terms=(
            Term("hard_cut", "At once, from one frame to the next.", ("cut", "硬切")),
            Term("dissolve", "Both are seen together for a while.", ("cross dissolve", "叠化")),
            Term("fade", "By way of one flat colour, mostly black.", ("dip to black", "淡入淡出")),
        ),
        exclusive=True,
        extent="boundary",
        evidence=("boundary",),
        source="SMPTE dissolve (OTIO); cut and fade as in film grammar",
        # The kinds beyond the vocabulary are those that only boundaries of shots have. `hard_cut` and
        # `flash` are near nothing.
        confusable=(
            Confusable("dissolve", "fade", 0.5, _GRADUAL),
            Confusable("dissolve", "fade_in", 0.5, _GRADUAL),
            Confusable("dissolve", "fade_out", 0.5, _GRADUAL),
            Confusable("dissolve", "wipe", 0.5, _GRADUAL),
            Confusable("fade", "fade_in", 0.75, "half of a fade"),
            Confusable("fade", "fade_out", 0.75, "half of a fade"),
            Confusable("fade_in", "fade_out", 0.25, "opposite halves"),
            Confusable("fade", "wipe", 0.25, "both gradual, one through a flat colour"),
            Confusable("fade_in", "wipe", 0.25, "both gradual, one through a flat colour"),
            Confusable("fade_out", "wipe", 0.25, "both gradual, one through a flat colour"),
        ),
        check=Check(
            readings=(Reading("num_mixed_frames", "frames", 0.0, "frames are whole: a cut has none between"),),
            bounds=(
                Bound("hard_cut", "num_mixed_frames", below=1.0),
                Bound("dissolve", "num_mixed_frames", at_least=1.0),
                Bound("fade", "num_mixed_frames", at_least=1.0),
            ),
        ),
    ),
    Field(
        name="pacing",
        dimension="editing",
        definition="fast: shots shorter than 2 s on average; slow: 2 s or longer.",
        terms=(
            Term("fast", "Shots last less than 2 s on average.", ("快节奏",)),
            Term("slow", "Shots last 2 s or longer on average.", ("慢节奏",)),
        ),
        exclusive=True,
        extent="video",
        evidence=("boundary",),
        source="Google ABCDs, overall pacing",
        check=Check(
            readings=(Reading("mean_shot_length", "s", 0.2, "annotations.rules.pacing_scale: a tenth of the bound"),),
            bounds=(Bound("fast", "mean_shot_length", below=2.0), Bound("slow", "mean_shot_length", at_least=2.0)),
        ),
    ),
    Field(
        name="transition_style",
        dimension="editing",
        definition="The look of a change of shot beyond its kind: an effect that an editor chose.",
        terms=(
            Term("wipe", "An edge runs over the picture and uncovers the next shot.", ("划像",)),
            Term("whip_pan", "A very fast turn blurs both shots together.", ("swish pan", "甩镜转场")),
            Term("zoom_transition", "A very fast zoom leads into the next shot.", ("zoom punch", "缩放转场")),
            Term("flash", "One or a few white frames lie between.", ("flash cut", "闪白")),
            Term("match_dissolve", "A dissolve between two like shapes.", ("匹配叠化",)),
            Term("object_cover", "Something passes before the lens and hides the change.", ("遮挡转场",)),
            Term("glitch", "The picture breaks up as by a disturbance.", ("故障转场",)),
        ),
        exclusive=True,
        extent="boundary",
        evidence=("boundary", "motion", "keyframe"),
        source="OTIO transitions; transitions of short-video editors (Edit3K); names as in editing practice",
        confusable=(
            Confusable("match_dissolve", "dissolve", 0.0, "the look of a dissolve, not its kind", "boundary_kind"),
            Confusable("whip_pan", "pan_right", 0.0, "an effect at the change, not a movement", "camera_movement"),
        ),
        check=Check(
            readings=tuple(
                Reading(style, "share", 0.0, "a certainty has no error of its own")
                for style in TRANSITION_STYLES.values()
            ),
            # The detector decides at 0.5. Terms without a number are told by nothing here.
            bounds=tuple(Bound(style, style, at_least=0.5) for style in TRANSITION_STYLES.values()),
        ),
    ),
    Field(
        name="cut_type",
        dimension="editing",
        definition="What joins the two shots on both sides of a cut.",
        terms=(
            Term("cut_on_action", "A movement begins before and goes on after.", ("match on action", "动作剪辑")),
            Term("cut_away", "To something else and back.", ("cutaway", "切出镜头")),
            Term("cross_cut", "Between two places at one time.", ("parallel editing", "交叉剪辑")),
            Term("emphasis_deemphasis", "Nearer to or farther from the same thing.", ("punch-in", "强调剪辑")),
            Term("match_cut", "Between two things of like shape or movement.", ("匹配剪辑",)),
            Term("smash_cut", "From one mood straight into its opposite.", ("撞击剪辑",)),
            Term("reaction", "To or from the face of one who reacts.", ("reaction shot", "反应镜头")),
            Term("l_cut", "The old sound goes on over the new picture.", ("L cut", "声音后置")),
            Term("j_cut", "The new sound begins under the old picture.", ("J cut", "声音先入")),
            Term("speaker_change", "To the one who speaks now.", ("正反打",)),
            Term("jump_cut", "Within one view: time is left out.", ("跳切",)),
            Term("montage", "Between pictures that add up to one idea.", ("蒙太奇",)),
        ),
        exclusive=False,
        extent="boundary",
        evidence=("boundary", "keyframe", "motion", "sound", "speech"),
        source="MovieCuts (ten types); jump_cut and montage as in film grammar",
        confusable=(
            Confusable("j_cut", "l_cut", 0.25, "a split edit, the other way round"),
            Confusable("reaction", "speaker_change", 0.25, "both turn to the other person"),
            Confusable("cut_on_action", "match_cut", 0.25, "both are joined by a movement"),
        ),
    ),
    Field(
        name="cut_rationale",
        dimension="editing",
        definition="What a cut is for: the one thing that would be lost without it.",
        terms=(
            Term("information", "It shows something that had not been seen.", ("信息",)),
            Term("emotion", "It raises or releases feeling.", ("tension", "情绪")),
            Term("rhythm", "It keeps time with music or speech.", ("beat", "节奏")),
            Term("continuity", "It goes on with an action or a look.", ("连贯",)),
            Term("emphasis", "It brings nearer what matters.", ("强调",)),
            Term("concealment", "It hides a mistake, a pause or a trick.", ("掩饰",)),
            Term("time_compression", "It leaves out time.", ("ellipsis", "压缩时间")),
            Term("comparison", "It sets two things side by side.", ("contrast", "对比")),
        ),
        exclusive=True,
        extent="boundary",
        evidence=("boundary", "keyframe", "motion", "sound", "speech", "text", "light", "colour"),
        source="ours; emotion and rhythm as in Murch, In the Blink of an Eye",
        confusable=(
            Confusable("emphasis", "information", 0.25, "a nearer view also shows more"),
            Confusable("concealment", "time_compression", 0.25, "leaving out a pause is both"),
        ),
    ),
)

_LAID_OVER: tuple[Field, ...] = (
    Field(
        name="speed_effect",
        dimension="editing",
        definition="What was done to the speed of the picture.",
        terms=(
            Term("slow_motion", "Slower than it happened.", ("slo-mo", "慢动作")),
            Term("fast_motion", "Faster than it happened.", ("time-lapse", "快进")),
            Term("speed_ramp", "The speed changes within the shot.", ("曲线变速",)),
            Term("freeze_frame", "The picture stands still while the shot goes on.", ("定格",)),
            Term("reverse", "Backwards.", ("倒放",)),
            Term("loop", "The same stretch is repeated.", ("循环",)),
        ),
        exclusive=False,
        extent="free",
        evidence=("motion", "keyframe"),
        source="Effects of short-video editors; CameraBench scene dynamics (frame freeze)",
        confusable=(
            Confusable("slow_motion", "speed_ramp", 0.25, "a ramp often ends in slow motion"),
            Confusable("freeze_frame", "static", 0.0, "what is shown stands still, not the frame", "camera_movement"),
        ),
    ),
    Field(
        name="text_overlay",
        dimension="editing",
        definition="Writing and signs that the editor laid over the picture.",
        terms=(
            Term("subtitle", "What is being said, word for word.", ("closed caption", "字幕")),
            Term("title", "A heading for what follows.", ("标题",)),
            Term("super", "A line that adds to the picture: a name, a fact, a comment.", ("lower third", "花字")),
            Term("sticker", "A small picture that moves or stands.", ("贴纸",)),
            Term("emoji", "A face or sign from the keyboard.", ("表情",)),
            Term("progress_bar", "A bar that tells how much is left.", ("进度条",)),
            Term("watermark", "A sign of the maker or platform.", ("logo bug", "水印")),
        ),
        exclusive=False,
        extent="free",
        evidence=("text", "keyframe", "box"),
        source="Google ABCDs (supers, emoji usage); Edit3K (stickers, texts)",
        confusable=(
            Confusable("emoji", "sticker", 0.25, "an emoji is often set as a sticker"),
            Confusable("subtitle", "caption", 0.0, "how the writing is made, not what it does", "packaging"),
        ),
    ),
    Field(
        name="audio_edit",
        dimension="editing",
        definition="What the sound track is made of.",
        terms=(
            Term("music", "Music under or instead of other sound.", ("BGM", "背景音乐")),
            Term("voice_over", "Somebody speaks who is not seen speaking.", ("narration", "旁白")),
            Term("on_screen_speech", "Somebody speaks in the picture.", ("sync sound", "同期声")),
            Term("sound_effect", "A sound that was added.", ("SFX", "音效")),
            Term("ambience", "The sound of the place.", ("room tone", "环境声")),
            Term("silence", "Nothing is heard.", ("静音",)),
            Term("beat_sync", "Cuts fall on the beats of the music.", ("卡点",)),
        ),
        exclusive=False,
        extent="free",
        evidence=("sound", "speech", "boundary"),
        source="TAAC-2021 and AVE sound labels; silence by FFmpeg silencedetect's default level of -60 dB",
        confusable=(Confusable("on_screen_speech", "voice_over", 0.25, "speech both, seen or not"),),
        check=Check(
            readings=(
                Reading("silence", "share", 0.02, "ours: a window of 0.1 s in five seconds"),
                Reading("music_likeness", "share", 0.1, "measured: music from 0.99, syllables without words to 0.81"),
                Reading("cuts_on_beat_luck", "share", 0.0, "a probability has no error of its own"),
                Reading("loudness", "dbfs", 3.0, "ours: a factor of 1.4, about the least step that is heard in speech"),
            ),
            bounds=(
                Bound("silence", "silence", at_least=0.98),
                Bound("silence", "loudness", below=-60.0),
                Bound("on_screen_speech", "silence", below=0.9),
                Bound("voice_over", "silence", below=0.9),
                Bound("music", "silence", below=0.5),
                Bound("music", "music_likeness", at_least=0.9),
                Bound("beat_sync", "cuts_on_beat_luck", below=0.05),
            ),
        ),
    ),
)

FIELDS: tuple[Field, ...] = (*_CUTS, *_LAID_OVER)
