"""What a seeker's line must not say, as data: one pattern for each kind of fault.

Found by reading the published SAGE transcripts; a word that real people also use is no fault.
"""

import re

CHARACTER_BREAK = re.compile(
    r"""
    (?<![A-Za-z])NPC(?![A-Za-z])
    | (?<=[\u4e00-\u9fff])\s*emotion(?![A-Za-z]) | Emotion-[SABCF]\b  # English within Chinese
    | \bemotion\ (?:level|score|points?|value)\b | 情绪值 | 情感值
    | hidden\ (?:intention|topic|theme|agenda) | 隐藏主题 | 隐藏目的 | 隐藏意图
    | \bas\ an?\ (?:AI|language\ model|assistant)\b | \blanguage\ model\b | 作为(?:一个|一名)?AI
    | \b(?:stay|staying|am|remain)\ in\ character\b | \bmy\ (?:persona|profile)\b | 语言模型
    | \bsimulated\ (?:seeker|person|user)\b | \b(?:the|this)\ simulation\b | 角色设定
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Speaks of the machinery that plays it: the supporter as NPC, emotion as a number, the hidden
topic, the model."""

LABEL = re.compile(
    r"""
    \[\[\s*\#\# | ^\s*```                                     # markers of an answer format
    | ^\s*\{\s*"\w+"\s*:                                      # JSON
    | ^[\s*#\[【(\uff08]*
      (?: response | reply | origin(?:al)? | change | thinking | thought | content | message
        | activity | analy[sz]e | analysis | target\ ?completion | feeling | goal[ _]fit | farewell
        | seeker | supporter | user | assistant | player | system
        | 最终回复 | 回复 | 思考 | 内容 | 心理活动 | 情绪变化 | 玩家 | 用户 | 求助者 )
      [\s*\]】)\uff09]*[:\uff1a]
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
"""The form of the answer shows in what is said aloud."""

GOODBYE = re.compile(
    r"""
    (?:再见|拜拜)(?=\W*$|[\uff01!。.~\uff5e\uff0c,…])                       # and not "不想再见他"
    | (?:^|[.!?,;]\s*)(?:good\s?-?bye|bye(?:[-\s]bye)?|farewell)\b\W*(?:$|[.!])
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Takes leave."""

SENTENCE_END = re.compile(r"[\u3002\uff01\uff1f\n]|(?<=[.!?])\s+")

STAGE_DIRECTION = re.compile(
    r"emotion|mood|\brepl(?:y|ies)\b|intention|\braises?\b|\blowers?\b|\blifts\b|\bsinks?\b"
    r"|NPC|隐藏|玩家|角色|回复|情绪[高低]",
    re.IGNORECASE,
)
"""A sentence of a scene that says how to play it; the others tell what happened."""
