"""What reels say: slides, screens, subtitles, sidecars. Short, plain ASCII: the bundled font holds these glyphs."""

from __future__ import annotations

PAGE_TITLES: tuple[str, ...] = (
    "Where we stand",
    "Three findings",
    "The plan for May",
    "How it works",
    "What it costs",
    "Next steps",
    "Why it matters",
    "Two old mistakes",
    "Questions so far",
    "Summer in numbers",
)
PAGE_LINES: tuple[str, ...] = (
    "Water lasts twelve days",
    "Half of the seeds came up",
    "Two rooms, one kitchen",
    "Paid back in four years",
    "Open every day but Monday",
    "Fewer parts, fewer faults",
    "Ask before you order",
    "Quiet hours after ten",
    "It starts with a list",
    "Trains run every hour",
    "Rain is the main risk",
    "Nine of ten would return",
    "Nobody reads the manual",
    "Small steps every week",
    "Keep the first version",
    "Measure, then decide",
)
SCREEN_TITLES: tuple[str, ...] = ("Notes - Garden", "Orders.txt", "Travel list", "Recipes", "Inbox (12)", "Budget 3")
SCREEN_LINES: tuple[str, ...] = (
    "Buy string, tape and two boxes of screws",
    "Call the station about the bicycle ticket",
    "The west window does not close in winter",
    "Flour 500 g, water 340 g, salt 10 g",
    "Move the meeting to Thursday at nine",
    "Send photographs of both rooms",
    "Paint: first coat dry after six hours",
    "Return the ladder before Sunday",
    "New battery for the kitchen clock",
    "Book the small table by the wall",
    "Tomatoes need more light than beans",
    "Ask for the receipt of the lamp",
    "Train 214 leaves from platform seven",
    "Third drawer: spare keys and cables",
    "Two spoons of honey at the end",
    "Compare the prices of all three shops",
    "Read chapter four before the lesson",
    "Remind Ana of the concert on Friday",
)
MENU_LINES: tuple[str, ...] = (
    "New page",
    "Open folder",
    "Save a copy",
    "Rename",
    "Print",
    "Share",
    "Undo",
    "Find text",
)
DIALOG_LINES: tuple[tuple[str, str], ...] = (
    ("Delete this page?", "It can not be undone."),
    ("Save changes?", "The page was edited."),
    ("No connection", "Working from a copy."),
    ("Update ready", "Restart to finish."),
)
TYPED_LINES: tuple[str, ...] = ("also bring the blue one", "done, thank you", "ask again tomorrow", "see page nine")
SUBTITLES: tuple[str, ...] = (
    "so I tried it for a month",
    "and this is what happened",
    "first of all it was cheap",
    "you need one pan and salt",
    "that part took an hour",
    "my sister did not believe it",
    "look at the left side here",
    "I would do it again",
    "it only works in the morning",
    "nobody had told us before",
    "we counted every single one",
    "the second one was better",
)
REEL_TITLES: tuple[str, ...] = (
    "ONE DAY EARLIER",
    "PART TWO",
    "THE LAST TEST",
    "BACK HOME",
    "FOUR YEARS ON",
    "THE PLAN",
)
BURSTS: tuple[str, ...] = ("NEW", "WOW", "SALE", "TOP", "2 FOR 1", "HOT")
POST_TITLES: tuple[str, ...] = (
    "I did not expect this",
    "Small room, big change",
    "Everything I know in ten seconds",
    "How to start with nothing",
    "We went there again",
    "This took three days",
)
HASHTAGS: tuple[str, ...] = ("howto", "smallroom", "dayinmylife", "budget", "garden", "travel", "tutorial", "cooking")
COMMENTS: tuple[str, ...] = (
    "where did you buy that?",
    "the second part is the best",
    "please make a longer one",
    "tried it, works",
    "what is the song?",
    "mine looks different",
    "first",
    "saved for later",
)
