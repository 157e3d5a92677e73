"""The only list of arrows: rooms from the ground up, and whose doors each may import.

Core is open to all. A room may only name rooms listed above it, so no ring can be written;
tests/house/test_arrows.py holds the code to this.
"""

ROOMS: tuple[str, ...] = (
    "account",
    "notices",
    "credentials",
    "search",
    "courses",
    "video",
    "quizzes",
    "documents",
    "learning",
    "training",
    "broadcasts",
    "practicals",
    "community",
    "site",
    "outlets",
    "reports",
    "admin",
)

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "account": (),
    "notices": ("account",),
    "credentials": ("account", "notices"),
    "search": ("account",),
    "courses": ("account",),
    "video": ("account", "courses"),
    "quizzes": ("account", "courses"),
    "documents": ("account", "courses"),
    "learning": ("account", "notices", "credentials", "courses", "video", "quizzes"),
    "training": ("account", "notices", "credentials", "courses", "learning"),
    "broadcasts": ("account", "courses"),
    "practicals": ("account", "notices", "courses", "learning"),
    "community": ("account", "notices", "courses", "learning"),
    "site": ("account", "courses", "learning", "training"),
    "outlets": ("account", "courses", "video", "learning", "training", "community", "site"),
    "reports": (
        "account",
        "notices",
        "credentials",
        "courses",
        "video",
        "quizzes",
        "learning",
        "training",
    ),
    "admin": ("account", "courses"),
}
