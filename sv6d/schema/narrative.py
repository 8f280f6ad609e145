"""Narrative: what a shot does for the story, and what kind of story it is."""

from __future__ import annotations

from sv6d.schema.field import Confusable, Field, Term

FIELDS: tuple[Field, ...] = (
    Field(
        name="beat",
        dimension="narrative",
        definition="What the shot does for the story: hook wins attention, context sets the scene, "
        "product_display shows the offer, call_to_action asks the viewer to act.",
        terms=(
            Term("hook", "It wins attention.", ("钩子", "黄金三秒")),
            Term("context", "It sets the scene.", ("exposition", "背景交代")),
            Term("product_display", "It shows the offer.", ("demonstration", "产品展示")),
            Term("call_to_action", "It asks the viewer to act.", ("CTA", "行动指引")),
        ),
        exclusive=False,
        extent="shot",
        evidence=("keyframe", "text", "speech"),
        source="TAAC-2021 and practitioner beats of short videos",
    ),
    Field(
        name="story_function",
        dimension="narrative",
        definition="The finer steps of a short video beside its beats.",
        terms=(
            Term("pain_point", "A trouble that the viewer knows is shown or named.", ("problem", "痛点")),
            Term("suspense", "A question is raised and left open.", ("悬念", "疑问悬念")),
            Term("proof", "A result, number or witness shows that a claim is true.", ("evidence", "证明")),
            Term("before_after", "The state before and the state after are set against each other.", ("前后对比",)),
            Term("benefit", "What the viewer gains is told.", ("service advantage", "服务优势")),
            Term("twist", "What was expected turns out wrong.", ("reversal", "反转")),
            Term("payoff", "What was promised or asked is delivered.", ("resolution", "兑现")),
            Term("offer", "A price, gift or discount is put forward.", ("附加赠礼", "红包")),
            Term("brand_reinforcement", "The brand is named or shown once more.", ("品牌强化",)),
            Term("outro", "It closes: thanks, greeting, end card.", ("ending", "结尾")),
        ),
        exclusive=False,
        extent="free",
        evidence=("keyframe", "text", "speech"),
        source="TAAC-2021 segment labels; practitioner beats of short videos",
        confusable=(
            Confusable("before_after", "proof", 0.25, "a comparison is one way to prove"),
            Confusable("benefit", "offer", 0.25, "a discount is a benefit"),
            Confusable("payoff", "twist", 0.25, "a twist may answer what was asked"),
        ),
    ),
    Field(
        name="act",
        dimension="narrative",
        definition="The part of a told story that the span belongs to.",
        terms=(
            Term("setup", "Who, where and what is usual.", ("开端",)),
            Term("new_situation", "After a first event, things are no longer as usual.", ("新局面",)),
            Term("progress", "The aim is set, and it goes well.", ("发展",)),
            Term("complications", "It becomes harder, the stakes rise.", ("冲突升级",)),
            Term("final_push", "Everything is put into one last try.", ("最后一搏",)),
            Term("aftermath", "What came of it.", ("尾声",)),
        ),
        exclusive=True,
        extent="free",
        evidence=("keyframe", "text", "speech"),
        source="TRIPOD (Papalampidi et al., EMNLP 2019), the sections between turning points",
        confusable=(
            Confusable("new_situation", "setup", 0.25, "neighbours in time"),
            Confusable("complications", "progress", 0.25, "neighbours in time"),
        ),
    ),
    Field(
        name="presentation_form",
        dimension="narrative",
        definition="The form in which the video tells what it tells.",
        terms=(
            Term("talking_head", "Somebody speaks to the camera.", ("口播",)),
            Term("skit", "A staged scene with roles.", ("sketch", "情景剧")),
            Term("street_interview", "Passers-by are asked.", ("vox pop", "街访")),
            Term("slideshow", "Stills with writing follow each other.", ("图文",)),
            Term("screencast", "A device's screen is recorded.", ("录屏讲解",)),
            Term("unboxing", "A thing is unpacked and shown.", ("开箱",)),
            Term("tutorial", "How something is done, step by step.", ("how-to", "教程")),
            Term("vlog", "Somebody's day, told by themselves.", ("日常记录",)),
            Term("mashup", "Clips from elsewhere, put together.", ("compilation", "混剪")),
            Term("animation", "Drawn or computed pictures.", ("动画",)),
            Term("performance", "Somebody sings, dances or plays.", ("才艺",)),
        ),
        exclusive=False,
        extent="video",
        evidence=("keyframe", "text", "speech", "layout"),
        source="TAAC-2021 presentation forms; screencast, mashup, animation and performance are ours",
        confusable=(
            Confusable("talking_head", "vlog", 0.25, "a vlog is told to the camera"),
            Confusable("talking_head", "tutorial", 0.25, "many lessons are told to the camera"),
            Confusable(
                "screencast", "screen_recording", 0.0, "the form of the whole, not a picture's layout", "layout"
            ),
        ),
    ),
)
