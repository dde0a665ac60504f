"""Texts as the rules read them, so that no odd spelling slips past: plain, and further views.

The plain view is lossless in meaning. The other views undo what hides words on purpose (digits for
letters, letters set apart, words cut by marks, Base64); they are read besides the plain one.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .memory import remembered

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u300c\u300d\u300e\u300f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "\u3002": ".",
        "\u3001": ",",
        "\U0001f48a": " pills ",
        **dict.fromkeys("*`\u200b\u2060\ufeff", ""),
    }
)
"""Curly quotes, dashes, Chinese stops, and Markdown's emphasis."""

_CONFUSABLE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u043a\u043c\u0442\u0432\u043d"
    "\u0433\u0456\u0458\u0455\u0501\u051b\u051d\u044c\u04bb\u04cf\u0433"
    "\u03b1\u03b5\u03bf\u03c1\u03bd\u03c4\u03c5\u03b9"
    "\u03ba\u03b7\u03c7\u03b2\u03b3\u03c9\u0131\u0261",
    "aeopcyxkmtbhrijsdqwbhlraeopvtuiknxbywig",
)
"""Cyrillic and Greek letters that look like Latin ones."""

_SIMPLIFIED = str.maketrans(
    "藥醫訴別嗎這個會說謊話對時間讓們過還沒問題錯關係親媽爸師傷殺殘輕結開離斷絕聯繫懂誰祕減劑倍療診症雙躁鬱慮報復"
    "復揍頓顏給點勸鼓勵議應該幹脆壓難處煩惱淚裝矯情雞銀號碼轉賬錢證寫樂愛罵婦兩張紙發體傳與於從眾當聽誤爛長獨處僅賴靠",
    "药医诉别吗这个会说谎话对时间让们过还没问题错关系亲妈爸师伤杀残轻结开离断绝联系懂谁秘减剂倍疗诊症双躁郁虑报复"
    "复揍顿颜给点劝鼓励议应该干脆压难处烦恼泪装矫情鸡银号码转账钱证写乐爱骂妇两张纸发体传与于从众当听误烂长独处仅赖靠",
)
"""Traditional Chinese characters of words that the rules know."""

_HAN = "\u4e00-\u9fff"
_HAN_GAP = re.compile(rf"(?<=[{_HAN}])[ \t\u3000_|/~\u00b7\u30fb\-]+(?=[{_HAN}])")
_HAN_MARK = re.compile(rf"(?<=[{_HAN}])[.,!?a-z#@&^+]{{1,2}}(?=[{_HAN}])")
_BLANKS = re.compile(r"[^\S\n]+")
_TAG = re.compile(r"</?[a-z][^<>]{0,40}>")
_APART = re.compile(
    r"(?<![a-z0-9@$])(?:[a-z0-9@$!][\s.\-_|/\u00b7,+~]{1,3}){3,}[a-z0-9@$](?![a-z0-9])"
)
_MARK_IN_WORD = re.compile(r"(?<=[a-z])[.\-_|/\u00b7^+~#\\](?=[a-z])")
_LONG = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[a-z0-9@$!|\u20ac]*[a-z][a-z0-9@$!|\u20ac]*")
_LEET = str.maketrans("013457@$!|\u20ac", "oieastasile")
_LEET_L = str.maketrans("013457@$!|\u20ac", "oleastaslle")
_CODED = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}")


class View(NamedTuple):
    """A way to read a text."""

    text: str
    loose: bool = False
    """Whether spaces between words may have been lost."""


@remembered(4096)
def normalise(text: str) -> str:
    """The text in its plain spelling; to normalise it again changes nothing.

    Lower case; compatible characters become plain ones (NFKC: full-width letters and punctuation),
    quotes, dashes and stops ASCII, look-alike letters Latin, known Chinese characters simplified;
    accents, marks of emphasis and what shows nothing (Unicode category Cf) go.
    """
    parts = unicodedata.normalize("NFKD", html.unescape(text))
    kept = "".join(c for c in parts if unicodedata.category(c) not in ("Mn", "Cf"))
    plain = unicodedata.normalize("NFKC", kept).translate(_PLAIN).lower()
    plain = plain.translate(_CONFUSABLE).translate(_SIMPLIFIED)
    return _BLANKS.sub(" ", _HAN_GAP.sub("", plain)).strip()


@remembered(4096)
def views(text: str) -> tuple[View, ...]:
    """The plain spelling first, then each other reading that differs from it."""
    plain = normalise(text)
    found = [View(plain)]
    for view in (*_unhidden(plain), *_decoded(text)):
        if all(view.text != known.text for known in found):
            found.append(view)
    return tuple(found)


def _unhidden(plain: str) -> Iterator[View]:
    """Readings in which words that were taken apart or respelt are whole again."""
    bare = _BLANKS.sub(" ", _TAG.sub("", plain).replace("\n", " "))
    loose = _APART.search(bare) is not None
    joined = _MARK_IN_WORD.sub("", _APART.sub(_together, bare))
    for table in (_LEET, _LEET_L):
        yield View(_LONG.sub(r"\1", _respelt(joined, table)), loose)
    yield View(_HAN_MARK.sub("", joined))


def _together(run: re.Match[str]) -> str:
    """Letters set apart, as words where a wider gap or another mark parts them, else as one."""
    gaps = set(re.findall(r"[^a-z0-9@$!]+", run[0]))
    narrow = min(gaps, key=lambda gap: (len(gap), gap == " "))
    parts = re.split(r"(?<=[a-z0-9@$!])" + re.escape(narrow) + r"(?=[a-z0-9@$!])", run[0])
    joined = "".join(parts)
    return re.sub(r"[^a-z0-9@$!]+", " ", joined)


def _respelt(text: str, table: Mapping[int, int]) -> str:
    """Digits and marks within words as the letters that they stand for."""

    def word(token: re.Match[str]) -> str:
        stem = token[0].rstrip("!|")
        return stem.translate(table) + token[0][len(stem) :]

    return _TOKEN.sub(word, text)


def _decoded(text: str) -> Iterator[View]:
    """What Base64 in the text says."""
    for token in _CODED.findall(text):
        try:
            said = base64.b64decode(token + "=" * (-len(token) % 4)).decode("utf-8")
        except (binascii.Error, ValueError):
            continue
        if said.isprintable():
            yield View(normalise(said))
