"""Aesthetics: light, colour, composition and the layout of the picture."""

from __future__ import annotations

from sv6d.schema.field import Bound, Check, Confusable, Field, Reading, Term

_STEPS_OF_THREE = "neighbours on a scale of three"

_LIGHT: tuple[Field, ...] = (
    Field(
        name="lighting_key",
        dimension="aesthetics",
        definition="Overall brightness of the shot: high_key is bright with few shadows, low_key is dark with "
        "few highlights, mid_key is neither.",
        terms=(
            Term("high_key", "Bright all over, with few shadows.", ("高调",)),
            Term("mid_key", "Neither bright nor dark all over.", ("中间调",)),
            Term("low_key", "Dark all over, with few highlights.", ("低调",)),
        ),
        exclusive=True,
        extent="shot",
        evidence=("light",),
        source="CineTechBench lighting (high key, low key); mid_key is ours, for what is neither",
        confusable=(
            Confusable("high_key", "mid_key", 0.5, _STEPS_OF_THREE),
            Confusable("low_key", "mid_key", 0.5, _STEPS_OF_THREE),
        ),
        check=Check(
            readings=(Reading("luma_mean", "share", 0.03, "annotations.rules.luma_scale in params.yaml"),),
            bounds=(
                Bound("low_key", "luma_mean", below=0.33),
                Bound("mid_key", "luma_mean", at_least=0.33, below=0.62),
                Bound("high_key", "luma_mean", at_least=0.62),
            ),
        ),
    ),
    Field(
        name="colour_tone",
        dimension="aesthetics",
        definition="Balance of red against blue over the shot: warm leans red, cool leans blue.",
        terms=(
            Term("warm", "Leans to red, orange or yellow.", ("暖色调",)),
            Term("neutral", "Leans to neither side.", ("中性色调",)),
            Term("cool", "Leans to blue or cyan.", ("cold", "冷色调")),
        ),
        exclusive=True,
        extent="shot",
        evidence=("colour",),
        source="ShotDeck colour (warm, cool, mixed); neutral is ours",
        confusable=(
            Confusable("cool", "neutral", 0.5, _STEPS_OF_THREE),
            Confusable("neutral", "warm", 0.5, _STEPS_OF_THREE),
        ),
        check=Check(
            readings=(Reading("red_minus_blue", "share", 0.012, "annotations.rules.colour_scale in params.yaml"),),
            bounds=(
                Bound("cool", "red_minus_blue", below=-0.055),
                Bound("neutral", "red_minus_blue", at_least=-0.055, below=0.055),
                Bound("warm", "red_minus_blue", at_least=0.055),
            ),
        ),
    ),
    Field(
        name="lighting_quality",
        dimension="aesthetics",
        definition="How sharp the edges of the shadows are.",
        terms=(
            Term("hard", "Shadows with sharp edges, from a small or bare light.", ("hard light", "硬光")),
            Term("soft", "Shadows with blurred edges or none, from a large or veiled light.", ("soft light", "柔光")),
        ),
        exclusive=True,
        extent="shot",
        evidence=("keyframe", "light"),
        source="CineTechBench and ShotDeck lighting",
    ),
    Field(
        name="lighting_direction",
        dimension="aesthetics",
        definition="From where the light that shapes the main subject comes.",
        terms=(
            Term("front", "From the camera's side: few shadows are seen.", ("frontlight", "顺光")),
            Term("side", "From the left or right: one half lies in shadow.", ("side light", "侧光")),
            Term("back", "From behind the subject, towards the camera.", ("backlight", "逆光")),
            Term("edge", "From behind and aside: a bright rim, the rest dark.", ("rim light", "轮廓光")),
            Term("top", "From above: shadows under eyes and chin.", ("top light", "顶光")),
            Term("under", "From below: shadows point up.", ("underlight", "底光")),
            Term("silhouette", "From behind alone: the subject is a dark shape.", ("剪影",)),
        ),
        exclusive=False,
        extent="shot",
        evidence=("keyframe", "light"),
        source="CineTechBench and ShotDeck lighting; front is ours, for the plainest case",
        confusable=(
            Confusable("back", "edge", 0.25, "an edge light is a back light that comes from aside"),
            Confusable("back", "silhouette", 0.25, "a silhouette is a back light and no other"),
        ),
    ),
    Field(
        name="contrast",
        dimension="aesthetics",
        definition="How far the bright and the dark parts of the shot lie apart.",
        terms=(
            Term("low_contrast", "Greys: no part is very bright or very dark.", ("flat", "低对比")),
            Term("medium_contrast", "Bright and dark parts, with much between them.", ("中等对比",)),
            Term("high_contrast", "Very bright beside very dark, with little between.", ("contrasty", "高对比")),
        ),
        exclusive=True,
        extent="shot",
        evidence=("light",),
        source="ShotDeck lighting (high contrast, low contrast); medium_contrast is ours",
        confusable=(
            Confusable("high_contrast", "medium_contrast", 0.5, _STEPS_OF_THREE),
            Confusable("low_contrast", "medium_contrast", 0.5, _STEPS_OF_THREE),
        ),
        check=Check(
            readings=(Reading("luma_std", "share", 0.02, "ours: a tenth of the middle class; not yet measured"),),
            bounds=(
                Bound("low_contrast", "luma_std", below=0.12),
                Bound("medium_contrast", "luma_std", at_least=0.12, below=0.28),
                # An even spread from black to white has a standard deviation of 0.289.
                Bound("high_contrast", "luma_std", at_least=0.28),
            ),
        ),
    ),
)

_COLOUR: tuple[Field, ...] = (
    Field(
        name="saturation",
        dimension="aesthetics",
        definition="How strong the colours of the shot are.",
        terms=(
            Term("black_and_white", "No colour at all.", ("monochrome", "B&W", "黑白")),
            Term("desaturated", "Pale colours.", ("muted", "低饱和")),
            Term("natural", "Colours as the eye sees them.", ("自然饱和",)),
            Term("saturated", "Colours stronger than the eye sees them.", ("vivid", "高饱和")),
        ),
        exclusive=True,
        extent="shot",
        evidence=("colour",),
        source="ShotDeck colour (saturated, desaturated, black and white); natural is ours",
        confusable=(
            Confusable("desaturated", "natural", 0.25, "neighbours on a scale of four"),
            Confusable("natural", "saturated", 0.25, "neighbours on a scale of four"),
        ),
        check=Check(
            readings=(Reading("chroma_mean", "share", 0.003, "ours: one step of 8-bit video"),),
            bounds=(
                # Measured on 14 labelled shots of real clips: five without colour up to 0.0005, four pale ones 0.007 to
                # 0.030, a natural one 0.084, four vivid ones from 0.165.
                Bound("black_and_white", "chroma_mean", below=0.004),
                Bound("desaturated", "chroma_mean", at_least=0.004, below=0.05),
                Bound("natural", "chroma_mean", at_least=0.05, below=0.12),
                Bound("saturated", "chroma_mean", at_least=0.12),
            ),
        ),
    ),
    Field(
        name="dominant_colour",
        dimension="aesthetics",
        definition="The one or two hues that cover most of what is coloured in the shot.",
        terms=(
            Term("red", "Red.", ("红",)),
            Term("orange", "Orange.", ("橙",)),
            Term("yellow", "Yellow.", ("黄",)),
            Term("green", "Green.", ("绿",)),
            Term("cyan", "Cyan or turquoise.", ("青",)),
            Term("blue", "Blue.", ("蓝",)),
            Term("purple", "Purple or violet.", ("紫",)),
            Term("magenta", "Magenta.", ("品红",)),
            Term("pink", "Pink.", ("粉",)),
            Term("white", "White, without any hue.", ("白",)),
            Term("black", "Black, without any hue.", ("黑",)),
            Term("sepia", "Brown all over, like an old print.", ("复古棕",)),
        ),
        exclusive=False,
        extent="shot",
        evidence=("keyframe", "colour"),
        source="ShotDeck and CineTechBench colours; black is ours",
        confusable=(
            Confusable("magenta", "pink", 0.25, "pink is pale magenta"),
            Confusable("magenta", "purple", 0.25, "neighbouring hues"),
            Confusable("orange", "yellow", 0.25, "neighbouring hues"),
            Confusable("blue", "cyan", 0.25, "neighbouring hues"),
        ),
    ),
)

_FORM: tuple[Field, ...] = (
    Field(
        name="composition",
        dimension="aesthetics",
        definition="What orders the picture: where the main subject stands, and which lines lead to it.",
        terms=(
            Term("central", "The subject stands in the middle.", ("centered", "中心构图")),
            Term("rule_of_thirds", "The subject stands on a line of thirds.", ("thirds", "三分构图")),
            Term("symmetrical", "Two halves mirror each other.", ("symmetry", "对称构图")),
            Term("diagonal", "A slanting line runs through the picture.", ("对角线构图",)),
            Term("horizontal", "Level lines lie over each other.", ("水平构图",)),
            Term("curved_line", "A bow or an S leads through the picture.", ("S-curve", "曲线构图")),
            Term("framing", "A door, window or branch frames the subject.", ("frame within a frame", "框架构图")),
            Term("short_side", "The subject looks out of the near edge.", ("short-sided", "短边构图")),
        ),
        exclusive=False,
        extent="shot",
        evidence=("keyframe", "box"),
        source="CineTechBench composition; ShotDeck composition (short side)",
        confusable=(Confusable("central", "symmetrical", 0.25, "a symmetrical picture has its subject in the middle"),),
    ),
    Field(
        name="focus_depth",
        dimension="aesthetics",
        definition="How much of the depth of the picture is sharp.",
        terms=(
            Term("ultra_shallow", "A part of the subject alone is sharp.", ("极浅景深",)),
            Term("shallow", "The subject is sharp, the ground behind it is not.", ("bokeh", "浅景深")),
            Term("deep", "Near and far are sharp.", ("deep focus", "大景深")),
            Term("soft", "Nothing is sharp, on purpose or not.", ("out of focus", "虚焦")),
            Term("rack", "The sharp plane moves from one thing to another.", ("rack focus", "移焦")),
        ),
        exclusive=True,
        extent="shot",
        evidence=("keyframe",),
        source="CameraBench-Pro focus; soft and rack as in camera practice",
        confusable=(Confusable("shallow", "ultra_shallow", 0.25, "neighbours on one scale"),),
    ),
    Field(
        name="layout",
        dimension="aesthetics",
        definition="How the picture is divided between moving image, stills and writing.",
        terms=(
            Term("full_bleed", "One image fills the picture.", ("full screen", "满屏")),
            Term("letterbox", "One image between empty bars.", ("bars", "黑边")),
            Term("gap_text", "One image between bars that bear writing or stickers.", ("三段式", "上下贴字")),
            Term("blurred_fill", "One image over a blurred copy of itself.", ("blurred background", "模糊背景")),
            Term("split_screen", "Two or more images side by side or over each other.", ("分屏",)),
            Term("picture_in_picture", "A small image lies on a large one.", ("PiP", "画中画")),
            Term("slide", "A still page of pictures and writing.", ("card", "图文卡片")),
            Term("screen_recording", "What a phone's or computer's screen shows.", ("screencast", "录屏")),
        ),
        exclusive=True,
        extent="shot",
        evidence=("layout", "keyframe", "box", "text", "motion"),
        source="Google ABCDs (creative gap utilisation); Panda-70M (screen in screen, screen recording); others ours",
        confusable=(
            Confusable("blurred_fill", "letterbox", 0.25, "the same image, other bars"),
            Confusable("gap_text", "letterbox", 0.25, "the same image, empty or used bars"),
        ),
        check=Check(
            readings=(
                Reading("letterbox", "share", 0.03, "rendered truth: boxes within 1.5 % of the sides, two of them"),
                Reading("card", "share", 0.02, "ours: compression softens the flat ground about letters"),
            ),
            bounds=(Bound("letterbox", "letterbox", at_least=0.05), Bound("slide", "card", at_least=0.8)),
        ),
    ),
)

FIELDS: tuple[Field, ...] = (*_LIGHT, *_COLOUR, *_FORM)
