"""The words that scripts/lint-words rejects, with what to write instead.

A rule is a regular expression of whole, lowercase words and its replacement; a contextual rule also
lists the phrases in which the word is ordinary English or a technical term. Keep those few, and
prefer another word.
"""

from __future__ import annotations

#: Words without a right use in this repository.
STRICT: list[tuple[str, str]] = [
    # HTTP
    (r"answer(s|ed|ing)?", '"response" (HTTP), "reply" (a person), "result" (a function)'),
    (r"ask(s|ed|ing)?", '"request" (HTTP), "prompt" (a person), "call", "specify"'),
    (r"verbs?", '"method"'),
    (r"pieces?", '"chunk" (of a body), "part"'),
    (r"cut short|garbled", '"truncated", "malformed"'),
    (r"kept (connection|socket)s?", '"idle connection"'),
    # Retries
    (r"(tried|sent|retried) again", '"retried"'),
    (r"in passing", '"transient"'),
    (r"replay(s|ed|ing)?", '"retry safety", "idempotent", "retry"'),
    (r"own delays?", '"backoff"'),
    (r"may have been done", '"may have been applied"'),
    # Polling and pages
    (r"(go|goes|going|gone|went) on", '"keep running" (a sync), "continue", "have more pages"'),
    (r"under ?way", '"in flight" (a call), "in progress" (a sync)'),
    (r"(give|gives|gave|given|giving) up", '"cancel" (the caller), "abort" (an attempt)'),
    (r"(become|becomes|became) of", '"status"; once completed, "outcome"'),
    # Files
    (r"put right|tidy|tidied|tidies", '"fix"; "normalize"'),
    (r"nobody|somebody", 'the actor, "no one", "empty roster"'),
    (r"birth ?dates?", '"date of birth"'),
    (r"e-mails?", '"email"'),
    (r"white spaces?", '"whitespace"'),
    # Errors
    (r"words? of (a|the) panic|panic('s)? words?", '"panic message"'),
    (r"fault of ours|library faults?", '"bug", "internal error"'),
    (r"troubles?", '"error", "failure"'),
    (r"whoever|whomever|whom", '"anyone who", "the caller"'),
    (r"for programs", '"machine-readable"'),
    (r"(take|takes|taking|taken|took) ((it|them|this|that|(the|a|an) [a-z]+) )?over", '"adopt"'),
    # Tests
    (r"contestants?", '"bench client"'),
    (r"judg(e|es|ed|ing|ement|ments?)", '"verify", "decide"'),
    (r"plant(s|ed|ing)?", '"seed", "inject"'),
    (r"play(s|ed|ing)?", '"run"'),
    (r"story|stories", '"demo", "example"'),
    # Names that were replaced
    (r"page facts", "`PageSummary`"),
    (r"seen items", "`SeenIds`"),
    (r"server said no", "`ServerForbids`"),
    (r"poll here", "`poll_inline`"),
    (r"reactor turn", "`Reactor::dispatch`"),
    (r"native (group|plan) cursor", "`NativeGroupPager`, `NativePlanPager`"),
    # Spelling
    (r"(behavi|col|hon|fav|neighb|lab|rum)our[a-z]*", 'the American "-or"'),
    (
        r"(optim|serial|normal|recogn|organ|author|initial|synchron|minim|maxim|summar|util|real|"
        r"custom|emphas|priorit|capital|general|special|standard|character|critic|memor|stabil|"
        r"local|apolog|visual|material|parallel|token|random)is(e[a-z]*|ing|ations?)",
        'the American "-ize"',
    ),
    (r"(anal|catal|paral)ys(e|ed|ing)", 'the American "-yze"'),
    (r"(label|model|travel|signal|cancel|channel|tunnel|total|level)l(ed|ing)", 'a single "l"'),
    (r"artefacts?", '"artifact"'),
    (r"licen(ce|ces|ced)", '"license"'),
    (r"whilst|amongst|fulfil|defence|offence|catalogues?|centre[sd]?|grey", "it the American way"),
]

#: Words that are wrong in one sense, with the phrases that have another.
CONTEXTUAL: list[tuple[str, str, tuple[str, ...]]] = [
    (
        r"places?",
        '"origin", "location", "path", "position", "slot"',
        (r"in place( of)?", r"(take|takes|took|taking) place", r"decimal places?"),
    ),
    (
        r"(is|are|was|were|be|been|being) refused|refuses|(server|api|roster) refused",
        '"rejected" (server, validation), "blocked" (guard)',
        # TCP's own word.
        (
            r"(connection|connections|port|socket) (is|are|was|were|be|been|being) refused",
            r"refuses ((the|a|every|all|its|new) )?(tcp )?(connection|connections|them|to connect)",
        ),
    ),
    (
        r"spread(s|ing)?",
        '"jitter"',
        (r"spread(s|ing)? (operator|syntax|options|argument|element)s?",),
    ),
    (r"budgets?", '"retry quota"', (r"(tokio|coop|cooperative)('s)?( [a-z]+)? budgets?",)),
    (
        r"look(s|ed|ing)?",
        '"poll" (a sync), "check", "inspect"',
        (
            r"look(s|ed|ing)?(-| )((the |a )?[a-z]+ )?up",
            r"look(s|ed|ing)? (a)?like",
            r"look(-| )?(behind|ahead|alike)s?",
        ),
    ),
    (r"walk(s|ed|ing|er)?", '"iterate", "page through", "pager"', (r"(os|ast|fs)\.walk",)),
    (
        r"driv(e|es|en|ing)|drove",
        '"poll" (a future), "run", "inline I/O"',
        (r"(event|data|table|test)(-| )driven", r"drive letters?", r"hard drives?"),
    ),
    (
        r"turn(s|ed|ing)? ((the|a|its|this|that) )?(virtual )?(clocks?|reactors?)"
        r"|turn(s|ed|ing)? it forward",
        '"advance" (the clock), "dispatch" (the reactor)',
        (),
    ),
    (
        r"(is|are|was|were|be|been) no",
        '"is not a"',
        (
            r"there (is|are|was|were|(has|have) been|(will|can|may|must|should|would|to) be) no",
            r"(is|are|was|were|be|been) no (longer|more|less|such|one|different|worse|better)",
        ),
    ),
    (
        r"tell(s|ing)?|told",
        '"return", "list" (API), "report" (an error), "notify" (a callback)',
        (
            r"(tell|tells|told|telling) ([a-z]+ ){0,4}apart",
            r"(can|cannot|can't|could|not) tell",
        ),
    ),
    (
        r"for people",
        '"human-readable"',
        (r"for people (who|whose|that|in|under|with|without|on|of|aged|over)",),
    ),
    (r"went", "what happened", (r"went (wrong|as planned)",)),
    # An environment and a folder of packages may be "staging".
    (r"stages?", '"fixture", "step"', (r"completion stage", r"multi-?stage")),
    (r"figures?", '"statistics", "numbers"', (r"figure (it )?out",)),
    (
        r"worlds?",
        '"server state", "seed"',
        (r"(real|outside|whole)(-| )worlds?", r"hello,? world", r"world(-| )(readable|writable)"),
    ),
    (
        r"(syncs?|calls?|work) (is|are|was|were) done",
        '"completed" (a sync), "succeeded" (a call)',
        (),
    ),
]

RULES = [*((pattern, instead, ()) for pattern, instead in STRICT), *CONTEXTUAL]

#: Files that are not ours, are data, or list the words themselves.
SKIPPED = [
    "*.lock",
    "*package-lock.json",
    "*LICENSE*",
    "*.csv",
    "fuzz/seeds/*",
    "benches/results.json",
    "docs/glossary.md",
    "scripts/retired_words.py",
    "scripts/test_lint_words.py",
]

#: Passages that keep their words: files, a regular expression, and the reason.
EXEMPTIONS: list[tuple[str, str, str]] = [
    ("CHANGELOG.md", r"`[^`\n]*`", "a changelog lists the old names of what was renamed"),
    (
        "*",
        r"is_?[cC]ancelled|CancelledError|\bcancelled\(|until_cancelled\w*",
        "names of asyncio, Swift and tokio",
    ),
    ("*", r"[\"'`](birthdate|E-[Mm]ail)[\"'`]", "names of columns in users' files"),
    ("crates/vitable-groups-roster/*", r"\"Birth Date\*\"|\"FIGURE DASH\"", "a header"),
    ("examples/rosters/generate.py", r"\"Drive\"", "a kind of street"),
    ("scripts/third-party", r"\"licence\"", "packages name their license files so"),
    ("scripts/platform_roots.py", r"drive_c", "the folder of the first disk under wine"),
    ("tests/scenarios/*", r"\"nobody\"", "an email address without a domain"),
]
