"""Camera language: how the frame moves, how near it is, from where and through what it looks."""

from __future__ import annotations

from sv6d.schema.field import Bound, Check, Confusable, Field, Reading, Term

_AXIS = "the axis is right"
_STILL = "ours: static studio shots stay below half of the deciding speed (benchmarks/movement.py)"

# Speeds from which a movement is as likely as none: benchmarks/movement.py.
_PAN_PER_S = 0.05
_TILT_PER_S = 0.05
_ZOOM_PER_S = 0.04

_SPEEDS = (
    Reading("pan_speed", "frame_widths_per_s", _PAN_PER_S / 2, _STILL),
    Reading("tilt_speed", "frame_heights_per_s", _TILT_PER_S / 2, _STILL),
    Reading("zoom_speed", "log_scale_per_s", _ZOOM_PER_S / 2, _STILL),
)


def _still(value: str) -> tuple[Bound, ...]:
    return (
        Bound(value, "pan_speed", -_PAN_PER_S, _PAN_PER_S),
        Bound(value, "tilt_speed", -_TILT_PER_S, _TILT_PER_S),
        Bound(value, "zoom_speed", -_ZOOM_PER_S, _ZOOM_PER_S),
    )


def _differs(value: str, other: str, other_field: str, reason: str) -> Confusable:
    return Confusable(value, other, 0.0, reason, other_field)


_PARALLAX = "on the spot near and far shift alike; a camera that travels shifts the near faster"
_GROWTH = "a zoom grows all depths alike; a camera that travels lets the near outgrow the far"

_MOVEMENT: tuple[Field, ...] = (
    Field(
        name="camera_movement",
        dimension="camera",
        definition="How the frame moves over the scene: pan turns sideways, tilt up or down, zoom changes the "
        "scale about the centre, static does none of these. Left is where the camera turns to.",
        terms=(
            Term("pan_left", "The camera turns to the left on the spot.", ("左摇",)),
            Term("pan_right", "The camera turns to the right on the spot.", ("右摇",)),
            Term("tilt_up", "The camera turns up on the spot.", ("上摇",)),
            Term("tilt_down", "The camera turns down on the spot.", ("下摇",)),
            Term("zoom_in", "The lens narrows: the scene grows about the centre.", ("变焦推",)),
            Term("zoom_out", "The lens widens: the scene shrinks about the centre.", ("变焦拉",)),
            Term("static", "The frame does not move.", ("fixed", "locked-off", "固定镜头")),
        ),
        exclusive=False,
        extent="shot",
        evidence=("motion",),
        source="CameraBench movement primitives; CineTechBench movement",
        # `static` is near nothing: otherwise it would be the safe answer to every question about movement.
        confusable=(
            Confusable("pan_left", "pan_right", 0.25, _AXIS),
            Confusable("tilt_down", "tilt_up", 0.25, _AXIS),
            Confusable("zoom_in", "zoom_out", 0.25, _AXIS),
            _differs("pan_left", "truck_left", "camera_translation", _PARALLAX),
            _differs("pan_right", "truck_right", "camera_translation", _PARALLAX),
            _differs("tilt_up", "pedestal_up", "camera_translation", _PARALLAX),
            _differs("tilt_down", "pedestal_down", "camera_translation", _PARALLAX),
            _differs("zoom_in", "dolly_in", "camera_translation", _GROWTH),
            _differs("zoom_out", "dolly_out", "camera_translation", _GROWTH),
            _differs("static", "fixed", "steadiness", "a still frame may come from a stabilised hand, not a tripod"),
        ),
        check=Check(
            readings=_SPEEDS,
            bounds=(
                Bound("pan_left", "pan_speed", below=-_PAN_PER_S),
                Bound("pan_right", "pan_speed", at_least=_PAN_PER_S),
                Bound("tilt_up", "tilt_speed", at_least=_TILT_PER_S),
                Bound("tilt_down", "tilt_speed", below=-_TILT_PER_S),
                Bound("zoom_in", "zoom_speed", at_least=_ZOOM_PER_S),
                Bound("zoom_out", "zoom_speed", below=-_ZOOM_PER_S),
                *_still("static"),
            ),
            strongest=True,
        ),
    ),
    Field(
        name="camera_translation",
        dimension="camera",
        definition="How the camera itself travels through the scene.",
        terms=(
            Term("truck_left", "It travels to the left.", ("trucking left", "左移")),
            Term("truck_right", "It travels to the right.", ("trucking right", "右移")),
            Term("pedestal_up", "It rises straight.", ("boom up", "升")),
            Term("pedestal_down", "It sinks straight.", ("boom down", "降")),
            Term("dolly_in", "It travels towards what it looks at.", ("push in", "推镜头")),
            Term("dolly_out", "It travels away from what it looks at.", ("pull out", "拉镜头")),
        ),
        exclusive=False,
        extent="shot",
        evidence=("motion",),
        source="CameraBench movement primitives; CineTechBench movement; MovieShots (push, pull)",
        confusable=(
            Confusable("truck_left", "truck_right", 0.25, _AXIS),
            Confusable("pedestal_down", "pedestal_up", 0.25, _AXIS),
            Confusable("dolly_in", "dolly_out", 0.25, _AXIS),
            _differs(
                "pedestal_up", "crane_up", "compound_movement", "a crane swings in a bow, a pedestal rises straight"
            ),
            _differs("pedestal_down", "crane_down", "compound_movement", "a crane swings in a bow"),
        ),
    ),
    Field(
        name="camera_roll",
        dimension="camera",
        definition="How the camera turns about the line of sight. The direction is the camera's.",
        terms=(
            Term("roll_clockwise", "To the right: the picture turns to the left.", ("roll CW", "顺时针旋转")),
            Term("roll_counterclockwise", "To the left: the picture turns to the right.", ("roll CCW", "逆时针旋转")),
            Term("roll_none", "Not at all.", ("no roll",)),
        ),
        exclusive=True,
        extent="shot",
        evidence=("motion",),
        source="CameraBench roll; CineTechBench rolling",
        confusable=(Confusable("roll_clockwise", "roll_counterclockwise", 0.25, _AXIS),),
        check=Check(
            # Ours: two degrees a second, as much as a hand at rest drifts; the camera turns against its picture.
            readings=(
                Reading("roll_speed", "radians_per_s", 0.017, "ours: half of the bound; rendered truth within 3 %"),
            ),
            bounds=(
                Bound("roll_clockwise", "roll_speed", below=-0.035),
                Bound("roll_counterclockwise", "roll_speed", at_least=0.035),
                Bound("roll_none", "roll_speed", -0.035, 0.035),
            ),
        ),
    ),
    Field(
        name="compound_movement",
        dimension="camera",
        definition="A named movement that joins turning and travelling.",
        terms=(
            Term(
                "arc_clockwise", "A bow around the subject, clockwise as seen from above.", ("orbit CW", "顺时针环绕")
            ),
            Term("arc_counterclockwise", "A bow around the subject, the other way.", ("orbit CCW", "逆时针环绕")),
            Term("crane_up", "A swing upwards on an arm.", ("jib up", "摇臂上升")),
            Term("crane_down", "A swing downwards on an arm.", ("jib down", "摇臂下降")),
            Term(
                "dolly_in_zoom_out", "It travels in and widens: what is behind draws away.", ("vertigo", "希区柯克变焦")
            ),
            Term("dolly_out_zoom_in", "It travels out and narrows: what is behind draws near.", ("reverse vertigo",)),
        ),
        exclusive=False,
        extent="shot",
        evidence=("motion",),
        source="CameraBench motion direction (arc, crane, dolly zoom)",
        confusable=(
            Confusable("arc_clockwise", "arc_counterclockwise", 0.25, _AXIS),
            Confusable("crane_down", "crane_up", 0.25, _AXIS),
            Confusable("dolly_in_zoom_out", "dolly_out_zoom_in", 0.25, _AXIS),
            _differs("arc_clockwise", "truck_left", "camera_translation", "an arc keeps the subject in the middle"),
            _differs(
                "arc_counterclockwise", "truck_right", "camera_translation", "an arc keeps the subject in the middle"
            ),
            _differs(
                "dolly_out_zoom_in", "zoom_in", "camera_movement", "the subject keeps its size, the ground does not"
            ),
        ),
    ),
    Field(
        name="steadiness",
        dimension="camera",
        definition="How quietly the frame is held, whatever else it does.",
        terms=(
            Term("fixed", "As on a tripod: nothing moves the frame.", ("tripod", "固定")),
            Term("stable", "It moves smoothly, without jolts.", ("smooth", "平稳")),
            Term("shaky", "It trembles or jolts, as in a walking hand.", ("handheld", "抖动", "手持")),
        ),
        exclusive=True,
        extent="shot",
        evidence=("motion",),
        source="CameraBench motion and steadiness",
        check=Check(
            readings=(
                *_SPEEDS,
                Reading(
                    "shake_rms",
                    "frame_heights",
                    0.001,
                    "ours: a third of a pixel at 360 pixels; rendered truth within a quarter",
                ),
            ),
            bounds=(
                *_still("fixed"),
                Bound("fixed", "shake_rms", below=0.005),
                Bound("stable", "shake_rms", below=0.005),
                Bound("shaky", "shake_rms", at_least=0.005),
            ),
        ),
    ),
    Field(
        name="movement_speed",
        dimension="camera",
        definition="How fast the frame moves over the scene, where it moves.",
        terms=(
            Term("slow", "A detail takes more than four seconds to cross the picture.", ("慢速",)),
            Term("regular", "Between slow and fast: a viewer follows without effort.", ("normal", "中速")),
            Term("fast", "A detail crosses in less than a second, or blurs.", ("快速",)),
        ),
        exclusive=True,
        extent="shot",
        evidence=("motion",),
        source="CameraBench motion speed; the times are ours",
        confusable=(
            Confusable("regular", "slow", 0.5, "neighbours on a scale of three"),
            Confusable("fast", "regular", 0.5, "neighbours on a scale of three"),
            _differs("fast", "fast", "pacing", "the speed of the frame, not of the cutting"),
        ),
    ),
)

_SIZES = "neighbours on a scale of seven"

_VIEW: tuple[Field, ...] = (
    Field(
        name="shot_scale",
        dimension="camera",
        definition="How much of the main subject the picture holds; of a person, cut at the named line.",
        terms=(
            Term("extreme_close_up", "A part of a face or thing.", ("ECU", "大特写")),
            Term("close_up", "A face, or a thing of that size.", ("CU", "CS", "特写")),
            Term("medium_close_up", "Head to chest.", ("MCU", "近景")),
            Term("medium", "Head to waist.", ("MS", "medium shot", "中景")),
            Term("medium_long", "Head to knees.", ("MLS", "medium wide", "American shot", "中全景")),
            Term("long", "The whole person and some ground.", ("LS", "FS", "full shot", "wide", "全景")),
            Term("extreme_long", "The place: people are small.", ("ELS", "extreme wide", "远景", "大远景")),
        ),
        exclusive=True,
        extent="shot",
        evidence=("keyframe", "box"),
        source="CineTechBench scale; MovieShots and CineScale names map onto it",
        confusable=(
            Confusable("close_up", "extreme_close_up", 0.25, _SIZES),
            Confusable("close_up", "medium_close_up", 0.25, _SIZES),
            Confusable("medium", "medium_close_up", 0.25, _SIZES),
            Confusable("medium", "medium_long", 0.25, _SIZES),
            Confusable("long", "medium_long", 0.25, _SIZES),
            Confusable("extreme_long", "long", 0.25, _SIZES),
        ),
    ),
    Field(
        name="camera_angle",
        dimension="camera",
        definition="From how high the camera looks at the main subject, and whether its horizon is level.",
        terms=(
            Term("eye_level", "Level with the subject's eyes or middle.", ("平视",)),
            Term("high_angle", "From above, slanting down.", ("俯拍",)),
            Term("low_angle", "From below, slanting up.", ("仰拍",)),
            Term("birds_eye", "Straight down.", ("overhead", "top shot", "顶拍", "鸟瞰")),
            Term("worms_eye", "From the ground, steeply up.", ("虫视",)),
            Term("dutch", "With a slanting horizon, on purpose.", ("canted", "荷兰角", "斜角")),
        ),
        exclusive=False,
        extent="shot",
        evidence=("keyframe", "box"),
        source="CineTechBench angle; ShotDeck (eye level, Dutch angle)",
        confusable=(
            Confusable("birds_eye", "high_angle", 0.25, "steps of one scale"),
            Confusable("low_angle", "worms_eye", 0.25, "steps of one scale"),
        ),
    ),
    Field(
        name="lens",
        dimension="camera",
        definition="What the lens does to space.",
        terms=(
            Term("fisheye", "Straight lines bow outwards.", ("ultra wide", "鱼眼")),
            Term("wide", "A wide field; near things loom.", ("wide angle", "广角")),
            Term("standard", "Space as the eye sees it.", ("normal lens", "标准镜头")),
            Term("telephoto", "A narrow field; far things press together.", ("long lens", "长焦")),
            Term("macro", "Very near: small things fill the picture.", ("微距",)),
        ),
        exclusive=True,
        extent="shot",
        evidence=("keyframe",),
        source="CineTechBench focal length; ShotDeck lens",
        confusable=(
            Confusable("fisheye", "wide", 0.25, "neighbours on one scale"),
            Confusable("standard", "wide", 0.25, "neighbours on one scale"),
            Confusable("standard", "telephoto", 0.25, "neighbours on one scale"),
            _differs("macro", "extreme_close_up", "shot_scale", "a lens, not a size: a macro may show a whole insect"),
        ),
    ),
)

FIELDS: tuple[Field, ...] = (*_MOVEMENT, *_VIEW)
