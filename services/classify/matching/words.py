"""The words of a name that weigh: abbreviations spelled out, plurals folded, fillers left out."""

import re
from functools import lru_cache

_SPELLED = {
    **dict.fromkeys(("ASSOC", "ASSN", "ASSOCN", "ASSOCIATIO", "ASSOCIAT", "ASSC"), "ASSOCIATION"),
    **dict.fromkeys(("HOSP", "HOSPIT", "HOSPITA", "HOSPITALS"), "HOSPITAL"),
    **dict.fromkeys(("CTR", "CENTR", "CNTR", "CENTER", "CENT", "CTRE"), "CENTRE"),
    **dict.fromkeys(("SVCS", "SERV", "SERVS", "SVC", "SRVCS", "SERVICES", "SVS"), "SERVICE"),
    **dict.fromkeys(("SOC", "SCTY"), "SOCIETY"),
    **dict.fromkeys(("COMM", "COMMTY", "COMMUN", "CMTY", "CMNTY", "COM"), "COMMUNITY"),
    **dict.fromkeys(("FOUND", "FNDN", "FDN", "FNDTN", "FOUNDTN"), "FOUNDATION"),
    **dict.fromkeys(("DEV", "DEVT", "DEVEL"), "DEVELOPMENT"),
    **dict.fromkeys(("INTL", "INT", "INTERNAT"), "INTERNATIONAL"),
    **dict.fromkeys(("NAT", "NATL"), "NATIONAL"),
    **dict.fromkeys(("CHILDRENS", "CHILDS", "CHILDRN", "CHLDRNS", "CHILDREN"), "CHILDREN"),
    **dict.fromkeys(("COUNC", "CNCL", "CNL"), "COUNCIL"),
    **dict.fromkeys(("UNIV", "UNI"), "UNIVERSITY"),
    **dict.fromkeys(("SCH", "SCHL"), "SCHOOL"),
    **dict.fromkeys(("GRP", "GP"), "GROUP"),
    **dict.fromkeys(("HSE", "HSG"), "HOUSE"),
    **dict.fromkeys(("TRST", "TR", "TST"), "TRUST"),
    **dict.fromkeys(("CHAR", "CHARITBL", "CHARIT", "CHTBL"), "CHARITABLE"),
    **dict.fromkeys(("CO", "COY"), "COMPANY"),
    **dict.fromkeys(("YTH", "YOUTHS"), "YOUTH"),
    **dict.fromkeys(("VOL", "VOLUN"), "VOLUNTARY"),
    **dict.fromkeys(("ORG", "ORGN", "ORGANIZATION"), "ORGANISATION"),
    **dict.fromkeys(("FED", "FEDN"), "FEDERATION"),
    **dict.fromkeys(("SAINT", "SAINTS", "STS"), "ST"),
    **dict.fromkeys(("MOUNT",), "MT"),
    **dict.fromkeys(("GT",), "GREAT"),
    **dict.fromkeys(("DISTR", "DIST"), "DISTRICT"),
    **dict.fromkeys(("BRIT",), "BRITISH"),
    **dict.fromkeys(("PART", "PSHIP", "PARTNERSHIPS"), "PARTNERSHIP"),
    **dict.fromkeys(("ADVOC",), "ADVOCACY"),
    **dict.fromkeys(("MGMT", "MANAGMENT", "MANG"), "MANAGEMENT"),
    **dict.fromkeys(("STAFFS",), "STAFFORDSHIRE"),
    **dict.fromkeys(("NOTTS",), "NOTTINGHAMSHIRE"),
    **dict.fromkeys(("LANCS",), "LANCASHIRE"),
    **dict.fromkeys(("LINCS",), "LINCOLNSHIRE"),
    **dict.fromkeys(("LEICS",), "LEICESTERSHIRE"),
    **dict.fromkeys(("GLOS",), "GLOUCESTERSHIRE"),
    **dict.fromkeys(("CAMBS",), "CAMBRIDGESHIRE"),
    **dict.fromkeys(("HERTS",), "HERTFORDSHIRE"),
    **dict.fromkeys(("BUCKS",), "BUCKINGHAMSHIRE"),
    **dict.fromkeys(("BEDS",), "BEDFORDSHIRE"),
    **dict.fromkeys(("BERKS",), "BERKSHIRE"),
    **dict.fromkeys(("HANTS",), "HAMPSHIRE"),
    **dict.fromkeys(("NORTHANTS",), "NORTHAMPTONSHIRE"),
    **dict.fromkeys(("OXON",), "OXFORDSHIRE"),
    **dict.fromkeys(("WILTS",), "WILTSHIRE"),
    **dict.fromkeys(("WORCS",), "WORCESTERSHIRE"),
    **dict.fromkeys(("WARKS",), "WARWICKSHIRE"),
    **dict.fromkeys(("SHROPS",), "SHROPSHIRE"),
    **dict.fromkeys(("YORKS",), "YORKSHIRE"),
    **dict.fromkeys(("DERBYS",), "DERBYSHIRE"),
    **dict.fromkeys(("BHAM",), "BIRMINGHAM"),
    **dict.fromkeys(("PAEDS",), "PAEDIATRIC"),
    **dict.fromkeys(("HLTH",), "HEALTH"),
    **dict.fromkeys(("MEDIC",), "MEDICAL"),
    **dict.fromkeys(("RES",), "RESEARCH"),
    **dict.fromkeys(("INST",), "INSTITUTE"),
    **dict.fromkeys(("COLL",), "COLLEGE"),
}
_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = (
    # What ledgers put around a name: a code before it, an instruction or a number after it.
    (re.compile(r"^\d{3,}\s*(?=[A-Z])"), ""),
    (re.compile(r"\b(?:DO NOT USE|USE \d+|DUPLICATE|SEE \d+)\b.*$"), ""),
    (
        re.compile(
            r"\b(?:CITIZENS?|CITZENS|CITIZEN S) ADV(?:ICE)?(?: (?:BUREAU|BUREAUX|BUR|SERVICES?))?\b"
        ),
        "CITIZENSADVICE",
    ),
    (re.compile(r"\bCABX?\b"), "CITIZENSADVICE"),
    (re.compile(r"\bAGE (?:CONCERN|UK)\b|\bAGEUK\b"), "AGEUK"),
    (re.compile(r"\bNHS FT\b"), "NHS FOUNDATION TRUST"),
    (re.compile(r"\bPRE SCHOOL\b"), "PRESCHOOL"),
    (re.compile(r"\bPLAY GROUP\b"), "PLAYGROUP"),
    (re.compile(r"\bDAY CARE\b"), "DAYCARE"),
    (re.compile(r"\bHEALTH CARE\b"), "HEALTHCARE"),
    (
        re.compile(
            r"\b(?:COUNCIL (?:FOR |OF )?|COMMUNITY (?:AND )?)?VOLUNTARY SERVICES?\b(?: \bCVS\b)?"
        ),
        "CVS",
    ),
    (re.compile(r"\bHOSPICE ?CARE\b"), "HOSPICE"),
    (re.compile(r"\b(?:YMCA|YOUNG MENS CHRISTIAN ASSOCIATION)\b"), "YMCA"),
    (re.compile(r"\b(?:YWCA|YOUNG WOMENS CHRISTIAN ASSOCIATION)\b"), "YWCA"),
    (re.compile(r"\bROYAL NATIONAL INSTITUTE (?:OF|FOR(?: THE)?) BLIND(?: PEOPLE)?\b"), "RNIB"),
    (re.compile(r"\bNATIONAL SOCIETY FOR PREVENTION OF CRUELTY TO CHILDREN\b"), "NSPCC"),
    (re.compile(r"\bPCC\b"), "PAROCHIAL CHURCH COUNCIL"),
    (
        re.compile(r"\bASSOCIATION (?:FOR |OF )?MENTAL HEALTH\b|\bMENTAL HEALTH ASSOCIATION\b"),
        "MIND",
    ),
    (re.compile(r"\bHOME START\b"), "HOMESTART"),
    (re.compile(r"\bUNITED KINGDOM\b"), "UK"),
    (
        re.compile(r"\bSAINT JOHN\b|\bST JOHNS? AMBULANCE (?:ASSOCIATION|BRIGADE)\b"),
        "ST JOHN AMBULANCE",
    ),
    (re.compile(r"\bCROSS ROADS\b"), "CROSSROADS"),
)
_TELL_PHRASES = frozenset(
    (
        *("DO", "USE", "DUPLICATE", "SEE", "CITIZEN", "CITIZENS", "CITZENS", "CAB", "CABX", "AGE"),
        *("AGEUK", "FT", "PRE", "PLAY", "DAY", "HEALTH", "VOLUNTARY", "HOSPICE", "HOSPICECARE"),
        *("YMCA", "YWCA", "YOUNG", "BLIND", "PREVENTION", "PCC", "MENTAL", "START", "KINGDOM"),
        *("SAINT", "AMBULANCE", "ROADS"),
    )
)
"""A word of each phrase: a name without any of them, or a code before it, has no phrase."""
FILLERS = frozenset(
    ("A", "AND", "AT", "BY", "FOR", "FROM", "IN", "OF", "ON", "THE", "TO", "WITH", "LIMITED")
)
TRADING = frozenset(
    (
        *("SERVICE", "ENTERPRISE", "TRADING", "SHOP", "RETAIL", "COMMERCIAL", "PROMOTION", "SALE"),
        *("HOLDING", "VENTURE", "LOTTERY", "CONTRACT", "PROPERTY", "INVESTMENT", "DEVELOPMENT"),
    )
)
"""Words that tell the trading company of a charity from the charity."""
OWNED = frozenset(("ENTERPRISE", "TRADING", "SHOP", "RETAIL", "COMMERCIAL", "HOLDING", "LOTTERY"))
"""Those that tell it without a LIMITED beside them."""
APART = frozenset(
    (
        *("CHARITY", "CHARITABLE", "FUND", "APPEAL", "UNION", "ENDOWMENT", "FOUNDATION", "TRUST"),
        "ASSOCIATION",
    )
)
"""Words that tell the charity beside a body from the body."""
PEOPLE = frozenset(("FRIEND", "LEAGUE", "STUDENT", "GUILD", "PARENT", "SCHOLARSHIP", "ALUMNI"))
"""Words that tell a charity of a body's people from the body, whatever body it is."""
INSTITUTIONS = frozenset(("HOSPITAL", "INFIRMARY", "UNIVERSITY", "COLLEGE", "COUNCIL"))
"""Bodies that have such charities beside them."""
_RECENT = 50_000  # the words of many batches; those of ledgers come again and again
_SHORTEST_PLURAL = 4
_SHORTEST_INITIALISM = 3


def weighing_words(words: str) -> list[str]:
    """The words of a comparable name that are weighed, in their order, each folded."""
    printed = words.split()
    if not _TELL_PHRASES.isdisjoint(printed) or words[:1].isdigit():
        for pattern, spelled in _PHRASES:
            words = pattern.sub(spelled, words)
        printed = words.split()
    tokens = [*map(_fold, printed)]
    return [token for token in tokens if token not in FILLERS] or tokens


@lru_cache(maxsize=_RECENT)
def _fold(word: str) -> str:
    word = _SPELLED.get(word, word)
    if len(word) >= _SHORTEST_PLURAL and word[-1] == "S" and word[-2] not in "SUI":
        word = word[:-1]
        if word.endswith("IE") and len(word) > _SHORTEST_PLURAL:
            word = word[:-2] + "Y"
    return word


def unspaced(tokens: list[str]) -> str:
    """The words as one."""
    return "".join(tokens)


_ABBREVIATED = re.compile(r"[\(\[]([^()\[\]]*)[\)\]]?")
_ONCE = re.compile(
    r"^(?:FORMERLY|PREVIOUSLY|ALSO|NOW)?\s*(?:KNOWN AS|FORMERLY|PREVIOUSLY|ALSO|NOW|T/A|TRADING AS"
    r"|OPERATING AS|WORKING AS|WORKING NAME)\s*[:\-]?\s*"
)
_TRADING = re.compile(r"\s+(?:T/A|TRADING AS|OPERATING AS|WORKING AS|KNOWN AS|FORMERLY)\s+")
_DASH = re.compile(r"\s+[-\u2013\u2014]+\s+|\s*:\s+|,\s+")
_NHS_TRUST = re.compile(r"\s+(?:UNIVERSITY )?(?:HOSPITALS? )?NHS (?:FOUNDATION )?TRUST$")
_SHORTEST_NAME = 3


def other_names(printed: str) -> list[str]:
    """Names within a registered name: outside brackets, inside them, before a dash."""
    name = printed.upper()
    found = []
    if inside := _ABBREVIATED.findall(name):
        found.append(_ABBREVIATED.sub(" ", name))
        found += [_ONCE.sub("", text) for text in inside]
    trading = _TRADING.split(name)
    found += trading if len(trading) > 1 else []
    found.append(_NHS_TRUST.sub("", name))
    dashed = _DASH.split(name)
    found += dashed[:1] if len(dashed) > 1 else []
    texts = dict.fromkeys(each.strip(" -,.") for each in found)
    return [text for text in texts if len(text) >= _SHORTEST_NAME and text != name]


def initials(words: str) -> set[str]:
    """The initialisms of a name of three words or more: of all words, of those that weigh."""
    every = words.split()
    weighing = [word for word in every if word not in FILLERS]
    return {
        "".join(word[0] for word in own)
        for own in (every, weighing)
        if len(own) >= _SHORTEST_INITIALISM
    }
