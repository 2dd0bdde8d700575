"""Words that a model's sentence may use beside the template's own, and those that it may use only as the template does."""

from __future__ import annotations

from reports.narrative import NUMBER_WORDS


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Numbers, parts, multiples and quantities, in the languages that companies write in.
QUANTITIES = NUMBER_WORDS | _words(
    "zero nil nought thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty",
    "seventy eighty ninety hundreds thousands millions billion billions trillion dozens score scores grand mn bn mio",
    "mrd first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth hundredth once twice thrice",
    "half halves halved quarter quarters thirds fourths fifths tenths double doubled doubles doubling triple tripled",
    "treble quadruple fold twofold threefold tenfold pair couple both single several few many most majority minority",
    "lots plenty numerous all every each entire whole none nobody nothing neither either any zip handful bulk rest",
    "percent percentage percentages pct points bps ratio average mean median roughly about around approximately nearly",
    "almost exactly barely",
    "eins zwei drei vier sieben acht neun zehn elf zwoelf zwölf zwanzig hundert tausend million millionen halb hälfte",
    "haelfte viertel drittel doppelt prozent",
    "un deux trois quatre cinq sept huit neuf dix onze douze vingt cent mille moitié moitie tiers demi",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce veinte ciento mil mitad doble",
    "due tre quattro cinque sei sette otto nove dieci venti cento meta metà",
    "een twee drie vijf zes zeven negen tien twintig honderd duizend helft",
    "dois duas quatro sete oito nove dez vinte metade",
)
CURRENCIES = _words(
    "dollar dollars usd euro euros eur pound pounds gbp sterling yen jpy franc francs chf cent cents buck bucks krona",
    "rupee rupees yuan aud cad nzd sek nok dkk pln inr cny quid",
)
DATES = _words(
    "today tonight yesterday tomorrow now january february march april may june july august september october november",
    "december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday",
    "mon tue tues wed thu thur thurs fri sat sun weekend day days week weeks weekly fortnight month months monthly",
    "quarterly year years yearly annual annually hour hours minute minutes morning afternoon evening midnight noon",
    "christmas xmas easter thanksgiving spring summer autumn fall winter soon recently lately ago early late earlier",
    "later last next previous prior this",
)
# What turns a statement round, or takes a side: each group must be in both sentences or in neither.
SIDES: dict[str, frozenset[str]] = {
    "denial": _words(
        "not no never nor without neither cannot cant wont isnt arent wasnt werent doesnt didnt dont hasnt havent nothing",
        "nobody none hardly barely scarcely fails fail failed failing lacks lack lacking except unless",
    ),
    "down": _words(
        "fell fall falls falling fallen dropped drop drops declined decline shrank shrink shrunk down decreased decrease",
        "lower less fewer reduced reduction sank slid slide weakened worse worsened off",
    ),
    "up": _words(
        "rose rise rises rising risen grew grow grows growing growth climbed climb increased increase up higher more",
        "gained gain gains improved improve better jumped surged soared stronger added",
    ),
    "short": _words(
        "short below behind under lag lags lagging misses missed miss missing shortfall deficit trails gap"
    ),
    "ahead": _words(
        "ahead above over beyond exceeds exceed exceeded beats beat surplus surpasses surpassed tops topped"
    ),
    "largest": _words(
        "highest largest biggest most greatest top best maximum leading leads main chief strongest"
    ),
    "smallest": _words("lowest smallest least minimum worst weakest bottom"),
    "won": _words("won win wins winning closed close signed booked landed bookings"),
    "lost": _words("lost lose loses losing loss losses dead died"),
    "slipped": _words(
        "slipped slip slips slipping slippage delayed delay pushed postponed moved left leaves leaving"
    ),
    "forward": _words("pulled forward accelerated brought came"),
    "new": _words("new created create creation opened reopened fresh added"),
    "state": _words("commit committed open forecast coverage covers cover best case odds"),
}
# What nobody can know from the records: only where the template's own sentence says it.
PROMISES = _words(
    "will shall guarantee guaranteed guarantees certain certainly sure surely definitely always promise promised safe",
    "secure secured confirmed expect expects expected likely unlikely probably possibly should must would could might",
    "may going",
    "safely doubt doubtless inevitable risk risky danger discount free refund urgent immediately asap fire blame fault",
    "approve approved approval password secret token please click visit see call email send forward ignore",
)
CAUSES = (
    "because",
    "since",
    "due to",
    "driven by",
    "drove",
    "drives",
    "owing to",
    "thanks to",
    "as a result",
    "result of",
    "resulted",
    "resulting",
    "caused",
    "causes",
    "causing",
    "cause",
    "reason",
    "reasons",
    "therefore",
    "hence",
    "thus",
    "consequently",
    "led to",
    "leads to",
    "leading to",
    "on account of",
    "stems from",
    "stemming from",
    "comes from",
    "attributable",
    "attributed",
    "explains",
    "explained by",
    "why",
    "so that",
    "given that",
    "after",
    "following",
    "triggered",
    "forced",
    "made it",
    "which is why",
    "on the back of",
    "owed to",
    "responsible",
)
# What says nothing by itself. Any other word must be one of the template's: nothing can be claimed that it does not say.
PLAIN = _words(
    "a an the and or but yet so then as at by for from in into of on onto to toward towards with within against between",
    "among across per its it that these those there here which who whose whom where when while whereas although though",
    "even also too still again only just alone is are was were be been being has have had having do does did stands",
    "stand standing stood sits sit sitting remains remain remaining stays stay stayed staying holds hold held holding",
    "carries carry carried shows show shown showing makes make made takes take taken brings bring puts put plainly note",
    "point plain words word simply record sum sums come comes goes go gone sees worth amounts amount amounting",
    "counts count counted figure figures value values total totals part parts share shares piece region regions deal deals",
    "account accounts customer customers owner owners team teams company place places side way ways table move moves",
    "movement movements date dates stage stages step steps sponsor buyer buyers touch plan plans list line lines sentence",
    "report reports review period periods time times goal goals aim need needs needed ask asks asked act acts action actions",
    "turn turns turned look looks looked keep keeps kept watch found find finds say says said tell tells told read reads",
    "name names named call calls called know known other others same such together along apart out back through what how we",
    "us our you your their they them he she his her let lets being pipeline quarter put set sets meanwhile instead indeed",
    "far both",
) - (QUANTITIES | CURRENCIES | DATES | PROMISES | frozenset().union(*SIDES.values()))
