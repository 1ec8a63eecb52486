"""What a definition may ask for: legal forms and registers, as the loaders of registers give them.

A criterion that names another is refused at the start: it could never be met.
"""

LEGAL_FORMS = frozenset(
    {
        *("registered charity", "charitable company", "charitable incorporated organisation"),
        *("community interest company", "community amateur sports club"),
        # The first where the register does not say of which kind the society is.
        *("registered society", "community benefit society", "co-operative society"),
        *("credit union", "friendly or other mutual society"),
        *("company limited by guarantee", "royal charter company", "private limited company"),
        *("public limited company", "limited liability partnership"),
        *("other company or partnership", "GP practice"),
        *("school", "further education college", "university"),
        *("government body", "local authority", "parish or town council", "NHS body"),
    }
)
REGISTER_NAMES = frozenset(
    {
        *("charity-commission", "scottish-charity-regulator"),
        *("charity-commission-northern-ireland", "companies-house", "mutuals-register"),
        *("hmrc-sports-clubs", "names-by-type", "organisation-data-service"),
        *("local-authorities", "get-information-about-schools", "learning-providers"),
    }
)
