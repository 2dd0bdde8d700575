"""Which bytes mean which letters, in text that is not UTF-8: the way of writing in which most of it is some language."""

from __future__ import annotations

from typing import Final

from charset_normalizer import from_bytes

# Letters beyond a to z, small; by the encodings in which these languages were written before UTF-8.
_WESTERN: Final = (
    "äöüß",  # German
    "éèêëàâçîïôûùœæ",  # French
    "áéíóúñüªº",  # Spanish
    "àèéìòù",  # Italian
    "ãõáâàéêíóôúç",  # Portuguese
    "åäöæøé",  # Nordic
)
_CENTRAL: Final = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîșşțţ",  # Romanian
    "čćđšž",  # Croatian
)
_CYRILLIC: Final = ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")
_ENCODINGS: Final = (
    ("cp1252", _WESTERN),
    ("mac_roman", _WESTERN),
    ("cp1250", _CENTRAL),
    ("cp1251", _CYRILLIC),
    ("cp850", _WESTERN),
    ("iso8859_2", _CENTRAL),
    ("koi8_r", _CYRILLIC),
)
# Signs that stand in any language.
_SIGNS: Final = frozenset("€£¥§°·–—‘’‚“”„«»…•®©™¿¡º ")
# A table of customers in many languages is that much less likely than one in a single language.
_MIXED: Final = 0.95
_ENOUGH: Final = 0.6


def encoding_of(sample: bytes) -> str:
    """Return the encoding of a sample of lines that have more than ASCII; Windows' western one where nothing tells."""
    best, most = "cp1252", 0.0
    for encoding, languages in _ENCODINGS:
        score = _score(sample, encoding, languages)
        if score > most:
            best, most = encoding, score
    if most >= _ENOUGH:
        return best
    match = from_bytes(sample).best()
    return match.encoding if match is not None else best


def _score(sample: bytes, encoding: str, languages: tuple[str, ...]) -> float:
    """Return the share, 0 to 1, of letters beyond ASCII that are letters of one language, or nearly that of several."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    strange = [char for char in text if char > "\x7f" and char not in _SIGNS]
    if not strange:
        return 1.0
    small = [char.lower() for char in strange]
    alone = max(sum(1 for char in small if char in letters) for letters in languages)
    mixed = sum(1 for char in small if any(char in letters for letters in languages)) * _MIXED
    latin = languages is not _CYRILLIC
    wrong = sum(1 for three in zip(text, text[1:], text[2:], strict=False) if _odd(*three, latin=latin))
    return max(0.0, max(float(alone), mixed) - wrong) / len(strange)


def _odd(first: str, second: str, third: str, *, latin: bool) -> bool:
    """Say whether letters stand side by side that seldom do: a capital after a small one, three accents, two alphabets."""
    strange = second > "\x7f" and second.isalpha()
    if not strange or not first.isalpha():
        return False
    if first.islower() and second.isupper():
        return True
    return first > "\x7f" and third > "\x7f" and third.isalpha() if latin else first < "\x80"
