"""Who is who: names of speakers in corpora, and the roles that they have here."""

from collections.abc import Iterable, Mapping

from esc_skills.signatures.dialogue import Speaker

SEEKERS = frozenset(
    "seeker speaker user usr human client patient customer caller visitor help-seeker helpseeker "
    "asker questioner student texter child mother father parent participant visitors clients "
    "来访者 来访 求助者 求助人 患者 病人 用户 倾诉者 提问者 咨询者 当事人 学生".split()
)
"""Names of those who seek support, in lower case."""
SUPPORTERS = frozenset(
    "supporter listener assistant gpt bot chatbot ai model system_response sys agent counselor "
    "counsellor therapist psychologist psychotherapist helper doctor physician clinician nurse "
    "chatgpt operator responder volunteer coach adviser advisor expert interviewer "
    "咨询师 心理咨询师 心理医生 咨询员 支持者 倾听者 医生 助手 治疗师 心理师 "
    "老师 回答者 答主 客服".split()
)
"""Names of those who give support, in lower case."""
_ROLES: dict[str, Speaker] = {
    **dict.fromkeys(SEEKERS, "seeker"),
    **dict.fromkeys(SUPPORTERS, "supporter"),
}
SILENT = frozenset("system developer tool function tools narrator note metadata 旁白 系统".split())
"""Names of what is no speaker: instructions, tools and stage directions."""


_LETTERS: dict[frozenset[str], dict[str, Speaker]] = {
    frozenset(pair): {pair[0]: "seeker", pair[1]: "supporter"}
    for pair in ("ct", "pt", "pd", "qa", "ca", "ua", "sl", "hs")
}
"""Initials that tell the roles as a pair only: client and therapist, question and answer, ..."""


class UnknownSpeakers(ValueError):
    """The names of the speakers do not tell who seeks support."""


def roles_of(names: Iterable[str], given: Mapping[str, Speaker]) -> dict[str, Speaker | None]:
    """The role of each speaker of a conversation; None for what is no speaker.

    A name that is not known takes the role that the other speaker leaves. Numbered speakers, and
    names of which nothing is known, are told apart by `given` only, with one exception: where the
    names are mere numbers or letters, who opens the conversation seeks support.

    Args:
        names: The names in the order in which they first speak.
        given: Roles that the user gave, by name in lower case; they come first.

    Raises:
        UnknownSpeakers: The names do not tell; says what to do.
    """
    order = list(dict.fromkeys(names))
    letters = _LETTERS.get(frozenset(plain(name) for name in order), {})
    numbered = len({_unnumbered(name) for name in order}) < len(order)
    roles: dict[str, Speaker | None] = {}
    for name in order:
        bare = plain(name) if numbered else _unnumbered(name)
        role = given.get(name.strip().lower()) or letters.get(bare) or _ROLES.get(bare)
        if role or bare in SILENT:
            roles[name] = role
    unknown = [name for name in order if name not in roles]
    taken = {role for role in roles.values() if role}
    if len(unknown) == 1 and len(taken) == 1:
        roles[unknown[0]] = "supporter" if "seeker" in taken else "seeker"
    elif len(unknown) == 2 and not taken and all(_anonymous(name) for name in unknown):
        roles.update(zip(unknown, ("seeker", "supporter"), strict=True))
    elif unknown:
        raise UnknownSpeakers(_question(unknown, len(order)))
    return roles


def plain(name: str) -> str:
    """A speaker's name without case and marks, as `**Client:**` is `client`."""
    return name.strip().strip("*_[]()<>#:\uff1a ").lower().replace(" ", "-")


def known_name(name: str) -> bool:
    """Whether the name alone tells the role, or that it is no speaker."""
    return _unnumbered(name) in _ROLES or _unnumbered(name) in SILENT


def _unnumbered(name: str) -> str:
    return plain(name).rstrip("0123456789-_") or plain(name)


def _anonymous(name: str) -> bool:
    """Whether a name is a mere number or letter, perhaps after `speaker` or `person`."""
    bare = name.strip().lower()
    for word in ("speaker", "person", "user", "spk", "participant"):
        bare = bare.removeprefix(word)
    return len(bare.strip(" _-#:")) <= 1 or bare.strip(" _-#:").isdecimal()


def _question(unknown: list[str], count: int) -> str:
    shown = ", ".join(repr(name[:40]) for name in unknown[:4])
    if count > 2:
        return (
            f"has {count} speakers, of whom {shown} have no known role. Say who they are with "
            "--speaker NAME=seeker, --speaker NAME=supporter, or leave the conversation out"
        )
    return (
        f"does not tell who seeks support: its speakers are called {shown}. "
        f"Say it with --speaker {unknown[0][:40]!r}=seeker"
    )
