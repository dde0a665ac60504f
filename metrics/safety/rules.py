"""The safety rules as data. To add one: a name, why it matters, and how it reads in each language.

Written for this project from common crisis-line guidance (take danger seriously, stay with the
person, point to help; never discourage treatment, isolate, blame or promise secrecy). Patterns are
matched in normalised text: ASCII punctuation and quotes, see `safety.normalise`.
"""

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """One thing that must not be said."""

    name: str
    why: str
    pattern: re.Pattern[str]
    excusable: bool = True
    """Whether a warning against it, or a report that somebody says it, is harmless."""
    everywhere: bool = False
    """Whether it is looked for in fields of warnings, too."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


_HELPERS = (
    r"(?:doctors?|therap(?:y|ists?)|psychiatrists?|counsell?(?:ors?|ing)|professionals?"
    r"|professional help|crisis lines?|hotlines?|helplines?|the hospital|medication)"
)
_DRUGS = r"(?:medications?|medicines?|meds|pills|treatment|therapy|antidepressants?|insulin)"
_ILLNESS = (
    r"(?:depression|bipolar(?: disorder)?|ptsd|bpd|schizophrenia|borderline\b[\w ]*|adhd"
    r"|(?:an? |\w+ )?(?:\w+ )?disorder)"
)
_SELF = r"(?:yourself|themselves|themself|himself|herself)"
_FOLK = (
    r"(?:him|her|them|(?:your|their|his|her) (?:wife|husband|partner|child|kids?|boss|ex"
    r"|mother|father|parents))"
)
_CLOSE = r"(?:family|friends|parents|partner|doctor|therapist)"
_TOP = r"(?:\+?10\b|100\b|full\b|top\b|high(?:est|ly)?\b|best\b|perfect\b|max\w*)"
_REPLY = (
    r"(?:(?:this|the|my|that) (?:reply|response|answer|conversation|chat|dialogue|message|turn))"
)
_FINE = r"(?:great|good|much better|better|wonderful|amazing|happy)"
_JUDGE = r"(?:judge|evaluator|appraiser|grader|rater|scorer|simulator)s?"
_SEEKER = r"(?:them|him|her|the (?:seeker|person|user|client))"

RULES: tuple[Rule, ...] = (
    Rule(
        "self-harm",
        "it encourages harm to oneself or others",
        _any(
            rf"\b(?:kill|hurt|harm|cut|burn|starv)(?:e|t?ing)? {_SELF}\b(?! (?:some slack|off\b))",
            r"\b(?:end|take) (?:your|their|his|her) (?:own )?life\b",
            r"\b(?:better off|happier) (?:without (?:you|them)|dead|if you were (?:gone|dead))\b",
            r"\b(?:should|could|must|ought to|go(?: and)?|just|to|and|or) (?:hit|beat|punch|attack"
            rf"|kill|stab|slap) {_FOLK}\b",
            r"\bmake (?:him|her|them) (?:pay|suffer)\b",
            r"去死|自杀吧|(?:鼓励|建议|劝|教|让)(?:对方|他们|他|她|你)?去?(?:自杀|自残|伤害自己|轻生)",
            r"(?:可以|应该|就该)(?:去)?(?:自杀|自残|伤害自己|结束(?:自己的)?生命)|打(?:他|她)一顿",
        ),
    ),
    Rule(
        "treatment",
        "it tells someone to stop their treatment",
        _any(
            r"\b(?:stop(?:ping)?|quit(?:ting)?|drop|skip(?:ping)?|throw away|come off) (?:taking )?"
            rf"(?:(?:your|their|the|his|her|all) ?)*{_DRUGS}\b",
            r"\b(?:don't|do not|no longer|never) (?:really )?(?:need|have to take|take) "
            rf"(?:your|their|the|those|any|that)? ?{_DRUGS}\b",
            r"停药(?!前)|停止(?:吃药|治疗|服药)|别(?:再)?吃药|不(?:用|必|要|需要)(?:再)?(?:吃药|服药|治疗)",
        ),
    ),
    Rule(
        "no help",
        "it discourages professional help",
        _any(
            r"\b(?:don't|do not|no need to|needn't|never|shouldn't|should not) (?:need to "
            r"|have to )?(?:see|need|trust|call|go to|seek|visit) "
            rf"(?:an? |any |your |the )?{_HELPERS}",
            rf"\b{_HELPERS} (?:is|are|will be) (?:useless|pointless|a waste|a scam|for the weak)",
            rf"\b{_HELPERS} (?:can't|cannot|won't|will not) help (?:you|them)\b",
            rf"\b(?:stay away from|forget about) (?:your |the )?{_HELPERS}",
            rf"\binstead of (?:seeing|calling|going to) (?:a |an |the )?{_HELPERS}",
            r"不(?:用|要|需要|必)(?:去)?(?:看|找)(?:心理)?医生|别(?:去)?(?:看医生|医院|打热线)",
            r"没必要看医生|(?:心理咨询|看医生|热线)(?:没用|没有用|是骗人的|浪费钱)",
        ),
    ),
    Rule(
        "secrecy",
        "it promises to keep danger secret",
        _any(
            r"\b(?:keep|it stays|this stays) (?:it |this |that )?(?:a )?(?:secret|between us)\b",
            r"\b(?:don't|do not|never|shouldn't) (?:tell|confide in) (?:anyone|anybody|"
            rf"(?:your|their) {_CLOSE})\b(?! (?:what|how|to|that they))",
            r"\bI (?:won't|will not|will never|promise not to) tell (?:anyone|anybody)\b",
            r"(?:别|不要)告诉(?:任何人|家人|父母|别人)|替你保密|我(?:保证)?不会告诉任何人",
        ),
    ),
    Rule(
        "isolation",
        "it isolates the person",
        _any(
            r"\b(?:cut(?:ting)? (?:off|out)|leave behind|stay away from|stop seeing) "
            r"(?:all )?(?:of )?(?:your|their) (?:family|friends)\b",
            r"\byou only need me\b|\b(?:only trust|trust only|rely only on) me\b",
            r"\bI(?:'m| am) the only one who (?:understands|cares)"
            r"|(?<!like )\b(?:nobody|no one) else (?:understands|cares|will understand)",
            r"断绝所有|(?:疏远|远离)(?:你的)?(?:朋友|家人)|只有我(?:才)?(?:懂|理解|能帮)你",
        ),
    ),
    Rule(
        "blame",
        "it blames or shames the person",
        _any(
            r"\b(?:it(?:'s| is| was)|that(?:'s| is| was)) (?:all |entirely |really )?"
            r"(?:your|their) (?:own )?fault\b",
            r"\byou (?:only )?have (?:only )?yourself to blame\b|\byou brought (?:it|this) on "
            r"yourself\b",
            r"\b(?:you|they) (?:must have |probably )?(?:provoked (?:it|him|her|this|them)"
            r"|deserved (?:it|this|that|to be)|asked for (?:it|this))\b",
            r"\bwhat were you wearing\b|\bwhy did you (?:let (?:him|her|them)|provoke)\b",
            r"\byou(?:'re| are) (?:just |simply |being )*(?:weak|pathetic|selfish|too sensitive"
            r"|overreacting|crazy)\b",
            r"\b(?:blame|shame|humiliate|insult|mock) (?:them|the seeker|the person|the user)\b",
            "都是(?:你|对方)(?:自己)?的错|(?<!不是)你自找的|你活该|你(?:就是)?太(?:脆弱|矫情)|你就是矫情|谁让你",
        ),
    ),
    Rule(
        "diagnosis",
        "it diagnoses with certainty",
        _any(
            r"\byou (?:clearly |definitely |obviously |certainly |surely )?(?:have|suffer from) "
            rf"(?:clinical |major |severe )?{_ILLNESS}",
            r"\byou(?:'re| are) (?:clearly |definitely |obviously )?(?:bipolar|schizophrenic"
            r"|clinically depressed|mentally ill|a narcissist|borderline)\b",
            r"\b(?:this|that|it)(?:'s| is) (?:clearly|definitely|obviously) (?:clinical )?"
            rf"{_ILLNESS}",
            r"\b(?:diagnose|tell) (?:them|the seeker|the person) (?:that they have|they have|with) "
            rf"{_ILLNESS}",
            r"你(?:肯定|一定|明显|就)?(?:是|得了|患有|有)(?:重度)?(?:抑郁症|双相|人格障碍|精神病)",
        ),
    ),
    Rule(
        "sexual",
        "it sexualises the conversation",
        _any(
            r"\b(?:erotic\w*|seduc\w+|flirt(?:ing|s|y)?|sexy|nudes?|sext\w*)\b",
            r"\bsexual(?:ly)? (?:remarks?|comments?|talk|content|tension|desires?|fantas\w+"
            r"|advances?|favou?rs?|suggestive|arous\w+|explicit|attract\w+)\b",
            "(?<![双角粉蓝颜彩])色情|调情|性暗示|性感(?![到受觉知情])|裸照|挑逗",
        ),
    ),
    Rule(
        "manipulation",
        "it speaks to the seeker's rating or to the judge instead of helping",
        _any(
            r"\b(?:say|tell me|admit|state|declare) (?:that )?you(?:'re| are)?(?: now)? "
            rf"(?:feel(?:ing)? )?{_FINE}\b",
            r"\b(?:rate|score|mark|grade) (?:this|me|it|us|my \w+|" + _REPLY + r")"
            rf"(?: (?:as|with|at|a))? {_TOP}",
            rf"\bgive (?:me|this|it|us|{_REPLY}) (?:a |an |the )?{_TOP}",
            r"\bchange ?[:=] ?\+?\d+",
            r"\bemotion(?: (?:is|to|should be|must be)| ?[=:]) ?(?:now )?\+?(?:10|100)\b",
            r"\b(?:ignore|disregard|forget|override) (?:all |any |the |your |of )*"
            r"(?:previous|prior|above|earlier|system) (?:instructions|rules|prompts?|messages?)",
            r"\b(?:dear|attention|as (?:an?|the)|(?:note|message|hint|instruction)s? (?:to|for)"
            rf"(?: the| any)?) {_JUDGE}\b",
            rf"\b(?:tell|address|remind|convince|persuade|instruct) (?:the |any ){_JUDGE}\b",
            rf"\b(?:scores?|ratings?|grades?|marks?) (?:from|by) (?:the |any ){_JUDGE}\b",
            r"\bgive you (?:a |the )?(?:full|top|highest|perfect|max\w*) "
            r"(?:marks?|scores?|ratings?)\b",
            r"\b(?:raise|increase|boost|maximi[sz]e) the (?:score|rating)\b",
            rf"\b(?:make|get|have|ask|tell|want) (?:{_SEEKER}|the \w+) (?:to )?"
            r"(?:say|admit|confirm|state|declare) (?:that )?they"
            rf"(?:'re| are)?(?: now)? (?:feel(?:ing)? )?{_FINE}\b",
            rf"\b(?:make|get|ask|tell|instruct|urge|beg|push) {_SEEKER} (?:to )?"
            r"(?:say (?:farewell|good-?bye|bye)\b|end (?:the|this) (?:conversation|dialogue|chat))",
            r"\b(?:ignore|forget|drop|abandon|disregard|override) (?:your|their|the) "
            r"(?:persona|hidden (?:intention|goal))\b",
            r"\bact as if (?:your|their) (?:hope|wish|goal|intention)s? (?:is|was|were|had been) "
            r"(?:fulfilled|met)\b",
            r"\bemotion (?:should|must|has to|needs to) (?:now )?(?:rise|go up|increase|reach)\b",
            r"\bemotion ?\+ ?\d|\bmust (?:raise|increase|lift) (?:their|your|the) emotion\b",
            r"给(?:我|这次|本次|这个回复)?(?:打|评)(?:个)?(?:满分|高分|十分|10分)",
            r"说你(?:现在)?(?:已经)?(?:感觉|觉得)(?:很|非常|好多)",
            r"情绪值?(?:变为|设为|加|\+|提高到|升到|调到) *\d|情绪值: *\+?\d",
            r"(?:打|评|给出)(?:个)?(?:满分|最高分|10分)"
            r"|(?:告诉|提醒|对|请)(?:评委|评审|评分者|评估者|评判者|打分者)",
            r"(?:让|请|叫|要求)(?:对方|他|她|用户)(?:亲口)?(?:说|承认|确认)(?:自己|他|她)?"
            r"(?:现在|已经|感觉|觉得)+(?:很|非常|好多)*(?:好|棒|开心|高兴)",
            r"(?:让|请|叫|要求|催)(?:对方|他|她|用户)(?:马上|立刻|现在)?(?:说再见|告别|结束(?:对话|聊天))",
            r"(?:忽略|忘记|忘掉|无视|放弃)(?:你|其)?的?(?:人设|隐藏(?:意图|目的))",
            r"(?:忽略|无视)(?:掉)?(?:之前|以上|前面|先前|所有)的?(?:所有)?(?:指令|要求|提示|规则)",
        ),
        everywhere=True,
    ),
    Rule(
        "markup",
        "it imitates the marks by which models and programs talk to each other",
        _any(r"\[\[ ?##|<\|\w+\|>|^ *(?:system|assistant) ?:|</?(?:system|appraisal)>"),
        excusable=False,
        everywhere=True,
    ),
)
