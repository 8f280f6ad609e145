"""Dissemination: how the video wins, keeps and moves its viewers on a platform."""

from __future__ import annotations

from sv6d.schema.field import Bound, Check, Confusable, Field, Reading, Term

_HOOK: tuple[Field, ...] = (
    Field(
        name="packaging",
        dimension="dissemination",
        definition="Overlays that package the video for its platform: a hook line in the opening, captions, a "
        "price tag, a call to action.",
        terms=(
            Term("hook_line", "A line in the opening that wins attention.", ("首屏大字", "花字标题")),
            Term("caption", "Writing that goes along with what is said or shown.", ("字幕条",)),
            Term("price_tag", "A price or discount.", ("价格标签",)),
            Term("call_to_action_text", "Writing that asks the viewer to act.", ("CTA text", "引导文案")),
        ),
        exclusive=False,
        extent="shot",
        evidence=("keyframe", "text"),
        source="Google ABCDs supers and call to action; TAAC-2021 offers",
    ),
    Field(
        name="hook_type",
        dimension="dissemination",
        definition="By what the opening wins attention.",
        terms=(
            Term("question", "A question or a gap that one wants filled.", ("curiosity gap", "疑问悬念")),
            Term("pattern_interrupt", "Something odd, loud or sudden.", ("意外打断",)),
            Term("outcome_first", "The result, before how it came about.", ("payoff first", "结果前置")),
            Term("problem_first", "A trouble that the viewer knows.", ("pain point", "痛点开场")),
            Term("contrarian", "The opposite of what most believe.", ("belief reversal", "反直觉")),
            Term("authority", "A title, name or proof that stands for the claim.", ("proof first", "权威背书")),
            Term("listicle", "A number of things to come.", ("number", "数字冲击")),
            Term("story", "The first sentence of a story.", ("故事叙事",)),
            Term("call_out", "The viewers who are meant are addressed.", ("audience call-out", "点名受众")),
            Term("before_after", "The state before and after.", ("前后对比",)),
            Term("urgency", "Little time or stock is left.", ("scarcity", "限时稀缺")),
            Term("emotion", "A feeling that the viewer shares at once.", ("情感共鸣",)),
            Term("how_to", "Something useful is about to be taught.", ("教程实用",)),
        ),
        exclusive=False,
        extent="free",
        evidence=("keyframe", "text", "speech", "sound", "motion"),
        source="practitioner lists of hooks; the first 3 s unless the span says otherwise (Google ABCDs)",
        confusable=(
            Confusable("before_after", "outcome_first", 0.25, "both show the result at once"),
            Confusable("contrarian", "question", 0.25, "a claim against belief opens a gap too"),
            Confusable("before_after", "before_after", 0.0, "as a hook, not as a step of the story", "story_function"),
        ),
    ),
    Field(
        name="hook_modality",
        dimension="dissemination",
        definition="Through what the opening wins attention.",
        terms=(
            Term("visual", "By what is seen.", ("画面钩子",)),
            Term("spoken", "By what is said.", ("口播钩子",)),
            Term("on_screen_text", "By what is written.", ("文字钩子",)),
            Term("sound", "By music or a noise.", ("声音钩子",)),
        ),
        exclusive=False,
        extent="free",
        evidence=("keyframe", "text", "speech", "sound", "motion"),
        source="practitioner lists of hooks",
    ),
    Field(
        name="cta_kind",
        dimension="dissemination",
        definition="What the viewer is asked to do.",
        terms=(
            Term("buy", "Order or pay.", ("purchase", "下单", "购买")),
            Term("follow", "Follow the account.", ("subscribe", "关注")),
            Term("like_save", "Like or keep the video.", ("like", "save", "点赞", "收藏")),
            Term("comment", "Write a comment.", ("评论",)),
            Term("share", "Send it to others.", ("转发",)),
            Term("click_link", "Follow a link or a cart.", ("点击链接", "小黄车")),
            Term("download", "Install something.", ("下载",)),
            Term("visit", "Come to a place.", ("到店",)),
            Term("next_part", "Watch the next part.", ("watch next", "看下集")),
        ),
        exclusive=False,
        extent="free",
        evidence=("text", "speech", "keyframe"),
        source="Google ABCDs call to action; the kinds are ours, after the platforms' own buttons",
        confusable=(Confusable("buy", "click_link", 0.25, "the link to the cart is the way to buy"),),
    ),
)

_PLATFORM: tuple[Field, ...] = (
    Field(
        name="brand_presence",
        dimension="dissemination",
        definition="Where the brand or its product can be seen, heard or read.",
        terms=(
            Term("brand_visual", "Its name or sign is seen.", ("logo", "品牌露出")),
            Term("brand_speech", "Its name is said.", ("品牌口播",)),
            Term("product_visual", "The product is seen.", ("产品露出",)),
            Term("product_text", "The product's name is written.", ("产品文字",)),
            Term("product_speech", "The product's name is said.", ("产品口播",)),
        ),
        exclusive=False,
        extent="free",
        evidence=("keyframe", "text", "speech", "box"),
        source="Google ABCDs brand and product features",
        confusable=(
            Confusable("brand_speech", "product_speech", 0.25, "many products bear the brand's name"),
            Confusable("brand_visual", "product_visual", 0.25, "the sign is often on the product"),
        ),
    ),
    Field(
        name="video_format",
        dimension="dissemination",
        definition="The shape of the picture as shown.",
        terms=(
            Term("vertical", "Higher than wide.", ("portrait", "9:16", "竖屏")),
            Term("square", "As high as wide.", ("1:1", "方屏")),
            Term("horizontal", "Wider than high.", ("landscape", "16:9", "横屏")),
        ),
        exclusive=True,
        extent="video",
        evidence=("layout",),
        source="Google ABCDs video format",
        check=Check(
            readings=(Reading("aspect_ratio", "ratio", 0.0, "sizes are whole pixels, so the ratio is exact"),),
            bounds=(
                # Ours: a twentieth off the square still looks square.
                Bound("vertical", "aspect_ratio", below=0.95),
                Bound("square", "aspect_ratio", at_least=0.95, below=1.05),
                Bound("horizontal", "aspect_ratio", at_least=1.05),
            ),
        ),
    ),
    Field(
        name="engagement_cue",
        dimension="dissemination",
        definition="What was published with the video to be found and answered.",
        terms=(
            Term("topic_hashtag", "A hashtag that names what it is about.", ("话题标签",)),
            Term("challenge_hashtag", "A hashtag of a challenge or trend.", ("挑战标签",)),
            Term("question_title", "A title that asks.", ("提问标题",)),
            Term("mention", "Another account is named.", ("@", "提及")),
            Term("partnership_disclosure", "It says that it was paid for.", ("ad label", "广告声明")),
            Term("pinned_comment", "A comment by the maker that leads on.", ("置顶评论",)),
        ),
        exclusive=False,
        extent="video",
        evidence=("sidecar", "text"),
        source="Google ABCDs (partnership disclosure, trends); the others ours, after what platforms publish",
        confusable=(Confusable("challenge_hashtag", "topic_hashtag", 0.25, "hashtags both"),),
    ),
)

FIELDS: tuple[Field, ...] = (*_HOOK, *_PLATFORM)
