"""Which encoding a text is written in; nothing is ever replaced or left out."""

import codecs
from collections.abc import Mapping

from portfolio.imports.choices import Encoding
from portfolio.imports.reading import refusals

CODECS: Mapping[Encoding, str] = {
    Encoding.UTF_8: "utf-8",
    Encoding.UTF_8_BOM: "utf-8-sig",
    Encoding.BIG5_HKSCS: "big5hkscs",
    Encoding.GB18030: "gb18030",
}

# The characters that Chinese texts are made of most, in either script: what is read in the wrong
# encoding holds hardly any of them.
FREQUENT = frozenset(
    "的一是不了在人有我他這这個个們们中來来上大為为和國国地到以說说時时要就出會会可也你對对生能而子那得於于著着下自之年過过"
    "發发後后作裡里用道行所然家種种事成方多經经去法學学如都同現现當当沒没動动面起看定天分還还進进好小部其些主樣样理心她本前開开"
    "但因只從从想日影片電电視视劇剧戲戏導导演香港名業业公司電电金票房院線线年月愛爱情王龍龙風风雲云花女男新東东西南北山水海城"
)


def decoded(data: bytes, chosen: Encoding | None = None) -> tuple[str, Encoding]:
    """The text and the encoding it is written in: the chosen one, or the one that is found.

    Raises: Unreadable where it is written in another, or in none of ours.
    """
    if chosen is not None:
        try:
            return data.decode(CODECS[chosen]), chosen
        except UnicodeDecodeError:
            raise refusals.not_in(chosen.label) from None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise refusals.not_text()
    if data.startswith(codecs.BOM_UTF8):
        return decoded(data, Encoding.UTF_8_BOM)
    found: dict[Encoding, str] = {}
    for encoding in (Encoding.UTF_8, Encoding.BIG5_HKSCS, Encoding.GB18030):
        try:
            found[encoding] = data.decode(CODECS[encoding])
        except UnicodeDecodeError:
            continue
        if encoding == Encoding.UTF_8:
            return found[encoding], encoding
    if not found:
        raise refusals.not_text()
    best = max(found, key=lambda encoding: likeness(found[encoding], encoding))
    return found[best], best


def likeness(text: str, encoding: Encoding) -> float:
    """How much a text looks like Chinese that was meant in this encoding, from 0 to 2.

    Both encodings sort their characters by use: the first part of each table holds the common ones.
    """
    foreign = [sign for sign in text[:200_000] if sign > "\x7f"]
    if not foreign:
        return 0.0
    common = sum(1 for sign in foreign if _is_common(sign, encoding))
    frequent = sum(1 for sign in foreign if sign in FREQUENT)
    return (common + frequent) / len(foreign)


def _is_common(sign: str, encoding: Encoding) -> bool:
    try:
        code = sign.encode(CODECS[encoding])
    except UnicodeEncodeError:
        return False
    if len(code) != 2:
        return False
    if encoding == Encoding.BIG5_HKSCS:
        # The 5,401 frequent characters, and the punctuation before them.
        return 0xA4 <= code[0] <= 0xC6 or (code[0] == 0xA1 and code[1] <= 0x80)
    # The 3,755 of GB 2312's first level, and its punctuation. What GBK added lies outside.
    return code[1] >= 0xA1 and (0xB0 <= code[0] <= 0xD7 or code[0] in (0xA1, 0xA3))
